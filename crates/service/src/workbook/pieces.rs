//! A workbook given out in pieces while its rows still come.

use std::io::{self, Write};

use bytes::{Bytes, BytesMut};
use careway_contract::google::api::HttpBody;
use futures::{Stream, StreamExt, TryStreamExt, stream::BoxStream};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio_stream::wrappers::ReceiverStream;

use super::{Heading, Value, Workbook};
use crate::{Error, RawAnswer, Result, table::XLSX};

/// Bytes of a piece.
const PIECE: usize = 64 << 10;
/// Pieces, and batches of rows, that may wait for each other.
const WAITING: usize = 2;

/// What the writer is told.
enum Told {
    Rows(Vec<Vec<Value>>),
    /// All rows came: without this word the workbook is not whole.
    End,
    Failed(Error),
}

/// The download of a workbook: a file of this name, which is ASCII, with the rows that come in batches.
pub fn download(
    file_name: &str,
    sheet: &str,
    headings: Vec<Heading>,
    batches: impl Stream<Item = Result<Vec<Vec<Value>>>> + Send + 'static,
) -> RawAnswer {
    let body = |piece: Bytes| HttpBody { content_type: XLSX.to_owned(), data: piece, extensions: Vec::new() };
    RawAnswer::growing(200, stream(sheet, headings, batches).map_ok(body).boxed())
        .header("content-disposition", format!("attachment; filename=\"{file_name}\""))
        .header("cache-control", "private, no-store, no-transform")
}

/// A workbook of the rows that come in batches. An error among them breaks it off; who stops taking pieces stops the rows.
pub fn stream(
    name: &str,
    headings: Vec<Heading>,
    batches: impl Stream<Item = Result<Vec<Vec<Value>>>> + Send + 'static,
) -> BoxStream<'static, Result<Bytes>> {
    let (rows, to_write) = channel(WAITING);
    let (pieces, to_give) = channel(WAITING);
    let name = name.to_owned();
    tokio::spawn(feed(batches, rows));
    // Packing takes the processor's time.
    tokio::task::spawn_blocking(move || {
        if let Err(error) = write(&name, &headings, to_write, &pieces) {
            // Nobody may be there to hear it.
            let _ = pieces.blocking_send(Err(error));
        }
    });
    ReceiverStream::new(to_give).boxed()
}

async fn feed(batches: impl Stream<Item = Result<Vec<Vec<Value>>>>, rows: Sender<Told>) {
    let mut batches = std::pin::pin!(batches);
    while let Some(batch) = batches.next().await {
        let told = batch.map_or_else(Told::Failed, Told::Rows);
        let over = matches!(told, Told::Failed(_));
        if rows.send(told).await.is_err() || over {
            return;
        }
    }
    // The writer may be gone.
    let _ = rows.send(Told::End).await;
}

fn write(
    name: &str,
    headings: &[Heading],
    mut to_write: Receiver<Told>,
    pieces: &Sender<Result<Bytes>>,
) -> Result<()> {
    let to = Pieces { to: pieces.clone(), gathered: BytesMut::with_capacity(PIECE) };
    let mut workbook = Workbook::begin(to, name, headings).map_err(Error::internal)?;
    loop {
        match to_write.blocking_recv() {
            Some(Told::Rows(rows)) => {
                for row in rows {
                    workbook.row(&row).map_err(Error::internal)?;
                }
            }
            Some(Told::End) => break,
            Some(Told::Failed(error)) => return Err(error),
            None => return Err(Error::internal(anyhow::anyhow!("the rows of a workbook broke off"))),
        }
    }
    let mut to = workbook.finish().map_err(Error::internal)?;
    to.give().map_err(Error::internal)
}

/// Gathers bytes and gives them on.
struct Pieces {
    to: Sender<Result<Bytes>>,
    gathered: BytesMut,
}

impl Pieces {
    fn give(&mut self) -> io::Result<()> {
        let piece = self.gathered.split().freeze();
        self.to.blocking_send(Ok(piece)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= PIECE {
            self.give()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
