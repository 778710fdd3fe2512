//! Claims in Postgres: found, locked, listed.

pub(crate) mod context;
mod row;
pub(crate) mod save;

use careway_kernel::{ClaimId, Currency, OrganizationId, PaymentAdviceId, VisitId};
use careway_service::{Error, Result};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::domain::{Claim, State};
use crate::service_lines::domain::ServiceLine;
use row::{COLUMNS, ClaimRow};

/// Which claims of a party, newest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClaimFilter {
    pub(crate) state: Option<State>,
    pub(crate) visit: Option<VisitId>,
    pub(crate) identifier_hash: Option<Vec<u8>>,
    pub(crate) from: Option<NaiveDate>,
    pub(crate) to: Option<NaiveDate>,
    pub(crate) facility: Option<OrganizationId>,
    pub(crate) payer: Option<OrganizationId>,
    pub(crate) external_reference: Option<String>,
    /// Older than this one.
    pub(crate) before: Option<ClaimId>,
    pub(crate) limit: i64,
}

/// A claim as a command finds it, locked with its visit.
pub(crate) struct Locked {
    pub(crate) claim: Claim,
    /// The day it is for the payer.
    pub(crate) today: NaiveDate,
    /// The lines of pre-authorizations that its lines draw on.
    pub(crate) drawn: Vec<Uuid>,
}

/// A claim that the organization is a party to. A payer knows of none before it is submitted.
pub(crate) async fn find_claim(
    conn: &mut PgConnection,
    id: ClaimId,
    party: OrganizationId,
) -> Result<Option<Claim>> {
    let row: Option<ClaimRow> = sqlx::query_as(AssertSqlSafe(format!(
        "select {COLUMNS} from claim c join visit v using (visit_id)
         where c.claim_id = $1 and (c.facility_id = $2 or (c.payer_id = $2 and c.submitted_at is not null))"
    )))
    .bind(id.uuid())
    .bind(party.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// Any claim, for Careway itself.
pub(crate) async fn find_any_claim(conn: &mut PgConnection, id: ClaimId) -> Result<Option<Claim>> {
    let row: Option<ClaimRow> = sqlx::query_as(AssertSqlSafe(format!(
        "select {COLUMNS} from claim c join visit v using (visit_id) where c.claim_id = $1"
    )))
    .bind(id.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// The claim of a visit that was decided last, for Careway itself.
pub(crate) async fn find_decided_claim(conn: &mut PgConnection, visit: VisitId) -> Result<Option<ClaimId>> {
    let id: Option<Uuid> = sqlx::query_scalar(
        "select claim_id from claim
         where visit_id = $1 and decided_at is not null and state not in ('RECALLED', 'CORRECTED', 'VOIDED')
         order by decided_at desc, claim_id desc limit 1",
    )
    .bind(visit.uuid())
    .fetch_optional(conn)
    .await?;
    Ok(id.map(ClaimId::from_uuid))
}

/// Locks a visit and a claim of it that the organization is a party to, so that no dispute comes between. Visits are locked
/// before their claims, here as everywhere.
pub(crate) async fn lock_claim(
    conn: &mut PgConnection,
    id: ClaimId,
    party: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Option<Locked>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        claim: ClaimRow,
        today: NaiveDate,
        drawn: Vec<Uuid>,
    }
    let row: Option<Row> = sqlx::query_as(AssertSqlSafe(format!(
        "select {COLUMNS}, ($3 at time zone coalesce((
            select o.time_zone from organization_ref o where o.organization_id = c.payer_id), 'UTC'))::date as today,
            array(select l.approval_id from service_line l where l.owner_id = c.claim_id and l.active
                and l.approval_id is not null) as drawn
         from (select * from visit where visit_id = (select visit_id from claim where claim_id = $1) for update) v
         join claim c using (visit_id)
         where c.claim_id = $1 and (c.facility_id = $2 or (c.payer_id = $2 and c.submitted_at is not null))
         for update of c"
    )))
    .bind(id.uuid())
    .bind(party.uuid())
    .bind(now)
    .fetch_optional(conn)
    .await?;
    row.map(|Row { claim, today, drawn }| Ok(Locked { claim: claim.try_into()?, today, drawn })).transpose()
}

/// Locks claims of a payer by their ids, and their visits before them.
pub(crate) async fn lock_claims(
    conn: &mut PgConnection,
    payer: OrganizationId,
    ids: &[Uuid],
) -> Result<Vec<Claim>> {
    let rows: Vec<ClaimRow> = sqlx::query_as(AssertSqlSafe(format!(
        "select {COLUMNS} from (
            select * from visit where visit_id in (select visit_id from claim where claim_id = any ($1))
            order by visit_id for update) v
         join claim c using (visit_id)
         where c.claim_id = any ($1) and c.payer_id = $2 and c.submitted_at is not null
         order by c.claim_id for update of c"
    )))
    .bind(ids)
    .bind(payer.uuid())
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// What a payer owes a facility for claims decided until an instant, and what it takes back of those that were corrected
/// or voided until then, the oldest first; those of disputed visits are left for later. Not locked: [`lock_claims`] is, and
/// sees what changed meanwhile.
pub(crate) async fn list_payable(
    conn: &mut PgConnection,
    (payer, facility): (OrganizationId, OrganizationId),
    until: DateTime<Utc>,
    currency: Option<&str>,
    limit: i64,
) -> Result<Vec<Uuid>> {
    let ids = sqlx::query_scalar(
        "select c.claim_id from claim c join visit v using (visit_id)
         left join claim r on r.claim_id = c.corrected_as
         cross join lateral (
            select case c.state when 'VOIDED' then c.corrected_at when 'CORRECTED' then r.decided_at else c.decided_at end as at) d
         where c.payer_id = $1 and c.facility_id = $2 and d.at <= $3
           and ((c.state in ('APPROVED', 'PARTIALLY_APPROVED', 'UPHELD', 'OVERTURNED') and c.payer > c.advised)
             or (c.state in ('CORRECTED', 'VOIDED') and c.advised > 0))
           and ($4::text is null or c.currency = $4)
           and not v.disputed
         order by d.at, c.claim_id limit $5",
    );
    let ids = ids.bind(payer.uuid()).bind(facility.uuid()).bind(until).bind(currency).bind(limit);
    Ok(ids.fetch_all(conn).await?)
}

/// These claims of a payer, and the paid ones that they take the place of, as far as those are still to be taken back.
pub(crate) async fn list_with_corrected(
    conn: &mut PgConnection,
    payer: OrganizationId,
    ids: &[Uuid],
) -> Result<Vec<Uuid>> {
    let ids = sqlx::query_scalar(
        "select unnest($1::uuid[]) union
         select c.claim_id from claim c
         where c.corrected_as = any ($1) and c.payer_id = $2 and c.state = 'CORRECTED' and c.advised > 0",
    )
    .bind(ids)
    .bind(payer.uuid())
    .fetch_all(conn)
    .await?;
    Ok(ids)
}

/// Locks the claims of an advice that are not paid yet, and their visits before them.
pub(crate) async fn lock_unpaid(
    conn: &mut PgConnection,
    payer: OrganizationId,
    advice: PaymentAdviceId,
) -> Result<Vec<Claim>> {
    let rows: Vec<ClaimRow> = sqlx::query_as(AssertSqlSafe(format!(
        "select {COLUMNS} from (
            select * from visit where visit_id in (select visit_id from claim where payment_advice_id = $1)
            order by visit_id for update) v
         join claim c using (visit_id)
         where c.payment_advice_id = $1 and c.payer_id = $2 and c.state = 'IN_PAYMENT'
         order by c.claim_id for update of c"
    )))
    .bind(advice.uuid())
    .bind(payer.uuid())
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A page of a party's claims, and one more when there is one.
pub(crate) async fn list_claims(
    conn: &mut PgConnection,
    party: OrganizationId,
    filter: &ClaimFilter,
) -> Result<Vec<Claim>> {
    let rows: Vec<ClaimRow> = sqlx::query_as(AssertSqlSafe(format!(
        "select {COLUMNS} from claim c join visit v using (visit_id)
         where (c.facility_id = $1 or (c.payer_id = $1 and c.submitted_at is not null))
           and ($2::text is null or c.state = $2) and ($3::uuid is null or c.visit_id = $3)
           and ($4::bytea is null or c.identifier_hash = $4)
           and ($5::date is null or c.service_date >= $5) and ($6::date is null or c.service_date <= $6)
           and ($7::uuid is null or c.facility_id = $7) and ($8::uuid is null or c.payer_id = $8)
           and ($9::text is null or c.external_reference = $9)
           and ($10::uuid is null or c.claim_id < $10)
         order by c.claim_id desc limit $11"
    )))
    .bind(party.uuid())
    .bind(filter.state.map(State::as_str))
    .bind(filter.visit.map(VisitId::uuid))
    .bind(filter.identifier_hash.as_deref())
    .bind(filter.from)
    .bind(filter.to)
    .bind(filter.facility.map(OrganizationId::uuid))
    .bind(filter.payer.map(OrganizationId::uuid))
    .bind(filter.external_reference.as_deref())
    .bind(filter.before.map(ClaimId::uuid))
    .bind(filter.limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A claim that has a reference already.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Former {
    pub(crate) claim_id: Uuid,
    pub(crate) number: String,
    pub(crate) state: String,
    pub(crate) visit_id: Uuid,
    pub(crate) payer_id: Uuid,
    pub(crate) external_reference: Option<String>,
    pub(crate) currency: String,
    pub(crate) content_hash: Vec<u8>,
}

impl Former {
    pub(crate) fn id(&self) -> ClaimId {
        ClaimId::from_uuid(self.claim_id)
    }

    pub(crate) fn currency(&self) -> Result<Currency> {
        Currency::parse(&self.currency).map_err(Error::internal)
    }
}

const FORMER: &str =
    "claim_id, number, state, visit_id, payer_id, external_reference, currency, content_hash";

/// The facility's claim with this reference to a payer, the first of its chain.
pub(crate) async fn find_by_reference(
    conn: &mut PgConnection,
    (facility, payer): (OrganizationId, OrganizationId),
    reference: &str,
) -> Result<Option<Former>> {
    let found = sqlx::query_as(AssertSqlSafe(format!(
        "select {FORMER} from claim
         where facility_id = $1 and payer_id = $2 and external_reference = $3 and resubmission = 0
           and state not in ('RECALLED', 'VOIDED') order by claim_id limit 1"
    )));
    Ok(found.bind(facility.uuid()).bind(payer.uuid()).bind(reference).fetch_optional(conn).await?)
}

/// The facility's claims with these references, the first of each chain.
pub(crate) async fn list_by_reference(
    conn: &mut PgConnection,
    facility: OrganizationId,
    references: &[&str],
) -> Result<Vec<Former>> {
    let found = sqlx::query_as(AssertSqlSafe(format!(
        "select {FORMER} from claim
         where facility_id = $1 and external_reference = any ($2) and resubmission = 0
           and state not in ('RECALLED', 'VOIDED') order by claim_id"
    )));
    Ok(found.bind(facility.uuid()).bind(references).fetch_all(conn).await?)
}

/// The first of the facility's other claims that has some of the same care and stands.
pub(crate) async fn find_claimed(
    conn: &mut PgConnection,
    claim: &Claim,
    lines: &[&ServiceLine],
) -> Result<Option<(ClaimId, String)>> {
    let codes: Vec<&str> = lines.iter().map(|line| line.asked.code.as_str()).collect();
    let days: Vec<NaiveDate> = lines.iter().map(|line| line.asked.date).collect();
    let found: Option<(Uuid, String)> = sqlx::query_as(
        "select c.claim_id, c.number from service_line l join claim c on c.claim_id = l.owner_id
         where l.member_id = $1 and l.facility_id = $2 and l.active and l.owner_kind = 'CLAIM' and l.owner_id <> $3
           and (l.code, l.given_on) in (select * from unnest($4::text[], $5::date[]))
           and l.newborn_visit_id is not distinct from (
               select v.visit_id from visit v where v.visit_id = $6 and v.newborn)
         order by c.claim_id limit 1",
    )
    .bind(claim.visit.member.uuid())
    .bind(claim.visit.facility.uuid())
    .bind(claim.id.uuid())
    .bind(codes)
    .bind(days)
    .bind(claim.visit.id.uuid())
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|(id, number)| (ClaimId::from_uuid(id), number)))
}
