//! Lift the lock that too many wrong codes in a row have put on a member's phone.

use careway_contract::identity::v1::{
    ChallengeUnlocked, UnlockMemberCodesRequest, UnlockMemberCodesResponse,
};
use careway_events::{Fact, record};
use careway_kernel::{MemberId, Violations, text::Text};
use careway_service::{AuditEntry, Call, Error, Keyed, Subject, path_id};

use super::{domain::refusal::Refusal, store, view};
use crate::App;

pub(crate) async fn unlock_member_codes(
    app: &App,
    call: &Call,
    request: UnlockMemberCodesRequest,
) -> Keyed<UnlockMemberCodesResponse> {
    let payer = call.caller.organization()?;
    let id = path_id::<MemberId>("member", &request.member_id)?;
    let mut violations = Violations::default();
    let reason = violations.required("reason", request.reason.as_str(), Text::<500>::parse);
    let (reason,) = violations.all((reason,))?;

    let data_keys = &app.data_keys;
    let mut tx = app.db.begin(call).await?;
    let mut member =
        store::lock_member(&mut tx, data_keys, payer, id).await?.ok_or_else(|| Error::not_found("member"))?;
    let (by, now) = (call.caller.subject.to_string(), tx.now());
    if !store::code_lock::update_lock_lifted(&mut tx, payer, id, &by, reason.as_str(), now).await? {
        return Err(Refusal::NotLocked.into());
    }
    store::code_lock::delete_failures(&mut tx, &data_keys.member_subject(id)).await?;
    member.codes_locked_at = None;
    let account_id = match call.caller.subject {
        Subject::Account(account) => account.to_string(),
        _ => String::new(),
    };
    let fact = ChallengeUnlocked { member_id: id.to_string(), payer_id: payer.to_string(), account_id };
    record(&mut tx, Fact::new(fact).about(id.uuid(), member.version).of(payer));
    tx.audit(AuditEntry { action: "challenge.unlock", member: Some(id), ..AuditEntry::default() });
    tx.commit(UnlockMemberCodesResponse { member: Some(view::member(&member)) }).await
}
