//! Contracts between payers and facilities.

use careway_kernel::{ContractId, OrganizationId};
use careway_service::{Error, Result};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::{Clauses, Contract};
use crate::plans::{self, domain::service_type::ServiceType};

#[derive(sqlx::FromRow)]
struct Row {
    contract_id: Uuid,
    payer_id: Uuid,
    facility_id: Uuid,
    service_types: Vec<String>,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    inpatients_to_last_day: bool,
    correction_days: i32,
    version: i64,
    created_at: DateTime<Utc>,
}

impl TryFrom<Row> for Contract {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: ContractId::from_uuid(row.contract_id),
            payer: OrganizationId::from_uuid(row.payer_id),
            facility: OrganizationId::from_uuid(row.facility_id),
            service_types: row
                .service_types
                .iter()
                .map(|code| plans::store::service_type::parse(code))
                .collect::<Result<_>>()?,
            from: row.valid_from,
            to: row.valid_to,
            clauses: Clauses {
                inpatients_to_last_day: row.inpatients_to_last_day,
                correction_days: u16::try_from(row.correction_days).map_err(Error::internal)?,
            },
            version: row.version,
            created_at: row.created_at,
        })
    }
}

/// Which contracts of a party, newest first.
#[derive(Debug, Clone)]
pub(crate) struct ContractFilter {
    pub(crate) party: OrganizationId,
    pub(crate) other_party: Option<OrganizationId>,
    pub(crate) on: Option<NaiveDate>,
    /// Older than this one.
    pub(crate) before: Option<ContractId>,
    pub(crate) limit: i64,
}

/// What a new contract is judged by.
#[derive(Debug)]
pub(crate) struct Grounds {
    /// What kind of organization is to be contracted; none when identity did not tell of it.
    pub(crate) kind: Option<String>,
    /// The kinds of care there are.
    pub(crate) service_types: Vec<ServiceType>,
}

/// What there is to know before this organization is contracted.
pub(crate) async fn find_grounds(
    conn: &mut PgConnection,
    facility: Option<OrganizationId>,
) -> Result<Grounds> {
    let (kind, codes): (Option<String>, Vec<String>) = sqlx::query_as(
        "select (select kind from organization_ref where organization_id = $1),
            array(select code from service_type order by position)",
    )
    .bind(facility.map(OrganizationId::uuid))
    .fetch_one(conn)
    .await?;
    let service_types =
        codes.iter().map(|code| plans::store::service_type::parse(code)).collect::<Result<_>>()?;
    Ok(Grounds { kind, service_types })
}

/// A new contract. `contract_no_overlap` when the two have another then.
pub(crate) async fn insert_contract(conn: &mut PgConnection, contract: &Contract) -> sqlx::Result<()> {
    let service_types: Vec<&str> = contract.service_types.iter().map(ServiceType::as_str).collect();
    sqlx::query(
        "insert into contract (contract_id, payer_id, facility_id, service_types, valid_from, valid_to, version,
            created_at, inpatients_to_last_day, correction_days) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(contract.id.uuid())
    .bind(contract.payer.uuid())
    .bind(contract.facility.uuid())
    .bind(service_types)
    .bind(contract.from)
    .bind(contract.to)
    .bind(contract.version)
    .bind(contract.created_at)
    .bind(contract.clauses.inpatients_to_last_day)
    .bind(i32::from(contract.clauses.correction_days))
    .execute(conn)
    .await?;
    Ok(())
}

/// A contract's last day.
pub(crate) async fn update_contract(conn: &mut PgConnection, contract: &Contract) -> sqlx::Result<()> {
    sqlx::query("update contract set valid_to = $2, version = $3 where contract_id = $1")
        .bind(contract.id.uuid())
        .bind(contract.to)
        .bind(contract.version)
        .execute(conn)
        .await?;
    Ok(())
}

/// A contract that the organization is a party to.
pub(crate) async fn find_contract(
    conn: &mut PgConnection,
    party: OrganizationId,
    id: ContractId,
) -> Result<Option<Contract>> {
    let row: Option<Row> = sqlx::query_as(
        "select * from contract where contract_id = $1 and (payer_id = $2 or facility_id = $2)",
    )
    .bind(id.uuid())
    .bind(party.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// The payer's contract, locked.
pub(crate) async fn lock_contract(
    conn: &mut PgConnection,
    payer: OrganizationId,
    id: ContractId,
) -> Result<Option<Contract>> {
    let row: Option<Row> =
        sqlx::query_as("select * from contract where contract_id = $1 and payer_id = $2 for update")
            .bind(id.uuid())
            .bind(payer.uuid())
            .fetch_optional(conn)
            .await?;
    row.map(TryInto::try_into).transpose()
}

/// Whether the payer has, or had, a contract with the facility.
pub(crate) async fn is_contracted(
    conn: &mut PgConnection,
    payer: OrganizationId,
    facility: OrganizationId,
) -> Result<bool> {
    let contracted =
        sqlx::query_scalar("select exists (select from contract where payer_id = $1 and facility_id = $2)");
    Ok(contracted.bind(payer.uuid()).bind(facility.uuid()).fetch_one(conn).await?)
}

/// A page of contracts.
pub(crate) async fn list_contracts(
    conn: &mut PgConnection,
    filter: &ContractFilter,
) -> Result<Vec<Contract>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select * from contract
         where (payer_id = $1 or facility_id = $1) and ($2::uuid is null or payer_id = $2 or facility_id = $2)
           and ($3::date is null or valid @> $3) and ($4::uuid is null or contract_id < $4)
         order by contract_id desc limit $5",
    )
    .bind(filter.party.uuid())
    .bind(filter.other_party.map(OrganizationId::uuid))
    .bind(filter.on)
    .bind(filter.before.map(ContractId::uuid))
    .bind(filter.limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}
