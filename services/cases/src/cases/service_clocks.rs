//! The clocks of service levels, by the clock alone: support is told what comes near its end and what is over, once each; and
//! what was reckoned by hours or targets that changed since is reckoned anew.

use std::slice;

use careway_service::Result;

use super::{domain::step::CaseEvent, keep::keep, store::clocks};
use crate::{App, service_levels::level_of};

/// Cases per transaction.
const BATCH: usize = 100;

/// Tells of every clock that has something to tell.
pub(super) async fn tell_all(app: &App) -> Result<()> {
    loop {
        let mut tx = app.db.begin_system("cases.clocks.tell").await?;
        let now = tx.now();
        let Some(case) = clocks::lock_case_to_tell(&mut tx, &app.case_keys, now).await? else {
            return Ok(());
        };
        let level = level_of(app, &mut tx, case.organization.id).await?;
        let mut step = case.tell_clocks(&level, now);
        if step.is_change() {
            keep(app, &mut tx, &mut step).await?;
        } else {
            clocks::update_clocks(&mut tx, slice::from_ref(&step.case)).await?;
        }
        tx.finish().await?;
        count(&step.events);
    }
}

/// Counts what was told of, for those who look after the installation.
fn count(events: &[CaseEvent]) {
    for event in events {
        if let CaseEvent::Due { measure, alarm, .. } = event {
            let labels = [("measure", measure.as_str()), ("alarm", alarm.as_str())];
            metrics::counter!("careway_case_alarms_total", &labels).increment(1);
        }
    }
}

/// Reckons every case anew that is not closed and was reckoned by what is no more.
pub(super) async fn reckon_all(app: &App) -> Result<()> {
    while reckon(app).await? {}
    Ok(())
}

/// Reckons some anew, and tells whether there may be more.
async fn reckon(app: &App) -> Result<bool> {
    let mut tx = app.db.begin_system("cases.clocks.reckon").await?;
    let mut outdated = clocks::lock_outdated_cases(&mut tx, &app.case_keys, BATCH).await?;
    if outdated.is_empty() {
        return Ok(false);
    }
    app.service_levels.forget();
    for case in &mut outdated {
        let level = level_of(app, &mut tx, case.organization.id).await?;
        case.reckon(&level);
    }
    clocks::update_clocks(&mut tx, &outdated).await?;
    tx.finish().await?;
    Ok(outdated.len() == BATCH)
}
