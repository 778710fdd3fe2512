//! Decline an interest form: its writer is told why, by mail.

use careway_contract::cases::v1::{DeclineInterestFormRequest, DeclineInterestFormResponse};
use careway_kernel::{InterestFormId, Redacted, Violations, text::Text};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};
use chrono::Duration;

use super::{
    domain::{Decided, MAILS_A_DAY, State},
    events,
    mail_kind::MailKind,
    store, view,
};
use crate::App;

pub(crate) async fn decline_interest_form(
    app: &App,
    call: &Call,
    request: DeclineInterestFormRequest,
) -> Keyed<DeclineInterestFormResponse> {
    let platform = call.caller.organization()?;
    let id: InterestFormId = path_id("interest form", &request.interest_form_id)?;
    let mut v = Violations::default();
    let reason = v.required("reason", request.reason.as_str(), Text::<2000>::parse);
    let (reason,) = v.all((reason,))?;

    let keys = &app.interest_keys;
    let mut tx = app.db.begin(call).await?;
    let form = store::lock_form(&mut tx, keys, id).await?;
    let form = form.filter(|form| form.state != State::Unconfirmed);
    let form = form.ok_or_else(|| Error::not_found("interest form"))?;
    let now = tx.now();
    let decided = Decided { by: call.caller.subject.to_string(), at: now };
    let declined = form.decline(Redacted::new(reason.as_str()), decided)?;
    store::update_form(&mut tx, keys, &declined).await?;
    let most = (MAILS_A_DAY, Duration::days(1));
    store::insert_mail(&mut tx, keys, &declined, MailKind::Declined, most, now).await?;
    events::interest_declined(&mut tx, &declined, platform);
    tx.audit(AuditEntry { action: "interest_form.decline", ..Default::default() });
    tx.wake_after_commit(app.interest_mail.clone());
    tx.commit(DeclineInterestFormResponse { interest_form: Some(view::interest_form(&declined)) }).await
}
