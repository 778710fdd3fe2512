//! Who may have sent a mail, for Careway's own services: everything that the account with its address may do now.

use careway_contract::identity::v1::{ResolveMailSenderRequest, ResolveMailSenderResponse};
use careway_kernel::Email;
use careway_service::{Call, Result};

use super::{store, view};
use crate::App;

pub(crate) async fn resolve_mail_sender(
    app: &App,
    call: &Call,
    request: ResolveMailSenderRequest,
) -> Result<ResolveMailSenderResponse> {
    // No account has an address of another form: anybody may write a mail from one.
    let Ok(email) = Email::parse(&request.address) else {
        return Ok(ResolveMailSenderResponse::default());
    };
    let mut reader = app.db.read(call).await?;
    let memberships = store::membership::list_by_email(&mut reader, &email).await?;
    Ok(ResolveMailSenderResponse { memberships: memberships.iter().map(view::membership).collect() })
}
