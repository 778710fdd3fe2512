//! What happens by the clock alone: visits that were not verified or admitted in time end, and facilities are warned of
//! admission notices. Every replica runs them; a visit is taken by one.

use careway_contract::visits::v1::{AdmissionNoticeDue, VisitExpired};
use careway_events::{Fact, record};
use careway_service::{AuditEntry, Result, timestamp};

use super::store;
use crate::App;

/// Visits per transaction.
const BATCH: i64 = 100;

/// Ends visits whose time is over.
pub(crate) async fn expire_all(app: &App) -> Result<()> {
    while expire(app).await? == BATCH {}
    Ok(())
}

/// Warns of admission notices that are due soon.
pub(crate) async fn warn_all(app: &App) -> Result<()> {
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
