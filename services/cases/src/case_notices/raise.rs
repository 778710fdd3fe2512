//! Raise notices in an open transaction that belong to no step of a case: of held mail, of due cases, answers to mail.

use careway_kernel::{AccountId, CaseId, OrganizationId, id_at};
use careway_service::{Result, Transaction};
use chrono::TimeDelta;

use super::store;
use crate::cases::{domain::notices::Notice, events};

/// How long an account is not written to that answers each mail by the same words.
const PAUSE: TimeDelta = TimeDelta::hours(3);

/// The case that a notice is about, and whose it is.
pub(crate) type About = Option<(CaseId, OrganizationId)>;

/// Has somebody told.
pub(crate) async fn raise(tx: &mut Transaction, about: About, notices: &[Notice]) -> Result<()> {
    let now = tx.now();
    let raised = notices.iter().map(|notice| (id_at(now), *notice)).collect();
    let of = (about.map(|(case, _)| case.uuid()), about.map(|(_, organization)| organization.uuid()));
    store::insert_notices(tx, of, &raised, now).await?;
    for (id, notice) in raised {
        events::notice_raised(tx, id, about.map(|(case, _)| case), notice.kind);
    }
    Ok(())
}

/// Nothing is sent to an account for three hours: its answers look like a machine's.
pub(crate) async fn pause(tx: &mut Transaction, account: AccountId) -> Result<()> {
    let until = tx.now() + PAUSE;
    store::insert_pause(tx, account.uuid(), until).await
}
