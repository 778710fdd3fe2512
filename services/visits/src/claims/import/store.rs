//! What trying claims takes in Postgres: who they draw on, their visits locked, and points to go back to.

use careway_service::Result;
use sqlx::{Executor, PgConnection};
use uuid::Uuid;

/// The members and families whose balances care of these visits draws on, by visit. Seen by Careway itself alone: covers
/// are not a facility's to read.
pub(crate) async fn list_holders(conn: &mut PgConnection, visits: &[Uuid]) -> Result<Vec<(Uuid, [Uuid; 2])>> {
    let rows: Vec<(Uuid, Uuid, Uuid)> = sqlx::query_as(
        "select v.visit_id, c.member_id, c.family_id from visit v join coverage c using (coverage_id)
         where v.visit_id = any ($1)",
    )
    .bind(visits)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(visit, member, family)| (visit, [member, family])).collect())
}

/// Locks several visits at once, in one order: everything else that claims lock comes after their visits.
pub(crate) async fn lock_visits(conn: &mut PgConnection, visits: &[Uuid]) -> Result<()> {
    let locked = sqlx::query("select from visit where visit_id = any ($1) order by visit_id for update");
    locked.bind(visits).execute(conn).await?;
    Ok(())
}

/// From here on everything may be rolled back.
pub(crate) async fn set_savepoint(conn: &mut PgConnection) -> Result<()> {
    conn.execute(sqlx::raw_sql("savepoint tried_claim")).await?;
    Ok(())
}

/// What was done since the savepoint stays.
pub(crate) async fn release_savepoint(conn: &mut PgConnection) -> Result<()> {
    conn.execute(sqlx::raw_sql("release savepoint tried_claim")).await?;
    Ok(())
}

/// What was done since the savepoint is rolled back, also when a statement was refused.
pub(crate) async fn rollback_to_savepoint(conn: &mut PgConnection) -> Result<()> {
    let back = "rollback to savepoint tried_claim; release savepoint tried_claim";
    conn.execute(sqlx::raw_sql(back)).await?;
    Ok(())
}
