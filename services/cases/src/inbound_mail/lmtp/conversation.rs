//! A conversation with a mail server: lines in, replies out, and a mail is answered once it is kept.

use std::{io, sync::Arc, time::Duration};

use careway_service::{Error, Kind, Result};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{
    App,
    inbound_mail::{
        domain::{
            limits::MOST_MAIL_BYTES,
            lmtp::{
                data::Data,
                dialogue::{Dialogue, Envelope, Step},
            },
        },
        receive::receive,
        received::Delivered,
    },
};

/// For the next line, or the next bytes of a mail.
const PATIENCE: Duration = Duration::from_secs(300);
/// For all of a mail.
const PATIENCE_FOR_MAIL: Duration = Duration::from_secs(600);
/// A command's line; RFC 5321 has 512 and room for what extensions add.
const LONGEST_LINE: usize = 4096;
/// From here on a mail is a large one.
const LARGE: usize = 1024 * 1024;

/// Holds a conversation to its end. What goes wrong with the connection ends it: the mail server comes again.
pub(super) async fn hold(
    app: App,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send,
    large: Arc<Semaphore>,
    permit: OwnedSemaphorePermit,
) {
    let shutdown = app.foundation.shutdown.clone();
    let mut connection = Connection { stream, read: Vec::new() };
    let held = converse(&app, &mut connection, &large);
    tokio::select! {
        held = held => if let Err(error) = held {
            tracing::debug!(%error, "an LMTP conversation broke off");
        },
        () = shutdown.cancelled() => {}
    }
    drop(permit);
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    app: &App,
    connection: &mut Connection<S>,
    large: &Arc<Semaphore>,
) -> io::Result<()> {
    let ours = app.inbound_mail.own_mailboxes();
    let host = ours.support.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let (mut dialogue, greeting) = Dialogue::begin(host, ours.clone());
    connection.say(&greeting).await?;
    loop {
        let Some(line) = connection.line().await? else { return Ok(()) };
        match dialogue.hear(&line) {
            Step::Reply(reply) => connection.say(&reply).await?,
            Step::Close(reply) => return connection.say(&reply).await,
            Step::Data(reply, envelope) => {
                connection.say(&reply).await?;
                let mail = timeout(PATIENCE_FOR_MAIL, connection.mail(large)).await??;
                let replies = replies(app, &envelope, mail).await;
                connection.say(&replies).await?;
            }
        }
    }
}

/// A mail as far as it could be taken.
enum Taken {
    Whole(Vec<u8>, Option<OwnedSemaphorePermit>),
    TooLarge,
}

/// One reply for each recipient, in their order.
async fn replies(app: &App, envelope: &Envelope, mail: Taken) -> String {
    let Taken::Whole(raw, _large) = mail else {
        return "552 5.3.4 too large\r\n".repeat(envelope.recipients.len());
    };
    match receive(app, envelope, raw).await {
        Ok(delivered) => delivered.iter().map(reply).collect(),
        Err(error) => {
            log(&error);
            AGAIN.repeat(envelope.recipients.len())
        }
    }
}

const AGAIN: &str = "451 4.3.0 try again\r\n";

fn reply(delivered: &Result<Option<Delivered>>) -> String {
    match delivered {
        Ok(Some(delivered)) => format!("250 2.0.0 {} {}\r\n", delivered.outcome.as_str(), delivered.mail),
        Ok(None) => "550 5.1.1 nobody here\r\n".to_owned(),
        Err(error) => {
            log(error);
            AGAIN.to_owned()
        }
    }
}

/// Whatever went wrong, the mail is with the mail server and comes again.
fn log(error: &Error) {
    match error.kind() {
        Kind::Unavailable | Kind::Timeout => tracing::warn!(%error, "a mail was put off"),
        _ => tracing::error!(%error, source = ?error.source(), "a mail was put off"),
    }
}

struct Connection<S> {
    stream: S,
    /// What was read and not heard yet.
    read: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    async fn say(&mut self, reply: &str) -> io::Result<()> {
        timeout(PATIENCE, self.stream.write_all(reply.as_bytes())).await??;
        self.stream.flush().await
    }

    /// Reads more; false at the end.
    async fn more(&mut self) -> io::Result<bool> {
        let read = timeout(PATIENCE, self.stream.read_buf(&mut self.read)).await??;
        Ok(read > 0)
    }

    /// The next line, up to its CRLF; none at the end.
    async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(end) = memchr::memmem::find(&self.read, b"\r\n") {
                let line = self.read.drain(..end + 2).take(end).collect();
                return Ok(Some(line));
            }
            if self.read.len() > LONGEST_LINE {
                return Err(io::Error::other("a line without an end"));
            }
            if !self.more().await? {
                return Ok(None);
            }
        }
    }

    /// A mail, up to the dot.
    async fn mail(&mut self, large: &Arc<Semaphore>) -> io::Result<Taken> {
        let mut data = Data::new(MOST_MAIL_BYTES);
        let mut room = None;
        loop {
            if let Some(end) = data.take(&self.read) {
                self.read.drain(..end);
                return Ok(data.finish().map_or(Taken::TooLarge, |mail| Taken::Whole(mail, room)));
            }
            self.read.clear();
            if room.is_none() && data.len() > LARGE {
                room = Some(large.clone().acquire_owned().await.map_err(io::Error::other)?);
            }
            if !self.more().await? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}
