//! The public keys that a living token may be signed with.

use careway_contract::identity::v1::{GetJwksRequest, GetJwksResponse, JsonWebKey};
use careway_service::{Call, Result};

use super::store;
use crate::App;

pub(crate) async fn get_jwks(app: &App, _call: &Call, _request: GetJwksRequest) -> Result<GetJwksResponse> {
    let now = app.clock.now();
    let mut reader = app.db.read(&Call::system("signing keys")).await?;
    let kept = store::list_keys(&mut reader).await?;
    let published = kept.into_iter().map(|(key, _)| key).filter(|key| key.is_published(now));
    let keys =
        published.map(|key| JsonWebKey { kid: key.kid.to_string(), x: key.x(), alg: "EdDSA".to_owned() });
    Ok(GetJwksResponse { keys: keys.collect() })
}
