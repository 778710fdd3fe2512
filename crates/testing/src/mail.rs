//! An SMTP server that keeps what it is sent: a real peer for whoever sends mail.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::calls::PATIENCE;

/// A message taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// What the client called itself.
    pub hello: String,
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Headers and body as sent, without the dot-stuffing.
    pub data: String,
}

impl Mail {
    /// The first header of this name, unfolded.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let (headers, _) = self.data.split_once("\r\n\r\n")?;
        let unfolded = headers.replace("\r\n ", " ").replace("\r\n\t", " ");
        unfolded.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }

    /// The body with quoted-printable undone: enough to find a link in it.
    #[must_use]
    pub fn text(&self) -> String {
        let (_, body) = self.data.split_once("\r\n\r\n").unwrap_or_default();
        let joined = body.replace("=\r\n", "");
        let mut bytes = Vec::with_capacity(joined.len());
        let mut rest = joined.as_bytes();
        while let Some((first, tail)) = rest.split_first() {
            let escaped =
                tail.get(..2).filter(|_| *first == b'=').and_then(|digits| hex::decode(digits).ok());
            match escaped {
                Some(byte) => {
                    bytes.extend(byte);
                    rest = &tail[2..];
                }
                None => {
                    bytes.push(*first);
                    rest = tail;
                }
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// A step at which the server can be told to refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SmtpStage {
    /// The greeting.
    Connect,
    /// `MAIL FROM`.
    Mail,
    /// `RCPT TO`.
    Rcpt,
    /// The whole message.
    Data,
}

#[derive(Debug)]
struct Sink {
    mails: watch::Sender<Vec<Mail>>,
    refusals: Mutex<HashMap<SmtpStage, String>>,
}

impl Sink {
    fn refusal(&self, stage: SmtpStage) -> Option<String> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).get(&stage).cloned()
    }
}

/// The server, on a loopback port of its own.
#[derive(Debug)]
pub struct SmtpSink {
    address: SocketAddr,
    sink: Arc<Sink>,
    task: JoinHandle<()>,
}

impl SmtpSink {
    /// Starts a server that takes everything.
    ///
    /// # Panics
    /// When the loopback has no port left.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port on the loopback");
        let address = listener.local_addr().expect("a bound listener has an address");
        let sink = Arc::new(Sink { mails: watch::Sender::default(), refusals: Mutex::default() });
        let served = Arc::clone(&sink);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(session(stream, Arc::clone(&served)));
            }
        });
        Self { address, sink, task }
    }

    /// Where to connect.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// As a URL without TLS.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Answers a step with this reply from now on: `451 4.3.0 try later`, `550 5.1.1 no such user`. After an empty one the
    /// connection is lost without a word.
    pub fn refuse(&self, stage: SmtpStage, reply: &str) {
        let mut refusals = self.sink.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        refusals.insert(stage, reply.to_owned());
    }

    /// Takes everything again.
    pub fn accept(&self) {
        self.sink.refusals.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// What was taken so far, in order.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.sink.mails.borrow().clone()
    }

    /// What was taken, once it is this many.
    ///
    /// # Panics
    /// When they do not come.
    pub async fn wait_for(&self, count: usize) -> Vec<Mail> {
        let mut mails = self.sink.mails.subscribe();
        let arrived = tokio::time::timeout(PATIENCE, mails.wait_for(|mails| mails.len() >= count)).await;
        match arrived {
            Ok(Ok(mails)) => mails.clone(),
            _ => panic!("{} of {count} mails arrived", self.mails().len()),
        }
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One connection, until `QUIT` or the peer's end.
async fn session(stream: TcpStream, sink: Arc<Sink>) -> std::io::Result<()> {
    let mut stream = BufStream::new(stream);
    if let Some(refusal) = sink.refusal(SmtpStage::Connect) {
        return reply(&mut stream, &refusal).await;
    }
    reply(&mut stream, "220 sink.test ESMTP").await?;
    let (mut hello, mut mail) = (String::new(), envelope());
    while let Some(line) = line(&mut stream).await? {
        let line = String::from_utf8_lossy(&line).into_owned();
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => {
                (hello, mail) = (line[4..].trim().to_owned(), envelope());
                "250-sink.test\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 26214400".to_owned()
            }
            "HELO" => "250 sink.test".to_owned(),
            "MAIL" => match (sink.refusal(SmtpStage::Mail), path(&line)) {
                (Some(refusal), _) => refusal,
                (None, Some(from)) => {
                    mail = Mail { from, ..envelope() };
                    "250 2.1.0 ok".to_owned()
                }
                (None, None) => "501 5.5.4 MAIL FROM:<address>".to_owned(),
            },
            "RCPT" => match (sink.refusal(SmtpStage::Rcpt), path(&line)) {
                (Some(refusal), _) => refusal,
                (None, Some(to)) => {
                    mail.to.push(to);
                    "250 2.1.5 ok".to_owned()
                }
                (None, None) => "501 5.5.4 RCPT TO:<address>".to_owned(),
            },
            "DATA" if mail.to.is_empty() => "503 5.5.1 RCPT first".to_owned(),
            "DATA" => {
                reply(&mut stream, "354 end with a line of one dot").await?;
                let Some(data) = data(&mut stream).await? else { return Ok(()) };
                let mail = Mail { hello: hello.clone(), data, ..std::mem::replace(&mut mail, envelope()) };
                sink.refusal(SmtpStage::Data).unwrap_or_else(|| {
                    sink.mails.send_modify(|mails| mails.push(mail));
                    "250 2.0.0 taken".to_owned()
                })
            }
            "RSET" => {
                mail = envelope();
                "250 2.0.0 ok".to_owned()
            }
            "NOOP" => "250 2.0.0 ok".to_owned(),
            "QUIT" => return reply(&mut stream, "221 2.0.0 bye").await,
            _ => "502 5.5.1 unknown".to_owned(),
        };
        if answer.is_empty() {
            break;
        }
        reply(&mut stream, &answer).await?;
    }
    Ok(())
}

fn envelope() -> Mail {
    Mail { hello: String::new(), from: String::new(), to: Vec::new(), data: String::new() }
}

/// What stands between the angle brackets.
fn path(line: &str) -> Option<String> {
    let (_, rest) = line.split_once('<')?;
    rest.split_once('>').map(|(path, _)| path.to_owned())
}

async fn reply(stream: &mut BufStream<TcpStream>, text: &str) -> std::io::Result<()> {
    stream.write_all(format!("{text}\r\n").as_bytes()).await?;
    stream.flush().await
}

/// A line without its end; none when the peer has gone.
async fn line(stream: &mut BufStream<TcpStream>) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    if stream.read_until(b'\n', &mut line).await? == 0 {
        return Ok(None);
    }
    let end = line.iter().rposition(|byte| !b"\r\n".contains(byte)).map_or(0, |last| last + 1);
    line.truncate(end);
    Ok(Some(line))
}

/// The lines up to the one with a single dot; a dot that was put before another is taken away.
async fn data(stream: &mut BufStream<TcpStream>) -> std::io::Result<Option<String>> {
    let mut data = Vec::new();
    while let Some(line) = line(stream).await? {
        match line.strip_prefix(b".") {
            Some(b"") => return Ok(Some(String::from_utf8_lossy(&data).into_owned())),
            Some(unstuffed) => data.extend_from_slice(unstuffed),
            None => data.extend_from_slice(&line),
        }
        data.extend_from_slice(b"\r\n");
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
