//! Rows of one database in another: what pgbench writes is as large as what the platform wrote.

use anyhow::Context;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Executor, PgConnection};
use uuid::Uuid;

/// The rows of a table, named `t`, that the rest of the query finds; it may ask for one id.
pub(super) async fn rows(
    database: &mut PgConnection,
    of: &str,
    which: Option<Uuid>,
) -> anyhow::Result<Value> {
    let all = format!("select coalesce(jsonb_agg(to_jsonb(t)), '[]') from {of}");
    let asked = sqlx::query_scalar(AssertSqlSafe(all));
    let asked = which.into_iter().fold(asked, |asked, id| asked.bind(id));
    asked.fetch_one(database).await.with_context(|| of.to_owned())
}

/// Puts rows into a table that is there.
pub(super) async fn insert(to: &mut PgConnection, table: &str, rows: &Value) -> anyhow::Result<()> {
    let all = format!(
        "insert into {table} select r.* from jsonb_array_elements($1) e, jsonb_populate_record(null::{table}, e) r"
    );
    sqlx::query(AssertSqlSafe(all)).bind(rows).execute(to).await.with_context(|| table.to_owned())?;
    Ok(())
}

/// Puts rows into a new table, whose columns may be `like` another's.
pub(super) async fn keep(
    to: &mut PgConnection,
    table: &str,
    columns: &str,
    rows: &Value,
) -> anyhow::Result<()> {
    let made = to.execute(AssertSqlSafe(format!("create table {table} ({columns})"))).await;
    made.with_context(|| table.to_owned())?;
    insert(to, table, rows).await
}
