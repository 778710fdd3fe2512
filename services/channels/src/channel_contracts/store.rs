//! The table `channel_contract`.

use careway_kernel::{ChannelContractId, Currency, OrganizationId};
use careway_service::{Error, Result};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::ChannelContract;

#[derive(sqlx::FromRow)]
struct Row {
    contract_id: Uuid,
    provider_id: Uuid,
    channel_id: Uuid,
    number: String,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    currency: String,
    recorded_by: Uuid,
    confirmed_at: Option<DateTime<Utc>>,
    version: i64,
    created_at: DateTime<Utc>,
}

impl TryFrom<Row> for ChannelContract {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: ChannelContractId::from_uuid(row.contract_id),
            provider: OrganizationId::from_uuid(row.provider_id),
            channel: OrganizationId::from_uuid(row.channel_id),
            number: row.number,
            from: row.valid_from,
            to: row.valid_to,
            currency: Currency::parse(&row.currency).map_err(Error::internal)?,
            recorded_by: OrganizationId::from_uuid(row.recorded_by),
            confirmed_at: row.confirmed_at,
            version: row.version,
            created_at: row.created_at,
        })
    }
}

/// A new contract. `channel_contract_no_overlap` when the two have another then.
pub(crate) async fn insert_contract(conn: &mut PgConnection, contract: &ChannelContract) -> sqlx::Result<()> {
    sqlx::query(
        "insert into channel_contract (contract_id, provider_id, channel_id, number, valid_from, valid_to, currency,
            recorded_by, version, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(contract.id.uuid())
    .bind(contract.provider.uuid())
    .bind(contract.channel.uuid())
    .bind(&contract.number)
    .bind(contract.from)
    .bind(contract.to)
    .bind(contract.currency.code())
    .bind(contract.recorded_by.uuid())
    .bind(contract.version)
    .bind(contract.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// A contract as the other side confirmed it.
pub(crate) async fn update_contract(conn: &mut PgConnection, contract: &ChannelContract) -> Result<()> {
    sqlx::query("update channel_contract set confirmed_at = $2, version = $3 where contract_id = $1")
        .bind(contract.id.uuid())
        .bind(contract.confirmed_at)
        .bind(contract.version)
        .execute(conn)
        .await?;
    Ok(())
}

/// A contract that the party is a side of; anybody's without a party.
pub(crate) async fn find_contract(
    conn: &mut PgConnection,
    party: Option<OrganizationId>,
    id: ChannelContractId,
) -> Result<Option<ChannelContract>> {
    let row: Option<Row> = sqlx::query_as(
        "select * from channel_contract
         where contract_id = $1 and ($2::uuid is null or provider_id = $2 or channel_id = $2)",
    )
    .bind(id.uuid())
    .bind(party.map(OrganizationId::uuid))
    .fetch_optional(conn)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// A party's contract, locked.
pub(crate) async fn lock_contract(
    conn: &mut PgConnection,
    party: OrganizationId,
    id: ChannelContractId,
) -> Result<Option<ChannelContract>> {
    let row: Option<Row> = sqlx::query_as(
        "select * from channel_contract
         where contract_id = $1 and (provider_id = $2 or channel_id = $2) for update",
    )
    .bind(id.uuid())
    .bind(party.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// A page of contracts.
pub(crate) async fn list_contracts(
    conn: &mut PgConnection,
    party: Option<OrganizationId>,
    before: Option<ChannelContractId>,
    limit: i64,
) -> Result<Vec<ChannelContract>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select * from channel_contract
         where ($1::uuid is null or provider_id = $1 or channel_id = $1)
           and ($2::uuid is null or contract_id < $2)
         order by contract_id desc limit $3",
    )
    .bind(party.map(OrganizationId::uuid))
    .bind(before.map(ChannelContractId::uuid))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}
