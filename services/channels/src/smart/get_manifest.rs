//! Say where the files are.

use careway_contract::channels::v1::GetSmartManifestRequest;
use careway_service::{Call, Error, RawAnswer, Result};

use super::{
    domain,
    published::{file, get_channel},
};
use crate::App;

pub(crate) async fn get_smart_manifest(
    app: &App,
    call: &Call,
    request: GetSmartManifestRequest,
) -> Result<RawAnswer> {
    let (_, channel) = get_channel(app, &request.channel_id).await?;
    let url = format!("{}/v1/smart/{channel}", app.foundation.public_url);
    let manifest = domain::manifest(&url, app.clock.now());
    Ok(file(call, "application/json", serde_json::to_vec(&manifest).map_err(Error::internal)?))
}
