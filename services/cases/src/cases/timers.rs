//! What happens to cases by the clock alone: partners are reminded, what nobody answers is solved, what stays solved closes, and
//! support is told what its service levels want done.
//! Every replica runs it; each case is taken by one at a time.

use careway_service::{Result, Ticks};

use super::{keep::keep, service_clocks, store::waking::lock_due_case};
use crate::{App, service_levels::level_of};

/// Looks for what is due until shutdown.
pub(crate) async fn run(app: App) {
    let mut ticks = Ticks::every(app.timer, &app.foundation.shutdown);
    while ticks.next().await {
        let outcomes = [
            ("wake", wake_all(&app).await),
            ("reckon_clocks", service_clocks::reckon_all(&app).await),
            ("tell_clocks", service_clocks::tell_all(&app).await),
        ];
        for (timer, outcome) in outcomes {
            if let Err(error) = outcome {
                tracing::warn!(timer, %error, "a timer of cases failed; it will try again");
            }
        }
    }
}

/// Wakes every case whose time has come.
async fn wake_all(app: &App) -> Result<()> {
    loop {
        let mut tx = app.db.begin_system("cases.wake").await?;
        let now = tx.now();
        let Some(case) = lock_due_case(&mut tx, &app.case_keys, now).await? else { return Ok(()) };
        let level = level_of(app, &mut tx, case.organization.id).await?;
        if let Some(mut step) = case.wake(now, app.timing, &level.calendar) {
            keep(app, &mut tx, &mut step).await?;
        }
        tx.finish().await?;
    }
}
