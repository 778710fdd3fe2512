//! The body of an upload, piece by piece into a temporary file that nobody else can open.

use std::{
    fs::File,
    io::{self, Write},
};

use careway_contract::google::api::HttpBody;
use careway_kernel::OrganizationId;
use futures::{Stream, StreamExt};
use tokio::time::{Instant, error::Elapsed, timeout, timeout_at};
use tonic::Status;

use super::Imports;
use crate::{Error, Result, SharedReason, Turn, table::TableError};

/// Bytes that are gathered before they are written.
const CHUNK: usize = 1 << 20;

/// A list that came in whole.
pub struct Upload {
    /// Only report, change nothing.
    pub dry_run: bool,
    /// What it is said to be.
    pub media_type: String,
    pub(super) organization: OrganizationId,
    /// Without a name: it is gone with the process.
    pub(super) file: File,
    pub(super) slot: Turn,
}

impl Imports {
    /// Receives a list of at most so many bytes. The first piece says whether it is a dry run, and the media type.
    ///
    /// # Errors
    /// `DEADLINE_EXCEEDED` when it comes too slowly; `FILE_TOO_LARGE`.
    pub async fn receive<P>(
        &self,
        organization: OrganizationId,
        most: usize,
        mut pieces: impl Stream<Item = Result<P, Status>> + Unpin,
        parts: impl Fn(P) -> (bool, Option<HttpBody>),
    ) -> Result<Upload> {
        let bounds = &self.0.bounds;
        let end = Instant::now() + bounds.whole;
        let slow = |_: Elapsed| too_slow();
        let slot = timeout_at(end, self.0.uploads.turn(Some(organization))).await.map_err(slow)??;
        let file = blocking(tempfile::tempfile).await?;
        let mut upload = Upload { dry_run: false, media_type: String::new(), organization, file, slot };
        let (mut chunk, mut size, mut first) = (Vec::new(), 0, true);
        loop {
            let next =
                timeout_at(end, timeout(bounds.idle, pieces.next())).await.map_err(slow)?.map_err(slow)?;
            let Some(piece) = next else { break };
            let (dry_run, file) = parts(piece?);
            let body = file.unwrap_or_default();
            if std::mem::take(&mut first) {
                (upload.dry_run, upload.media_type) = (dry_run, body.content_type);
            }
            size += body.data.len();
            if size > most {
                return Err(TableError::TooLarge(format!("{} MiB", most >> 20)).into());
            }
            chunk.extend_from_slice(&body.data);
            if chunk.len() >= CHUNK {
                upload = upload.write(std::mem::take(&mut chunk)).await?;
            }
        }
        upload.write(chunk).await
    }
}

impl Upload {
    async fn write(mut self, bytes: Vec<u8>) -> Result<Self> {
        let write = move || {
            self.file.write_all(&bytes)?;
            Ok(self)
        };
        blocking(write).await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?.map_err(Error::internal)
}

fn too_slow() -> Error {
    Error::new(SharedReason::DeadlineExceeded, "The list came too slowly.")
}
