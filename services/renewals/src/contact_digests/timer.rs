//! Tells every agency once a day of contacts that became suspect. Every replica looks; each digest is made by one.

use careway_kernel::id_at;
use careway_service::{Call, Result, Ticks};
use chrono_tz::Tz;

use super::{
    domain::due,
    events,
    store::{self, NewDigest},
};
use crate::App;

/// Looks for what is to be told until shutdown.
pub(crate) async fn run(app: App) {
    let mut ticks = Ticks::every(app.timer, &app.foundation.shutdown);
    while ticks.next().await {
        if let Err(error) = tell_all(&app).await {
            tracing::warn!(%error, "agencies cannot be told of contacts that seem wrong; it will be tried again");
        }
    }
}

async fn tell_all(app: &App) -> Result<()> {
    let suspecting = {
        let mut reader = app.db.read(&Call::system("contact_digests")).await?;
        store::list_suspecting(&mut reader).await?
    };
    let now = app.clock.now();
    for agency in suspecting {
        let zone = agency.time_zone.as_deref().and_then(|zone| zone.parse().ok()).unwrap_or(Tz::UTC);
        let Some(day) = due(now, zone, agency.last_day) else { continue };
        let mut tx = app.db.begin_system("contact_digests").await?;
        let digest = NewDigest { contact_digest_id: id_at(now), agency_id: agency.agency_id, day };
        let now = tx.now();
        if store::insert_digest(&mut tx, &digest, now).await? {
            events::record_suspected(&mut tx, &digest);
        }
        tx.finish().await?;
    }
    Ok(())
}
