//! The mail server beside Careway: hands one mail after the other to it by LMTP, each of a person whose turn it is.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use anyhow::{Context, ensure};
use careway_standalone::seed::SUPPORT;
use careway_testing::LmtpClient;
use tokio::net::UnixStream;

use super::letters::{Form, author, letter};
use crate::bench::workers::Worker;

/// What an author writes before the next one does: the tenth automatic answer within three hours is the last, and the 21st mail
/// within an hour is held.
const OF_AN_AUTHOR: u64 = 8;

/// The mails, in their order.
pub(super) struct Post {
    next: AtomicU64,
    authors: u64,
    socket: PathBuf,
}

impl Post {
    /// Of so many people, to whoever takes mail at this socket.
    pub(super) fn new(authors: u64, socket: &Path) -> Self {
        Self { next: AtomicU64::new(0), authors, socket: socket.to_owned() }
    }

    /// So many connections of the mail server.
    pub(super) async fn postmen(self: &Arc<Self>, connections: usize) -> anyhow::Result<Vec<Postman>> {
        let mut postmen = Vec::with_capacity(connections);
        for _ in 0..connections {
            let client = LmtpClient::connect(&self.socket).await.context("nobody takes mail")?;
            postmen.push(Postman { post: self.clone(), client });
        }
        Ok(postmen)
    }
}

/// One connection.
pub(super) struct Postman {
    post: Arc<Post>,
    client: LmtpClient<UnixStream>,
}

impl Worker for Postman {
    async fn perform(&mut self) -> anyhow::Result<()> {
        let number = self.post.next.fetch_add(1, Ordering::Relaxed);
        ensure!(
            number < self.post.authors * OF_AN_AUTHOR,
            "everybody wrote: too few people for this machine"
        );
        let author = author(number % self.post.authors);
        let mail = letter(number, &author, Form::Plain);
        let replies = self.client.deliver(&author, &[SUPPORT], &mail).await?;
        let reply = replies.first().map(String::as_str).unwrap_or_default();
        ensure!(reply.starts_with("250 2.0.0 "), "a mail was answered {reply}");
        Ok(())
    }
}
