//! The clock of the service: every few seconds it lets each aggregate do what is due. Every replica runs it.

use careway_service::Ticks;
use tokio_util::sync::CancellationToken;

use crate::{App, preauthorizations, visits};

/// Looks for what is due until `shutdown`.
pub(crate) async fn run(app: App, shutdown: CancellationToken) {
    let mut ticks = Ticks::every(app.context.settings.timer(), &shutdown);
    while ticks.next().await {
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
