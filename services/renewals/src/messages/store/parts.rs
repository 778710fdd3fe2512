//! The parts of text messages, and the references that join them.

use careway_service::Result;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A part of a message.
#[derive(FromRow)]
pub(crate) struct PartRow {
    pub(crate) number: i16,
    pub(crate) route: String,
    pub(crate) reference: Option<i32>,
    pub(crate) carrier_id: Option<String>,
    pub(crate) state: Option<String>,
}

/// A part that a carrier accepted, under its id.
pub(crate) struct AcceptedPart {
    pub(crate) message_id: Uuid,
    pub(crate) number: i16,
    pub(crate) carrier_id: String,
}

/// Every part of a message, in order.
pub(crate) async fn list_parts(conn: &mut PgConnection, message_id: Uuid) -> Result<Vec<PartRow>> {
    let parts = sqlx::query_as(
        "select number, route, reference, carrier_id, state from message_part where message_id = $1 order by number",
    );
    Ok(parts.bind(message_id).fetch_all(conn).await?)
}

/// These parts were accepted.
pub(crate) async fn update_accepted(conn: &mut PgConnection, accepted: &[AcceptedPart]) -> Result<()> {
    sqlx::query(
        "update message_part set carrier_id = accepted.carrier_id
         from unnest($1::uuid[], $2::smallint[], $3::text[]) as accepted (id, number, carrier_id)
         where message_id = accepted.id and message_part.number = accepted.number",
    )
    .bind(accepted.iter().map(|of| of.message_id).collect::<Vec<_>>())
    .bind(accepted.iter().map(|of| of.number).collect::<Vec<_>>())
    .bind(accepted.iter().map(|of| of.carrier_id.as_str()).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// The next reference of a message in parts to this number: each is another than the ones before it.
pub(crate) async fn update_next_reference(conn: &mut PgConnection, number_key: &[u8; 32]) -> Result<i32> {
    let next = sqlx::query_scalar(
        "insert into number_reference as last (number_key, reference) values ($1, 0)
         on conflict (number_key) do update set reference = (last.reference + 1) % 65536
         returning reference",
    );
    Ok(next.bind(number_key.as_slice()).fetch_one(conn).await?)
}
