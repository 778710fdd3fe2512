//! Confirm the address of an interest form, by the link that was mailed to it. Asked for again, it stays so.

use careway_contract::cases::v1::{ConfirmInterestFormRequest, ConfirmInterestFormResponse};
use careway_service::{Call, Error, Result};
use chrono::Duration;

use super::{
    domain::{MAILS_A_DAY, Refusal},
    events,
    mail_kind::MailKind,
    store,
};
use crate::App;

pub(crate) async fn confirm_interest_form(
    app: &App,
    call: &Call,
    request: ConfirmInterestFormRequest,
) -> Result<ConfirmInterestFormResponse> {
    if request.token.is_empty() {
        return Err(Error::violation("token", "is required"));
    }
    let keys = &app.interest_keys;
    let id = keys.read_token(&request.token).ok_or(Refusal::LinkRejected)?;
    // Whoever follows the link has nothing but it: nobody's token to see the row with.
    let mut tx = app.db.begin_for(call, "interest_forms.confirm").await?;
    let form = store::lock_form(&mut tx, keys, id).await?.ok_or(Refusal::LinkRejected)?;
    let (before, now) = (form.version, tx.now());
    let confirmed = form.confirm(now)?;
    if confirmed.version != before {
        store::update_form(&mut tx, keys, &confirmed).await?;
        let most = (MAILS_A_DAY, Duration::days(1));
        store::insert_mail(&mut tx, keys, &confirmed, MailKind::Received, most, now).await?;
        events::interest_submitted(&mut tx, &confirmed);
        tx.wake_after_commit(app.interest_mail.clone());
    }
    tx.finish().await?;
    Ok(ConfirmInterestFormResponse { confirmed: true })
}
