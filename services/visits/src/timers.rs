//! The clock of the service: every few seconds it lets each aggregate do what is due. Every replica runs it.

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::{App, preauthorizations, visits};

/// Looks for what is due until `shutdown`.
pub(crate) async fn run(app: App, shutdown: CancellationToken) {
    let mut every = tokio::time::interval(app.context.settings.timer());
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = every.tick() => {}
        }
        let outcomes = [
            ("expiry", visits::timers::expire_all(&app).await),
            ("admission_notice", visits::timers::warn_all(&app).await),
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
