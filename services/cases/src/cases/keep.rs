//! A step of a case, kept in an open transaction: its rows, its events, and whoever watches is woken after the commit.
//!
//! This is what every way into a case ends in, be it an RPC, a mail or the clock:
//!
//! ```text
//! let case = lock_case(tx, &app.case_keys, scope, &key).await?.ok_or(…)?;
//! let mut step = case.say(message, &actor, tx.now())?;
//! keep(app, tx, &mut step).await?;
//! ```

use careway_kernel::{DocumentId, id_at};
use careway_service::{Call, Error, NotWritten, Result, Transaction};

use super::{
    domain::{
        notices::{self, Raised},
        step::Step,
    },
    events,
    store::save::{self, FollowedUp},
};
use crate::{
    App,
    attachments::{self, Binding, domain::Attachment},
    service_levels::level_of,
};

/// Keeps what a command made of a case that is locked. A step that changes nothing is none.
pub(crate) async fn keep(app: &App, tx: &mut Transaction, step: &mut Step) -> Result<()> {
    if !step.is_change() {
        return Ok(());
    }
    reckon(app, tx, step).await?;
    let notices = raised(step);
    save::update_case(tx, &app.case_keys, step, &notices).await?;
    said(app, tx, step, &notices);
    Ok(())
}

/// Keeps a new case.
pub(crate) async fn keep_new(app: &App, tx: &mut Transaction, step: &mut Step) -> Result<()> {
    reckon(app, tx, step).await?;
    let notices = raised(step);
    let kept = save::insert_case(tx, &app.case_keys, step, &notices, None).await;
    kept.map_err(|not_written| match not_written {
        NotWritten::Failed(error) => error,
        NotWritten::Refused(FollowedUp) => Error::internal(anyhow::anyhow!("it follows up no case")),
    })?;
    said(app, tx, step, &notices);
    Ok(())
}

/// Keeps a new case, and that the closed one is followed up by it; refused when it was followed up in the same moment, and then
/// the transaction is over.
pub(crate) async fn keep_follow_up(
    app: &App,
    tx: &mut Transaction,
    step: &mut Step,
    closed: &Step,
) -> Result<(), NotWritten<FollowedUp>> {
    reckon(app, tx, step).await?;
    let notices = raised(step);
    save::insert_case(tx, &app.case_keys, step, &notices, Some(closed)).await?;
    said(app, tx, step, &notices);
    Ok(())
}

/// What is due after the step, by the service level of the case's organization.
async fn reckon(app: &App, tx: &mut Transaction, step: &mut Step) -> Result<()> {
    let level = level_of(app, tx, step.case.organization.id).await?;
    step.case.reckon(&level);
    Ok(())
}

fn raised(step: &Step) -> Raised {
    notices::of(step).into_iter().map(|notice| (id_at(step.at), notice)).collect()
}

fn said(app: &App, tx: &mut Transaction, step: &Step, notices: &Raised) {
    events::step_taken(tx, step);
    for (id, notice) in notices {
        events::notice_raised(tx, *id, Some(step.case.id), notice.kind);
    }
    tx.wake_after_commit(app.feed.changed());
}

/// Gives the caller's uploaded files to what a step says, once that is kept.
pub(super) async fn attach(
    app: &App,
    tx: &mut Transaction,
    call: &Call,
    step: &Step,
    files: &[DocumentId],
) -> Result<Vec<Attachment>> {
    let Some(message) = &step.message else { return Ok(Vec::new()) };
    let (case, organization) = (step.case.id, step.case.organization.id);
    let to = Binding { case, organization, message: message.id, internal: message.internal };
    attachments::bind(app, tx, call, files, to).await
}
