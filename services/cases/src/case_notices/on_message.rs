//! What renewals says became of a notice's mail. A mailbox that takes none is written to no more.

use careway_contract::{
    cases::v1::CaseNoticeFailed,
    renewals::v1::{MessageAccepted, MessageBounced, MessageFailed, MessageSubject},
};
use careway_events::{Fact, Received, record};
use careway_kernel::{AccountId, CaseId};
use careway_service::{Error, Result, Transaction};
use uuid::Uuid;

use super::store;
use crate::{
    App,
    cases::{
        keep::keep,
        store::find::{CaseKey, Scope, lock_case},
    },
};

pub(crate) async fn message_accepted(
    _: &App,
    tx: &mut Transaction,
    event: Received<MessageAccepted>,
) -> Result<()> {
    let Some(notice) = notice(event.message.about.as_ref()) else { return Ok(()) };
    let now = tx.now();
    store::update_ended(tx, notice, ("SENT", None), now).await?;
    Ok(())
}

pub(crate) async fn message_failed(
    app: &App,
    tx: &mut Transaction,
    event: Received<MessageFailed>,
) -> Result<()> {
    let Some(notice) = notice(event.message.about.as_ref()) else { return Ok(()) };
    match event.message.outcome.as_str() {
        // Whoever it was for may not read the case any more, or what it told of is not so any more.
        "SUPPRESSED" | "EXPIRED" => {
            let now = tx.now();
            store::update_ended(tx, notice, ("WITHDRAWN", Some(&event.message.outcome)), now).await?;
            Ok(())
        }
        outcome => fail(app, tx, notice, (outcome, false)).await,
    }
}

pub(crate) async fn message_bounced(
    app: &App,
    tx: &mut Transaction,
    event: Received<MessageBounced>,
) -> Result<()> {
    let Some(notice) = notice(event.message.about.as_ref()) else { return Ok(()) };
    fail(app, tx, notice, (&event.message.kind, event.message.suspect)).await
}

/// Its mail did not arrive: the case's history has it, and a mailbox that takes none is written to no more.
async fn fail(app: &App, tx: &mut Transaction, notice: Uuid, (reason, stops): (&str, bool)) -> Result<()> {
    let now = tx.now();
    let Some(ended) = store::update_ended(tx, notice, ("FAILED", Some(reason)), now).await? else {
        return Ok(());
    };
    let stopped = ended.account_id.filter(|_| stops);
    if let Some(account) = stopped {
        store::insert_stop(tx, account, reason, now).await?;
    }
    if let Some(case) = ended.case_id {
        let (key, to) = (CaseKey::Id(CaseId::from_uuid(case)), ended.account_id.map(AccountId::from_uuid));
        let case = lock_case(tx, &app.case_keys, Scope::All, &key).await?.ok_or(Error::not_found("case"))?;
        keep(app, tx, &mut case.notice_failed(to, (reason, stopped.is_some()), now)).await?;
    }
    let text = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let fact = CaseNoticeFailed {
        case_notice_id: notice.to_string(),
        case_id: text(ended.case_id),
        account_id: text(ended.account_id),
        reason: reason.to_owned(),
        stopped: stopped.is_some(),
    };
    record(tx, Fact::new(fact).about(notice, 2));
    Ok(())
}

/// The notice that a message is of, when it is one of ours.
fn notice(about: Option<&MessageSubject>) -> Option<Uuid> {
    let about = about.filter(|about| about.context == "cases" && about.kind == "CASE_NOTICE")?;
    Uuid::try_parse(&about.id).ok()
}
