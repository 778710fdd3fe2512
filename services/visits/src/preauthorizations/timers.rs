//! What happens to pre-authorizations by the clock alone: whoever must act is warned, a late payer is escalated, a missed
//! answer hands the turn back, and what is no longer valid is free again. Every replica runs it; each is taken by one.

use careway_service::{AuditEntry, Result};

use super::{domain::State, events, store};
use crate::App;

/// Pre-authorizations per transaction.
const BATCH: i64 = 100;

/// Hears every clock that has something to say.
pub(crate) async fn watch_all(app: &App) -> Result<()> {
    while watch(app).await? == BATCH {}
    Ok(())
}

/// Ends those whose validity is over.
pub(crate) async fn expire_all(app: &App) -> Result<()> {
    while expire(app).await? == BATCH {}
    Ok(())
}

async fn watch(app: &App) -> Result<i64> {
    let mut tx = app.db.begin_system("preauthorizations.clock").await?;
    let now = tx.now();
    let waiting = store::lock_waiting(&mut tx, now, BATCH).await?;
    let looked_at = i64::try_from(waiting.len()).unwrap_or(BATCH);
    for it in waiting {
        if let Some(lapsed) = it.clone().lapse(now) {
            store::update_preauthorization(&mut tx, &lapsed).await?;
            events::answer_missed(&mut tx, &lapsed);
        } else if let Some(escalated) = it.clone().escalate(now) {
            store::update_preauthorization(&mut tx, &escalated).await?;
            events::overdue(&mut tx, &escalated);
        } else if let Some(warned) = it.warn(now) {
            store::update_preauthorization(&mut tx, &warned).await?;
            events::due(&mut tx, &warned);
        }
    }
    tx.finish().await?;
    Ok(looked_at)
}

async fn expire(app: &App) -> Result<i64> {
    let mut tx = app.db.begin_system("preauthorizations.expiry").await?;
    let now = tx.now();
    let ended = store::lock_ended(&mut tx, now, BATCH).await?;
    let looked_at = i64::try_from(ended.len()).unwrap_or(BATCH);
    for expired in ended.into_iter().filter_map(|(it, today)| it.expire(today)) {
        // Its lines still allow what was given on its days.
        store::update_ended(&mut tx, &expired, true, now).await?;
        if expired.state == State::Expired {
            events::expired(&mut tx, &expired);
            let (member, visit) = (Some(expired.member), Some(expired.visit));
            tx.audit(AuditEntry { action: "preauthorization.expire", member, visit, ..Default::default() });
        }
    }
    tx.finish().await?;
    Ok(looked_at)
}
