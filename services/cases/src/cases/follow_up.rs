//! Follow a closed case up by a new one.

use careway_contract::cases::v1::{FollowUpCaseRequest, FollowUpCaseResponse};
use careway_kernel::{CaseId, CaseMessageId, Redacted, Violations, text::Line};
use careway_service::{AuditEntry, Call, Error, Keyed, NotWritten, SharedReason};

use super::{
    domain::{Case, opening::Drawn, refusal::CaseRefusal, step::NewMessage},
    keep::{attach, keep_follow_up},
    party::{actor, case_key, powers, scope},
    store::{
        find::{CaseKey, Scope, find_case, lock_case_and_draw},
        save::FollowedUp,
    },
    view, words,
};
use crate::{App, attachments};

pub(crate) async fn follow_up_case(
    app: &App,
    call: &Call,
    request: FollowUpCaseRequest,
) -> Keyed<FollowUpCaseResponse> {
    let (scope, key) = (scope(call)?, case_key(&request.case_id)?);
    let mut v = Violations::default();
    let subject = v.optional("subject", &*request.subject, Line::<200>::parse);
    let description = words::body(&mut v, "description", &request.description);
    let files = attachments::parse_ids(&mut v, &request.attachment_ids);
    let (subject, description, files) = v.all((subject, description, files))?;

    let mut tx = app.db.begin(call).await?;
    let locked = lock_case_and_draw(&mut tx, &app.case_keys, scope, &key).await?;
    let (case, sequence) = locked.ok_or(Error::not_found("case"))?;
    let (by, at) = (actor(call), tx.now());
    let drawn = Drawn { id: CaseId::new(&app.clock), sequence };
    let message = NewMessage::public(CaseMessageId::new(&app.clock), description);
    let subject = subject.map(|subject| Redacted::new(subject.as_str()));
    let step = Case::open_follow_up_of(&case, subject, drawn, message, (&by, at));
    let closed = case.followed_up(&step.case.number, &by, at)?;
    let mut step = step.acting_for(call.caller.organization()?);
    match keep_follow_up(app, &mut tx, &mut step, &closed).await {
        Ok(()) => {}
        Err(NotWritten::Refused(FollowedUp)) => {
            drop(tx);
            return Err(followed_up_meanwhile(app, call, scope, &key).await.into());
        }
        Err(NotWritten::Failed(error)) => return Err(error.into()),
    }
    attach(app, &mut tx, call, &step, &files).await?;
    tx.audit(AuditEntry { action: "case.follow_up", ..Default::default() });
    tx.commit(FollowUpCaseResponse { case: Some(view::case(&step.case, powers(call))) }).await
}

/// Who waited for the lock did not see what its holder wrote: it is read again, so that the other follow-up can be named.
async fn followed_up_meanwhile(app: &App, call: &Call, scope: Scope, key: &CaseKey) -> Error {
    let found = async {
        let mut reader = app.db.read(call).await?;
        let case = find_case(&mut reader, &app.case_keys, scope, key).await?;
        Ok::<_, Error>(case.and_then(|case| case.open_follow_up().cloned()))
    };
    match found.await {
        Ok(Some(open)) => CaseRefusal::FollowUpOpen(open).into(),
        Ok(None) => Error::new(SharedReason::Busy, "Others are changing the same thing; try again."),
        Err(error) => error,
    }
}
