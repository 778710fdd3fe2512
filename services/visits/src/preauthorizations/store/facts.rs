//! Everything a pre-authorization is decided from, locked and read in one statement.

use careway_kernel::{OrganizationId, PreauthorizationId, VisitId};
use careway_service::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection, types::Json};

use super::row::PreauthorizationRow;
use crate::{
    preauthorizations::domain::Preauthorization,
    seal::Keys,
    service_lines::{
        self,
        domain::{ServiceLine, facts::ServiceFacts, requested::LineRequest},
        store::{
            facts::{FactsJson, HeldJson},
            row::ServiceLineRow,
        },
    },
    visits::store::row::VisitRow,
};

/// What a new one is decided from.
pub(crate) struct New {
    pub(crate) facts: ServiceFacts,
    /// The next number's sequence; it is lost when the request is refused.
    pub(crate) sequence: u64,
}

/// What one that is kept is decided from.
pub(crate) struct Kept {
    pub(crate) preauthorization: Preauthorization,
    /// With what its touched and changed lines hold taken as free.
    pub(crate) facts: ServiceFacts,
    /// With the thousandths of it that claims have taken.
    pub(crate) lines: Vec<(ServiceLine, i64)>,
}

/// What an amendment looks at beside the lines there are.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Amending<'a> {
    /// The numbers of the lines that are changed or cancelled.
    pub(crate) touched: &'a [u16],
    /// What is asked for in their place, or beside them.
    pub(crate) asked: &'a [LineRequest],
}

/// Locks the visit for a pre-authorization that is new; none when the facility has no such visit.
pub(crate) async fn lock_new(
    conn: &mut PgConnection,
    visit: VisitId,
    facility: OrganizationId,
    asked: &[LineRequest],
    now: DateTime<Utc>,
) -> Result<Option<New>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        visit: VisitRow,
        facts: Option<Json<FactsJson>>,
        sequence: i64,
    }
    let (codes, days) = wanted(asked);
    let row: Option<Row> = sqlx::query_as(
        "select (locked).*, facts, nextval('preauthorization_number_sequence') as sequence
         from service_facts($1, $2, null, $3, $4, $5, '{}')",
    )
    .bind(visit.uuid())
    .bind(facility.uuid())
    .bind(now)
    .bind(codes)
    .bind(days)
    .fetch_optional(conn)
    .await?;
    let Some(Row { visit, facts, sequence }) = row else { return Ok(None) };
    Ok(Some(New {
        facts: service_lines::store::facts::facts(visit, facts)?,
        sequence: sequence.unsigned_abs(),
    }))
}

/// Locks the visit and its pre-authorization; none when the party has no such one.
pub(crate) async fn lock_kept(
    conn: &mut PgConnection,
    keys: &Keys,
    id: PreauthorizationId,
    party: OrganizationId,
    now: DateTime<Utc>,
    amending: Amending<'_>,
) -> Result<Option<Kept>> {
    #[derive(FromRow)]
    struct Row {
        header: Json<PreauthorizationRow>,
        #[sqlx(flatten)]
        visit: VisitRow,
        facts: Option<Json<FactsJson>>,
        freed: Json<Vec<HeldJson>>,
        #[sqlx(flatten)]
        line: ServiceLineRow,
        taken: i64,
    }
    let (codes, days) = wanted(amending.asked);
    let touched: Vec<i32> = amending.touched.iter().copied().map(i32::from).collect();
    let rows: Vec<Row> = sqlx::query_as(
        "select header, (locked).*, facts, freed, (line).*, taken
         from preauthorization_facts($1, $2, $3, $4, $5, $6)",
    )
    .bind(id.uuid())
    .bind(party.uuid())
    .bind(now)
    .bind(touched)
    .bind(codes)
    .bind(days)
    .fetch_all(conn)
    .await?;
    let mut lines = Vec::with_capacity(rows.len());
    let mut known = None;
    for Row { header, visit, facts, freed, line, taken } in rows {
        lines.push((line.open(keys)?, taken));
        // Every row tells the same of all but its line.
        known.get_or_insert((header, visit, facts, freed));
    }
    let Some((header, visit, facts, freed)) = known else { return Ok(None) };
    let mut facts = service_lines::store::facts::facts(visit, facts)?;
    for held in freed.0 {
        facts.free(&held.key.into(), held.amount);
    }
    Ok(Some(Kept { preauthorization: header.0.try_into()?, facts, lines }))
}

fn wanted(asked: &[LineRequest]) -> (Vec<&str>, Vec<Option<NaiveDate>>) {
    asked.iter().map(|line| (line.code.as_str(), line.date)).unzip()
}
