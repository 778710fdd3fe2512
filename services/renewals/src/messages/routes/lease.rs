//! Which process holds the routes: it alone has sessions and sends text messages. If it dies, another takes over once its
//! lease has ended.

use std::{pin::pin, time::Duration};

use careway_kernel::id_at;
use careway_service::{Call, Result};
use futures::FutureExt;
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

use super::{super::store, drain, hold, release};
use crate::App;

/// How long a lease is good for, and how often it is renewed.
const LEASE: Duration = Duration::from_secs(15);
const RENEW: Duration = Duration::from_secs(4);
/// A lease that could not be renewed for so long is taken for lost, before anybody else can have it.
const LOST: Duration = Duration::from_secs(12);

/// Takes the routes whenever nobody has them, and holds them until shutdown.
pub(crate) async fn run(app: App) {
    let routes = app.routes.with_carriers();
    if routes.is_empty() {
        return;
    }
    let holder = id_at(app.clock.now());
    let shutdown = app.foundation.shutdown.clone();
    for route in app.routes.iter().filter(|route| route.has_carrier()) {
        route.tell_up(false);
    }
    while !shutdown.is_cancelled() {
        let asked = Instant::now();
        if renew(&app, &routes, holder).await == Some(true) {
            app.routes.set_held(true);
            let mut held = pin!(hold(&app).fuse());
            tokio::select! {
                () = &mut held => {}
                () = keep(|| renew(&app, &routes, holder), asked) => tracing::warn!("another process may hold the routes now"),
                () = drained(&app) => {}
            }
            app.routes.set_held(false);
            // The sessions are read meanwhile: a carrier answers our goodbye.
            tokio::select! {
                () = release(&app) => {}
                () = held => {}
            }
        }
        shutdown.run_until_cancelled(tokio::time::sleep(RENEW)).await;
    }
    if let Err(error) = give_back(&app, holder).await {
        tracing::warn!(%error, "the routes are not given back: another process has them when their lease ends");
    }
}

/// Ends after shutdown, once what is under way has its answer.
async fn drained(app: &App) {
    app.foundation.shutdown.cancelled().await;
    drain(app).await;
}

/// Renews the lease; ends when it is, or may be, somebody else's: however long the database takes to answer.
async fn keep<Renewing: Future<Output = Option<bool>>>(mut renew: impl FnMut() -> Renewing, taken: Instant) {
    let mut good_until = taken + LOST;
    loop {
        let renewed = async {
            tokio::time::sleep(RENEW).await;
            let asked = Instant::now();
            renew().await.map(|held| held.then_some(asked))
        };
        match timeout_at(good_until, renewed).await {
            Ok(Some(Some(asked))) => good_until = asked + LOST,
            Ok(None) => {}
            Ok(Some(None)) | Err(_) => return,
        }
    }
}

/// Whether this process has the lease now; none when that cannot be known.
async fn renew(app: &App, routes: &[String], holder: Uuid) -> Option<bool> {
    match try_renew(app, routes, holder).await {
        Ok(held) => Some(held),
        Err(error) => {
            tracing::warn!(%error, "the lease of the routes cannot be renewed");
            None
        }
    }
}

/// All of them, or none.
async fn try_renew(app: &App, routes: &[String], holder: Uuid) -> Result<bool> {
    let mut tx = app.db.begin_system("hold-routes").await?;
    let held = store::leases::update_leases(&mut tx, routes, holder, LEASE.as_secs_f64()).await?;
    if held < routes.len() {
        return Ok(false);
    }
    tx.finish().await?;
    Ok(true)
}

async fn give_back(app: &App, holder: Uuid) -> Result<()> {
    let mut reader = app.db.read(&Call::system("hold-routes")).await?;
    store::leases::delete_leases(&mut reader, holder).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn routes_are_let_go_before_their_lease_ends_whether_the_database_refuses_or_says_nothing() {
        for refuses in [true, false] {
            let mut renewals = 2;
            let renew = || {
                let renews = renewals > 0;
                renewals -= i32::from(renews);
                async move {
                    if renews {
                        return Some(true);
                    }
                    if !refuses {
                        std::future::pending::<()>().await;
                    }
                    None
                }
            };
            let taken = Instant::now();
            keep(renew, taken).await;
            let held = taken.elapsed();
            assert!(held > 2 * RENEW && held < 2 * RENEW + LEASE, "{held:?}");
        }
    }
}
