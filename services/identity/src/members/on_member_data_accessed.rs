//! Another service's people read or changed members' data: it goes to the members' access log.

use careway_contract::visits::v1::{MemberDataAccessed, member_data_accessed};
use careway_events::Received;
use careway_kernel::{MemberId, OrganizationId, VisitId};
use careway_service::{Result, Transaction};
use chrono::DateTime;

use super::store::{self, access::Told};
use crate::App;

pub(crate) async fn member_data_accessed(
    _app: &App,
    tx: &mut Transaction,
    event: Received<MemberDataAccessed>,
) -> Result<()> {
    let told: Vec<Told> =
        event.message.accesses.iter().filter_map(|access| told(access, event.occurred_at)).collect();
    if told.is_empty() {
        return Ok(());
    }
    store::access::insert_accesses(tx, &told).await
}

/// An access of a member that can be named; of what else is unreadable, what is readable is kept.
fn told(access: &member_data_accessed::Access, occurred_at: DateTime<chrono::Utc>) -> Option<Told> {
    let instant = access.at.and_then(|at| DateTime::from_timestamp(at.seconds, at.nanos.cast_unsigned()));
    Some(Told {
        member: MemberId::parse(&access.member_id).ok()?.uuid(),
        organization: OrganizationId::parse(&access.organization_id).ok().map(OrganizationId::uuid),
        subject: access.accessor_id.clone(),
        action: access.action.clone(),
        visit: VisitId::parse(&access.visit_id).ok().map(VisitId::uuid),
        at: instant.unwrap_or(occurred_at),
    })
}
