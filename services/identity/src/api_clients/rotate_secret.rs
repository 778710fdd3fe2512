//! Give an API client a new secret beside today's, so that it can move over without a break. A
//! disabled client works again by it, for whoever rotates.

use careway_contract::identity::v1::{RotateApiClientSecretRequest, RotateApiClientSecretResponse};
use careway_kernel::{ClientId, Violations};
use careway_service::{Call, Error, Keyed, path_id};
use chrono::Duration;

use super::{domain::KEEP_PREVIOUS, store, view::message};
use crate::accounts::grantor::lock_grantor;
use crate::{App, opaque_token};

pub(crate) async fn rotate_api_client_secret(
    app: &App,
    call: &Call,
    request: RotateApiClientSecretRequest,
) -> Keyed<RotateApiClientSecretResponse> {
    let id = path_id::<ClientId>("API client", &request.client_id)?;
    let maker = call.caller.account()?;
    let mut v = Violations::default();
    let keep = request.keep_previous_hours.map_or(KEEP_PREVIOUS, |hours| Duration::hours(i64::from(hours)));
    let bounds = Duration::zero()..=Duration::hours(720);
    v.check("keepPreviousHours", bounds.contains(&keep), "must be 0 to 720");
    v.finish()?;

    let mut tx = app.db.begin(call).await?;
    lock_grantor(&mut tx, call).await?.check("api-clients.manage")?;
    let client = store::lock_client(&mut tx, id).await?.ok_or_else(|| Error::not_found("API client"))?;
    let (secret, digest) = opaque_token::generate();
    let rotated = client.rotate(digest, keep, maker, tx.now());
    store::update_secrets(&mut tx, &rotated).await?;
    let kept =
        RotateApiClientSecretResponse { api_client: Some(message(&rotated)), client_secret: String::new() };
    let kept = tx.commit(kept).await?;
    Ok(RotateApiClientSecretResponse { client_secret: secret.expose().to_owned(), ..kept })
}
