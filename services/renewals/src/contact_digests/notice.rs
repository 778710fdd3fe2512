//! What messages to an agency's people say of contacts that seem wrong: how many there are by now, never whose.

use careway_contract::renewals::v1::{GetNoticeRequest, GetNoticeResponse};
use careway_service::{Call, Error, Result};
use uuid::Uuid;

use super::{domain::state, store};
use crate::App;

pub(crate) async fn contact_digest_notice(
    app: &App,
    call: &Call,
    request: GetNoticeRequest,
) -> Result<GetNoticeResponse> {
    let unknown = || Error::not_found("contact digest");
    let id = Uuid::try_parse(&request.id).map_err(|_| unknown())?;
    let mut reader = app.db.read(call).await?;
    let contacts = store::find_suspect_count(&mut reader, id).await?.ok_or_else(unknown)?;
    let values = [("contacts".to_owned(), contacts.to_string())].into();
    Ok(GetNoticeResponse { state: state(contacts).to_owned(), values, ..Default::default() })
}
