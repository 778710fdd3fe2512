//! List the providers.

use std::collections::BTreeMap;

use careway_contract::channels::v1::ListSmartLocationsRequest;
use careway_service::{Call, RawAnswer, Result};

use super::{
    domain::{self, NDJSON},
    published::{file, published},
};
use crate::App;

pub(crate) async fn list_smart_locations(
    app: &App,
    call: &Call,
    request: ListSmartLocationsRequest,
) -> Result<RawAnswer> {
    let (_, _, sold) = published(app, &request.channel_id).await?;
    let providers: BTreeMap<_, _> = sold.iter().map(|sold| (sold.provider, sold)).collect();
    Ok(file(call, NDJSON, domain::file(providers.into_values().map(domain::location))))
}
