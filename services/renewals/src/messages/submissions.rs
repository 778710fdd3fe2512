//! Keeps, before a message is given to its route, that it is: after that it is never sent again without a definite refusal.
//! What is submitted at the same time is one statement.

use careway_service::{Call, Result};
use tokio::sync::{mpsc, oneshot};

use super::store::queue::{self, Submission, Submitted};
use crate::App;

/// How many one statement keeps at most.
const GROUP: usize = 64;

/// A submission, and where its message's new version is told; none when the message is another sender's by now.
pub(super) struct Wanted {
    pub(super) submission: Submission,
    pub(super) version: oneshot::Sender<Option<i64>>,
}

/// Keeps every submission, until no sender is left.
pub(super) async fn keep_all(app: &App, mut wanted: mpsc::Receiver<Wanted>) {
    let mut group = Vec::with_capacity(GROUP);
    while wanted.recv_many(&mut group, GROUP).await > 0 {
        let (submissions, tellers): (Vec<_>, Vec<_>) =
            group.drain(..).map(|wanted| (wanted.submission, wanted.version)).unzip();
        let kept = keep(app, &submissions).await.unwrap_or_else(|error| {
            tracing::warn!(%error, messages = submissions.len(), "messages cannot be submitted yet");
            Vec::new()
        });
        for (submission, teller) in submissions.iter().zip(tellers) {
            let own = |kept: &&Submitted| {
                (kept.message_id, kept.known) == (submission.message_id, submission.version)
            };
            let version = kept.iter().find(own).map(|kept| kept.version);
            // A sender that is gone submits nothing.
            let _ = teller.send(version);
        }
    }
}

async fn keep(app: &App, submissions: &[Submission]) -> Result<Vec<Submitted>> {
    let now = app.foundation.clock.now();
    let mut reader = app.db.read(&Call::system("send-messages")).await?;
    queue::update_submitted(&mut reader, submissions, now).await
}

/// Keeps one; answers the message's new version.
pub(super) async fn submit(wanted: &mpsc::Sender<Wanted>, submission: Submission) -> Option<i64> {
    let (version, told) = oneshot::channel();
    wanted.send(Wanted { submission, version }).await.ok()?;
    told.await.ok().flatten()
}

#[cfg(test)]
mod tests {
    use careway_kernel::id_at;
    use careway_testing::{Leftovers, TestSetup};
    use uuid::Uuid;

    use super::*;
    use crate::{Config, MIGRATOR, NAME, open};

    fn submission(message_id: Uuid, version: i64) -> Submission {
        Submission {
            message_id,
            version,
            route: Some("folder".to_owned()),
            parts: 1,
            reference: None,
            recipient_keys: Vec::new(),
            mail_id: None,
            return_key: None,
        }
    }

    /// Whoever had it for too long, and who took it then, may come to submit it at the same time.
    #[tokio::test(flavor = "multi_thread")]
    async fn of_two_who_submit_a_message_at_once_it_is_the_later_takers() {
        let setup = TestSetup::of(NAME, &MIGRATOR).await;
        let (config, foundation) = setup.build::<Config>().await;
        let _leftovers = Leftovers::of(&setup.prefix, &foundation.shutdown);
        let app = open(config, &foundation).await.unwrap();
        let mut tx = app.db.begin_system("tests").await.unwrap();
        let id = id_at(tx.now());
        sqlx::query(
            "insert into message (message_id, dedupe_key, channel, priority, template, state, sealed, due_at, created_at,
                version)
             values ($1, 'twice', 'SMS', 3, 'reminder', 'QUEUED', '\\x00', now(), now(), 3)",
        )
        .bind(id)
        .execute(&mut *tx)
        .await
        .unwrap();
        tx.finish().await.unwrap();

        let (wants, wanted) = mpsc::channel(8);
        let both =
            async move { tokio::join!(submit(&wants, submission(id, 2)), submit(&wants, submission(id, 3))) };
        let (told, ()) = tokio::join!(both, keep_all(&app, wanted));
        assert_eq!(told, (None, Some(4)));
        foundation.shutdown.cancel();
    }
}
