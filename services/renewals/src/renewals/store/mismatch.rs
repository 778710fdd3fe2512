//! Renewal data that are no renewal.

use careway_kernel::OrganizationId;
use careway_service::Result;
use chrono::NaiveDate;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// An item of the renewal data that no list shows, and the participant with its number, if there is one.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Mismatch {
    pub(crate) renewal_item_id: Uuid,
    pub(crate) bhxh_number: String,
    pub(crate) agency_id: Uuid,
    pub(crate) agency_code: String,
    pub(crate) last_day: NaiveDate,
    pub(crate) participant_id: Option<Uuid>,
    /// Who has the participant.
    pub(crate) has_agency_id: Option<Uuid>,
}

/// A page of the authority's mismatches, newest first.
pub(crate) async fn list_mismatches(
    conn: &mut PgConnection,
    authority: OrganizationId,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Mismatch>> {
    let mismatches = sqlx::query_as(
        "select i.renewal_item_id, i.bhxh_number, i.agency_id, a.code as agency_code, i.last_day,
            p.participant_id, p.agency_id as has_agency_id
         from renewal_item i
         join agency a on a.authority_id = i.authority_id and a.agency_id = i.agency_id
         left join participant p on p.authority_id = i.authority_id and p.bhxh_number = i.bhxh_number
         where i.authority_id = $1 and i.renewal_id is null and ($2::uuid is null or i.renewal_item_id < $2)
           and (p.participant_id is null or p.agency_id <> i.agency_id or p.last_day <> i.last_day)
         order by i.renewal_item_id desc limit $3",
    );
    Ok(mismatches.bind(authority.uuid()).bind(before).bind(limit).fetch_all(conn).await?)
}
