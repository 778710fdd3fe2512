//! What happens to interest forms by the clock alone: raised mails are handed over, what nobody confirmed is forgotten.
//! Every replica runs it.

use careway_service::{Result, Ticks};

use super::{domain::UNCONFIRMED_FOR, mail, store};
use crate::App;

/// Works until shutdown.
pub(crate) async fn run(app: App) {
    let mut ticks = Ticks::every(app.timer, &app.foundation.shutdown).or_woken_by(&app.interest_mail);
    while ticks.next().await {
        for (timer, outcome) in [("mail", mail::send_all(&app).await), ("forget", forget_all(&app).await)] {
            if let Err(error) = outcome {
                tracing::warn!(timer, %error, "a timer of interest forms failed; it will try again");
            }
        }
    }
}

async fn forget_all(app: &App) -> Result<()> {
    let mut tx = app.db.begin_system("interest_forms.forget").await?;
    let since = tx.now() - UNCONFIRMED_FOR;
    store::delete_unconfirmed(&mut tx, since).await?;
    tx.finish().await
}
