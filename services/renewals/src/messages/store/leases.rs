//! Which process holds the routes. By the database's clock: it is about processes.

use careway_service::Result;
use sqlx::PgConnection;
use uuid::Uuid;

/// Takes these routes, or holds them on, for so many seconds; answers how many it has now.
pub(crate) async fn update_leases(
    conn: &mut PgConnection,
    routes: &[String],
    holder: Uuid,
    seconds: f64,
) -> Result<usize> {
    let held: Vec<String> = sqlx::query_scalar(
        "insert into route_lease as lease (route, holder, until)
         select route, $2, clock_timestamp() + make_interval(secs => $3) from unnest($1::text[]) as route
         order by route
         on conflict (route) do update set holder = excluded.holder, until = excluded.until
             where lease.holder = excluded.holder or lease.until < clock_timestamp()
         returning route",
    )
    .bind(routes)
    .bind(holder)
    .bind(seconds)
    .fetch_all(conn)
    .await?;
    Ok(held.len())
}

/// Gives back whatever this process holds.
pub(crate) async fn delete_leases(conn: &mut PgConnection, holder: Uuid) -> Result<()> {
    sqlx::query("delete from route_lease where holder = $1").bind(holder).execute(conn).await?;
    Ok(())
}
