//! Make a new signing key: published now, signing a minute later.

use careway_contract::identity::v1::{RotateSigningKeyRequest, RotateSigningKeyResponse};
use careway_service::{Call, Keyed, timestamp};

use super::keyring;
use crate::{App, sessions::domain::refusal::Refusal};

pub(crate) async fn rotate_signing_key(
    app: &App,
    call: &Call,
    _request: RotateSigningKeyRequest,
) -> Keyed<RotateSigningKeyResponse> {
    let mut tx = app.db.begin(call).await?;
    let key = keyring::make(app, &mut tx, None).await?.ok_or(Refusal::RotationUnderWay)?;
    let response =
        RotateSigningKeyResponse { kid: key.kid.to_string(), active_from: Some(timestamp(key.active_from)) };
    let response = tx.commit(response).await?;
    keyring::load(app).await?;
    Ok(response)
}
