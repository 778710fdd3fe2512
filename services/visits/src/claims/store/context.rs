//! What a claim is decided on, locked and read in one statement: its visit's care, its payer's day, and, once it is
//! written, the claim itself with its lines.

use std::collections::HashMap;

use careway_kernel::{ClaimId, Language, OrganizationId};
use careway_service::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use super::row::ClaimRow;
use crate::{
    claims::domain::Claim,
    seal::Keys,
    service_lines::{
        domain::{ServiceLine, facts::ServiceFacts, requested::LineQuery},
        store::{
            facts::{FactsJson, FactsQuery, facts},
            row::ServiceLineRow,
        },
    },
    visits::store::row::VisitRow,
};

/// What bears on a claim besides its care.
#[derive(Debug, Clone, Copy, FromRow)]
pub(crate) struct DecisionContext {
    /// The payer's.
    pub(crate) today: NaiveDate,
    /// The payer accepted that the visit was verified without a code.
    pub(crate) override_accepted: bool,
    /// The next claim number's; 0 where none is wanted.
    sequence: i64,
}

impl DecisionContext {
    pub(crate) fn sequence(&self) -> u64 {
        self.sequence.unsigned_abs()
    }
}

/// A claim as it is decided on.
pub(crate) struct ClaimFacts {
    pub(crate) claim: Claim,
    pub(crate) lines: Vec<ServiceLine>,
    pub(crate) facts: ServiceFacts,
    pub(crate) context: DecisionContext,
}

/// The columns of [`DecisionContext`], of care `f` at the instant `$3`.
const DECISION_CONTEXT: &str = "($3 at time zone coalesce((
        select o.time_zone from organization_ref o where o.organization_id = (f.locked).payer_id), 'UTC'))::date as today,
    exists (select from visit_override o where o.visit_id = (f.locked).visit_id and o.review = 'ACCEPTED')
        as override_accepted";

/// Locks a visit and whoever its balances are kept for, for a claim that is to be written; none when the party has no such
/// visit. A number taken is lost when the claim is refused.
pub(crate) async fn lock_visit_facts(
    conn: &mut PgConnection,
    query: &FactsQuery<'_>,
    numbered: bool,
    now: DateTime<Utc>,
) -> Result<Option<(ServiceFacts, DecisionContext)>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        visit: VisitRow,
        facts: Option<Json<FactsJson>>,
        #[sqlx(flatten)]
        context: DecisionContext,
    }
    let (codes, days, numbers) = arrays(query.lines);
    let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select (f.locked).*, f.facts, {DECISION_CONTEXT},
            case when $7 then nextval('claim_number_sequence') else 0 end as sequence
         from service_facts($1, $2, null, $3, $4, $5, $6) f"
    )))
    .bind(query.visit.uuid())
    .bind(query.party.map(OrganizationId::uuid))
    .bind(now)
    .bind(codes)
    .bind(days)
    .bind(numbers)
    .bind(numbered)
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok((facts(row.visit, row.facts)?, row.context))).transpose()
}

/// Locks a claim of a party with its visit and whoever its balances are kept for. With `anew`, what bears on these lines
/// instead of its own, and a number for the claim that takes its place.
pub(crate) async fn lock_claim_facts(
    conn: &mut PgConnection,
    keys: &Keys,
    (claim, party): (ClaimId, OrganizationId),
    anew: Option<&[LineQuery<'_>]>,
    now: DateTime<Utc>,
) -> Result<Option<ClaimFacts>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        visit: VisitRow,
        facts: Option<Json<FactsJson>>,
        #[sqlx(flatten)]
        context: DecisionContext,
        own_claim: Json<ClaimRow>,
        own_lines: Option<Json<Vec<ServiceLineRow>>>,
    }
    let arrays = anew.map(arrays);
    let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select (f.locked).*, f.facts, f.own_claim, f.own_lines, {DECISION_CONTEXT},
            case when $4 is not null then nextval('claim_number_sequence') else 0 end as sequence
         from claim_facts($1, $2, $3, $4, $5, $6) f"
    )))
    .bind(claim.uuid())
    .bind(party.uuid())
    .bind(now)
    .bind(arrays.as_ref().map(|(codes, _, _)| codes.as_slice()))
    .bind(arrays.as_ref().map(|(_, days, _)| days.as_slice()))
    .bind(arrays.as_ref().map(|(_, _, numbers)| numbers.as_slice()))
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let facts = facts(row.visit, row.facts)?;
    let mut claim = Claim::try_from(row.own_claim.0)?;
    claim.visit.disputed = facts.visit.is_disputed();
    let lines = row.own_lines.map(|lines| lines.0).unwrap_or_default();
    Ok(Some(ClaimFacts {
        claim,
        lines: lines.into_iter().map(|line| line.open(keys)).collect::<Result<_>>()?,
        facts,
        context: row.context,
    }))
}

type Arrays<'a> = (Vec<&'a str>, Vec<Option<NaiveDate>>, Vec<&'a str>);

fn arrays<'a>(lines: &[LineQuery<'a>]) -> Arrays<'a> {
    (
        lines.iter().map(|it| it.code).collect(),
        lines.iter().map(|it| it.date).collect(),
        lines.iter().filter_map(|it| it.preauthorization).collect(),
    )
}

/// All lines of a claim, by their places, what was replaced before what took its place.
pub(crate) async fn list_claim_lines(
    conn: &mut PgConnection,
    keys: &Keys,
    claim: ClaimId,
) -> Result<Vec<ServiceLine>> {
    let rows: Vec<ServiceLineRow> = sqlx::query_as(
        "select * from service_line where owner_id = $1 and owner_kind = 'CLAIM'
         order by position, replaced_by is null, line_id",
    )
    .bind(claim.uuid())
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| row.open(keys)).collect()
}

/// What a claim's lines are called in the payer's tariff, by line; nothing of what it does not name.
pub(crate) async fn find_line_names(
    conn: &mut PgConnection,
    claim: ClaimId,
    language: Language,
) -> Result<HashMap<Uuid, String>> {
    let names: Vec<(Uuid, String)> = sqlx::query_as(
        "select l.line_id, coalesce(t.names ->> $2, t.names ->> 'en', (
            select value from jsonb_each_text(t.names) order by key limit 1)) as name
         from service_line l
         cross join lateral (
            select t.names from tariff t
            where t.payer_id = l.payer_id and t.code = l.code and t.valid @> l.given_on
              and (t.facility_id is null or t.facility_id = l.facility_id)
            order by t.facility_id nulls last limit 1) t
         where l.owner_id = $1 and l.replaced_by is null",
    )
    .bind(claim.uuid())
    .bind(language.as_str())
    .fetch_all(conn)
    .await?;
    Ok(names.into_iter().collect())
}
