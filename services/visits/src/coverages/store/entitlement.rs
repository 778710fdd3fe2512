//! What an entitlement is decided from, in one statement.

use careway_service::Result;
use sqlx::{FromRow, PgConnection, Row as _, postgres::PgRow, types::Json};
use uuid::Uuid;

use super::row::CoverageRow;
use crate::{
    coverages::domain::entitlement::{EntitlementFacts, EntitlementQuery},
    plans::{
        self,
        domain::{PlanDefinition, service_type::ServiceType},
    },
};

/// One row per coverage of the member; a single one without a coverage when there is none.
struct FactsRow {
    service_types: Vec<String>,
    contracted: Option<Vec<String>>,
    coverage: Option<CoverageRow>,
    definition: Option<Json<PlanDefinition>>,
}

impl FromRow<'_, PgRow> for FactsRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let covered = row.try_get::<Option<Uuid>, _>("coverage_id")?.is_some();
        Ok(Self {
            service_types: row.try_get("all_service_types")?,
            contracted: row.try_get("contracted")?,
            coverage: covered.then(|| CoverageRow::from_row(row)).transpose()?,
            definition: row.try_get("definition_then")?,
        })
    }
}

/// The service types, the contract of that day, the member's coverages, and the plan of the one that holds the day.
/// The caller must be the facility, the payer, or Careway itself: anybody else finds no coverage.
pub(crate) async fn find_entitlement(
    conn: &mut PgConnection,
    query: &EntitlementQuery,
) -> Result<EntitlementFacts> {
    let rows: Vec<FactsRow> = sqlx::query_as(
        "select array(select code from service_type order by position) as all_service_types,
            (select k.service_types from contract k
             where k.payer_id = $1 and k.facility_id = $2 and k.valid @> $3) as contracted,
            c.*, case when c.valid @> $3 then c.definition end as definition_then
         from (select) once left join entitlement_coverage c on c.payer_id = $1 and c.member_id = $4",
    )
    .bind(query.payer.uuid())
    .bind(query.facility.uuid())
    .bind(query.on)
    .bind(query.member.uuid())
    .fetch_all(conn)
    .await?;

    let mut facts = EntitlementFacts {
        service_types: Vec::new(),
        contracted: None,
        coverages: Vec::with_capacity(rows.len()),
        plan: None,
        birth_date: query.birth_date,
    };
    for (at, row) in rows.into_iter().enumerate() {
        if at == 0 {
            facts.service_types = parse_all(&row.service_types)?;
            facts.contracted = row.contracted.as_deref().map(parse_all).transpose()?;
        }
        if let Some(coverage) = row.coverage {
            facts.coverages.push(coverage.try_into()?);
        }
        if let Some(definition) = row.definition {
            facts.plan = Some(definition.0);
        }
    }
    Ok(facts)
}

fn parse_all(codes: &[String]) -> Result<Vec<ServiceType>> {
    codes.iter().map(|code| plans::store::service_type::parse(code)).collect()
}
