//! The virus scanner: clamd, which is shown a document while it comes in (INSTREAM) and says what it thinks at the end.

use std::{path::PathBuf, time::Duration};

use bytes::{BufMut, BytesMut};
use careway_service::{Error, NotWritten, Result, SharedReason};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UnixStream},
    time::timeout,
};
use tokio_util::either::Either;

use crate::refusal::FileRefusal;

const TO_CONNECT: Duration = Duration::from_secs(3);
/// For every piece that it takes; and for its verdict, which it needs all of the file for.
const TO_TAKE: Duration = Duration::from_secs(30);
const TO_DECIDE: Duration = Duration::from_secs(120);
/// Longer than any verdict.
const LONGEST_VERDICT: u64 = 4096;

/// Where clamd answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scanner {
    Tcp(String),
    Unix(PathBuf),
}

/// One document under its eyes.
pub(crate) struct Scan {
    clamd: Either<TcpStream, UnixStream>,
}

impl Scanner {
    /// Reads `tcp://host:port` or `unix:///path`.
    pub(crate) fn parse(address: &str) -> anyhow::Result<Self> {
        match address.split_once("://") {
            Some(("tcp", host)) if host.contains(':') => Ok(Self::Tcp(host.to_owned())),
            Some(("unix", path)) if path.starts_with('/') => Ok(Self::Unix(path.into())),
            _ => anyhow::bail!("{address} is neither tcp://host:port nor unix:///path"),
        }
    }

    /// Begins to show it a document.
    pub(crate) async fn open(&self) -> Result<Scan> {
        let connecting = async {
            let mut clamd = match self {
                Self::Tcp(host) => Either::Left(TcpStream::connect(host).await?),
                Self::Unix(path) => Either::Right(UnixStream::connect(path).await?),
            };
            clamd.write_all(b"zINSTREAM\0").await?;
            Ok(Scan { clamd })
        };
        timeout(TO_CONNECT, connecting).await.map_err(away)?.map_err(|error: std::io::Error| away(error))
    }
}

impl Scan {
    /// Shows it the next piece.
    pub(crate) async fn show(&mut self, piece: &[u8]) -> Result<()> {
        if piece.is_empty() {
            // That would be the end.
            return Ok(());
        }
        let length = u32::try_from(piece.len()).map_err(Error::internal)?;
        let mut head = BytesMut::with_capacity(4);
        head.put_u32(length);
        let showing = async {
            self.clamd.write_all(&head).await?;
            self.clamd.write_all(piece).await
        };
        timeout(TO_TAKE, showing).await.map_err(away)?.map_err(away)
    }

    /// What it thinks of the whole.
    ///
    /// # Errors
    /// `DOCUMENT_INFECTED`; `SCANNER_UNAVAILABLE` when it did not decide.
    pub(crate) async fn verdict(mut self) -> Result<(), NotWritten<FileRefusal>> {
        let deciding = async {
            self.clamd.write_all(&[0; 4]).await?;
            let mut verdict = Vec::new();
            self.clamd.take(LONGEST_VERDICT).read_to_end(&mut verdict).await?;
            Ok(verdict)
        };
        let verdict =
            timeout(TO_DECIDE, deciding).await.map_err(away)?.map_err(|error: std::io::Error| away(error))?;
        read(String::from_utf8_lossy(&verdict).trim_end_matches(['\0', '\n']))
    }
}

/// `stream: OK`, `stream: <name> FOUND`, or whatever went wrong.
fn read(verdict: &str) -> Result<(), NotWritten<FileRefusal>> {
    let said = verdict.strip_prefix("stream: ").unwrap_or(verdict);
    match said.strip_suffix(" FOUND") {
        Some(name) => {
            tracing::warn!(name, "the virus scanner found something in a document");
            Err(NotWritten::Refused(FileRefusal::Infected))
        }
        None if said == "OK" => Ok(()),
        None => Err(away(format!("it said: {said}")).into()),
    }
}

fn away(error: impl std::fmt::Display) -> Error {
    tracing::warn!(%error, "the virus scanner cannot be asked");
    let message = "The virus scanner cannot be asked now, so nothing was taken; try again.";
    Error::new(SharedReason::ScannerUnavailable, message).retry_after(Duration::from_secs(10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_read() {
        assert!(read("stream: OK").is_ok());
        let reason = |verdict| Error::from(read(verdict).unwrap_err()).reason().to_owned();
        assert_eq!(reason("stream: Eicar-Test-Signature FOUND"), "DOCUMENT_INFECTED");
        for undecided in ["", "INSTREAM size limit exceeded. ERROR", "UNKNOWN COMMAND", "stream: "] {
            assert_eq!(reason(undecided), "SCANNER_UNAVAILABLE", "{undecided}");
        }
    }

    #[test]
    fn addresses_are_read() {
        assert_eq!(Scanner::parse("tcp://clamd:3310").unwrap(), Scanner::Tcp("clamd:3310".to_owned()));
        assert_eq!(
            Scanner::parse("unix:///run/clamd.sock").unwrap(),
            Scanner::Unix("/run/clamd.sock".into())
        );
        for wrong in ["clamd:3310", "tcp://clamd", "unix://run", "http://clamd:3310"] {
            assert!(Scanner::parse(wrong).is_err(), "{wrong}");
        }
    }
}
