//! What happens by the clock alone: visits that were not verified or admitted in time end, and facilities are warned of
//! admission notices. Every replica runs them; a visit is taken by one.

use careway_contract::visits::v1::{AdmissionNoticeDue, VisitExpired};
use careway_events::{Fact, record};
use careway_service::{AuditEntry, Result};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::{store, view::timestamp};
use crate::{App, preauthorizations};

/// Visits per transaction.
const BATCH: i64 = 100;

/// Looks for what is due until `shutdown`.
pub(crate) async fn run(app: App, shutdown: CancellationToken) {
    let mut every = tokio::time::interval(app.desk.settings.timer());
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = every.tick() => {}
        }
        let outcomes = [
            ("expiry", expire_all(&app).await),
            ("admission_notice", warn_all(&app).await),
            ("preauthorization_clock", preauthorizations::timers::watch_all(&app).await),
            ("preauthorization_expiry", preauthorizations::timers::expire_all(&app).await),
        ];
        for (timer, outcome) in outcomes {
            if let Err(error) = outcome {
                tracing::warn!(timer, %error, "a timer failed; it will try again");
            }
        }
    }
}

async fn expire_all(app: &App) -> Result<()> {
    while expire(app).await? == BATCH {}
    Ok(())
}

async fn warn_all(app: &App) -> Result<()> {
    while warn(app).await? == BATCH {}
    Ok(())
}

/// Ends visits whose time is over; how many were looked at.
async fn expire(app: &App) -> Result<i64> {
    let mut tx = app.db.begin_system("visits.expiry").await?;
    let now = tx.now();
    let overdue = store::lock_overdue(&mut tx, now, BATCH).await?;
    let taken = i64::try_from(overdue.len()).unwrap_or(BATCH);
    for visit in overdue.into_iter().filter_map(|visit| visit.expire(now)) {
        store::update::update_visit(&mut tx, &visit).await?;
        let expired =
            VisitExpired { visit_id: visit.id.to_string(), facility_id: visit.facility.to_string() };
        record(&mut tx, Fact::new(expired).about(visit.id.uuid(), visit.version).of(visit.facility));
        tx.audit(AuditEntry { action: "visit.expire", visit: Some(visit.id), ..Default::default() });
    }
    tx.finish().await?;
    Ok(taken)
}

/// Warns of admission notices that are due soon; how many visits were looked at.
async fn warn(app: &App) -> Result<i64> {
    let mut tx = app.db.begin_system("visits.admission_notice").await?;
    let now = tx.now();
    let unnotified = store::lock_unnotified(&mut tx, now, BATCH).await?;
    let taken = i64::try_from(unnotified.len()).unwrap_or(BATCH);
    for visit in unnotified.into_iter().filter_map(|visit| visit.warn_of_admission_notice(now)) {
        store::update::update_visit(&mut tx, &visit).await?;
        let due_at = visit.admission.as_ref().and_then(|admission| admission.notice.as_ref());
        if let Some((patient, notice)) = visit.patient.as_ref().zip(due_at) {
            let due = AdmissionNoticeDue {
                visit_id: visit.id.to_string(),
                facility_id: visit.facility.to_string(),
                payer_id: patient.payer.to_string(),
                due_at: Some(timestamp(notice.due_at)),
            };
            let fact = Fact::new(due).about(visit.id.uuid(), visit.version);
            record(&mut tx, fact.of(visit.facility).also(patient.payer));
        }
    }
    tx.finish().await?;
    Ok(taken)
}
