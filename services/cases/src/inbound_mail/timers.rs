//! Once a day, whoever handles cases is told that mail waits for a person. Every replica runs it.

use careway_service::{Result, Ticks};

use super::{domain::waiting::is_to_be_told, store::waiting};
use crate::{
    App,
    case_notices::raise,
    cases::domain::notices::{HANDLERS, Notice, NoticeKind},
};

/// Works until shutdown.
pub(crate) async fn run(app: App) {
    let mut ticks = Ticks::every(app.timer, &app.foundation.shutdown);
    while ticks.next().await {
        if let Err(error) = tell_of_held(&app).await {
            tracing::warn!(%error, "the timer of held mail failed; it will try again");
        }
    }
}

async fn tell_of_held(app: &App) -> Result<()> {
    let mut tx = app.db.begin_system("inbound_mail.tell_of_held").await?;
    // Of several replicas one is at the oldest mail; the next sees what that one told.
    if waiting::lock_oldest_held(&mut tx).await? {
        let told_at = waiting::find_last_told(&mut tx).await?;
        if is_to_be_told(told_at, tx.now()) {
            let notice = Notice { kind: NoticeKind::MailHeld, to: HANDLERS, message: None, answers: None };
            raise(&mut tx, None, &[notice]).await?;
        }
    }
    tx.finish().await
}
