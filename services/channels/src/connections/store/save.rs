//! What a step leaves behind.

use std::net::IpAddr;

use careway_kernel::{AccountId, ConnectionId, id_at};
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::DoneStep;
use crate::connections::domain::{
    Connection, Delivery, EndCause,
    item::{Item, Terms},
    joint_test::{JointTest, Signature, TestStep},
};

/// A declaration that was accepted.
#[derive(Debug, Clone)]
pub(crate) struct GivenConsent {
    pub(crate) version: i32,
    pub(crate) language: String,
    pub(crate) hash: String,
    pub(crate) by: AccountId,
    pub(crate) at: DateTime<Utc>,
    pub(crate) address: Option<IpAddr>,
}

/// A new connection, and the step that made it. `connection_open` when the two have one that has not ended.
pub(crate) async fn insert_connection(
    conn: &mut PgConnection,
    connection: &Connection,
    step: &DoneStep,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into connection (connection_id, provider_id, channel_id, state, causes, endpoint_answered, revision,
            version, created_at)
         values ($1, $2, $3, $4, '{}', false, $5, $6, $7)",
    )
    .bind(connection.id.uuid())
    .bind(connection.provider.uuid())
    .bind(connection.channel.uuid())
    .bind(connection.state.as_str())
    .bind(connection.revision)
    .bind(connection.version)
    .bind(connection.created_at)
    .execute(&mut *conn)
    .await?;
    // A statement of its own: the policy of steps looks for the connection, which its own statement does not show yet.
    sqlx::query(
        "insert into connection_step (step_id, connection_id, step, by, at, state, detail)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id_at(step.at))
    .bind(connection.id.uuid())
    .bind(step.step)
    .bind(&step.by)
    .bind(step.at)
    .bind(connection.state.as_str())
    .bind(&step.detail)
    .execute(conn)
    .await?;
    Ok(())
}

/// A connection after a step, with its services and the step itself.
pub(crate) async fn save_connection(
    conn: &mut PgConnection,
    connection: &Connection,
    step: &DoneStep,
) -> Result<()> {
    let causes: Vec<&str> = connection.causes.iter().map(|cause| cause.as_str()).collect();
    let set_up = connection.set_up.as_ref();
    let services: Vec<Uuid> = connection.items.keys().map(|service| service.uuid()).collect();
    let items: Vec<&Item> = connection.items.values().collect();
    let told: Vec<Option<Terms>> = items.iter().map(|item| item.told).collect();
    let prices = told.iter().map(|told| told.map(|terms| terms.price)).collect::<Vec<_>>();
    sqlx::query(
        "with changed as (
            update connection set state = $2, causes = $3, end_cause = $4, intent = $5, consent_version = $6,
                health_url = $7, endpoint_answered = $8, contacts = $9, revision = $10, version = $11
            where connection_id = $1 returning connection_id),
         items as (
            insert into connection_item (connection_id, service_id, ticked, state, code, system_knows, channel_knows,
                told_price, told_amount, told_currency, told_minutes)
            select $1, i.* from unnest($12::uuid[], $13::boolean[], $14::text[], $15::text[], $16::boolean[],
                $17::boolean[], $18::bigint[], $19::bigint[], $20::text[], $21::int[]) as i
            on conflict (connection_id, service_id) do update set ticked = excluded.ticked, state = excluded.state,
                code = excluded.code, system_knows = excluded.system_knows, channel_knows = excluded.channel_knows,
                told_price = excluded.told_price, told_amount = excluded.told_amount,
                told_currency = excluded.told_currency, told_minutes = excluded.told_minutes)
         insert into connection_step (step_id, connection_id, step, by, at, state, detail)
         select $22, connection_id, $23, $24, $25, $2, $26 from changed",
    )
    .bind(connection.id.uuid())
    .bind(connection.state.as_str())
    .bind(causes)
    .bind(connection.end_cause.map(EndCause::as_str))
    .bind(connection.intent.map(Delivery::as_str))
    .bind(connection.consent_version)
    .bind(set_up.map(|set_up| set_up.health_url.as_str()))
    .bind(set_up.is_some_and(|set_up| set_up.endpoint_answered))
    .bind(set_up.map(|set_up| Json(&set_up.contacts)))
    .bind(connection.revision)
    .bind(connection.version)
    .bind(services)
    .bind(items.iter().map(|item| item.ticked).collect::<Vec<_>>())
    .bind(items.iter().map(|item| item.state.as_str()).collect::<Vec<_>>())
    .bind(items.iter().map(|item| item.code.as_deref()).collect::<Vec<_>>())
    .bind(items.iter().map(|item| item.system_knows).collect::<Vec<_>>())
    .bind(items.iter().map(|item| item.channel_knows).collect::<Vec<_>>())
    .bind(told.iter().map(|told| told.map(|terms| terms.version)).collect::<Vec<_>>())
    .bind(prices.iter().map(|price| price.map(|price| price.minor)).collect::<Vec<_>>())
    .bind(prices.iter().map(|price| price.map(|price| price.currency.code())).collect::<Vec<_>>())
    .bind(told.iter().map(|told| told.map(|terms| terms.minutes)).collect::<Vec<_>>())
    .bind(id_at(step.at))
    .bind(step.step)
    .bind(&step.by)
    .bind(step.at)
    .bind(&step.detail)
    .execute(conn)
    .await?;
    Ok(())
}

/// A joint test as it stands.
pub(crate) async fn save_test(
    conn: &mut PgConnection,
    connection: ConnectionId,
    test: &JointTest,
) -> Result<()> {
    let by = |signed: &Option<Signature>| signed.as_ref().map(|signature| signature.by.clone());
    let at = |signed: &Option<Signature>| signed.as_ref().map(|signature| signature.at);
    sqlx::query(
        "insert into joint_test (test_id, connection_id, meeting_at, of_provider, of_channel, revision, green,
            provider_signed_by, provider_signed_at, channel_signed_by, channel_signed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (test_id) do update set green = excluded.green,
            provider_signed_by = excluded.provider_signed_by, provider_signed_at = excluded.provider_signed_at,
            channel_signed_by = excluded.channel_signed_by, channel_signed_at = excluded.channel_signed_at",
    )
    .bind(test.id.uuid())
    .bind(connection.uuid())
    .bind(test.meeting.at)
    .bind(&test.meeting.of_provider)
    .bind(&test.meeting.of_channel)
    .bind(test.revision)
    .bind(test.green.iter().copied().map(TestStep::as_str).collect::<Vec<_>>())
    .bind(by(&test.provider_signed))
    .bind(at(&test.provider_signed))
    .bind(by(&test.channel_signed))
    .bind(at(&test.channel_signed))
    .execute(conn)
    .await?;
    Ok(())
}

/// A declaration that was accepted; the first time counts.
pub(crate) async fn insert_consent(
    conn: &mut PgConnection,
    connection: ConnectionId,
    given: &GivenConsent,
) -> Result<()> {
    sqlx::query(
        "insert into connection_consent (connection_id, consent_version, language, text_hash, accepted_by, accepted_at,
            address)
         values ($1, $2, $3, $4, $5, $6, $7::inet) on conflict (connection_id, consent_version) do nothing",
    )
    .bind(connection.uuid())
    .bind(given.version)
    .bind(&given.language)
    .bind(&given.hash)
    .bind(given.by.uuid())
    .bind(given.at)
    .bind(given.address.map(|address| address.to_string()))
    .execute(conn)
    .await?;
    Ok(())
}
