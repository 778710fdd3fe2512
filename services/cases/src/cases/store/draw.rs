//! What a new case needs before it is: a number, where its organization is, and the form that its topic has now.

use careway_kernel::OrganizationId;
use careway_service::Result;
use serde_json::{Map, Value};
use sqlx::{FromRow, PgConnection, types::Json};

use super::row::time_zone;
use crate::{case_forms::CurrentForm, cases::domain::Organization};

/// What was drawn.
pub(crate) struct Draw {
    /// Of the sequence of numbers.
    pub(crate) sequence: i64,
    /// None when identity never told of it: a partner's own is taken as it is, since its token names it.
    pub(crate) organization: Option<Organization>,
    /// None when nobody set one for the topic.
    pub(crate) form: Option<CurrentForm>,
}

#[derive(FromRow)]
struct Row {
    sequence: i64,
    name: Option<String>,
    time_zone: Option<String>,
    version: Option<i32>,
    schema: Option<Json<Map<String, Value>>>,
}

/// Draws the next number of cases, which is never drawn again, and reads whose the case will be and what its topic asks.
pub(crate) async fn draw_number(
    conn: &mut PgConnection,
    organization: OrganizationId,
    topic: &str,
) -> Result<Draw> {
    let row: Row = sqlx::query_as(
        "select n.sequence, o.name, o.time_zone, f.version, f.schema
         from (select nextval('support_case_number_sequence') as sequence) n
         left join organization_ref o on o.organization_id = $1
         left join lateral (select version, schema from case_form where topic = $2 order by version desc limit 1) f on true",
    )
    .bind(organization.uuid())
    .bind(topic)
    .fetch_one(conn)
    .await?;
    let known = row.name.zip(row.time_zone);
    let known =
        known.map(|(name, zone)| Organization { id: organization, name, time_zone: time_zone(&zone) });
    let form = row.version.zip(row.schema).map(|(version, Json(schema))| CurrentForm::new(version, schema));
    Ok(Draw { sequence: row.sequence, organization: known, form })
}
