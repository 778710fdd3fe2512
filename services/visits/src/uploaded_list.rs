//! A list that somebody uploads, whatever it lists: its pieces put together, and what every list refuses.

use bytes::{Bytes, BytesMut};
use careway_contract::google::api::HttpBody;
use careway_service::{
    Error, Kind, Result,
    table::{Limits, TableError},
};
use tonic::Streaming;

/// The whole file.
pub(crate) struct UploadedList {
    /// Only report, change nothing.
    pub(crate) dry_run: bool,
    pub(crate) media_type: String,
    pub(crate) bytes: Bytes,
}

/// The whole file, within the bound. The first piece says whether it is a dry run, and the media type.
pub(crate) async fn gather<P>(
    mut pieces: Streaming<P>,
    parts: impl Fn(P) -> (bool, Option<HttpBody>),
) -> Result<UploadedList> {
    let most = Limits::default().bytes;
    let (mut first, mut bytes) = (None, BytesMut::new());
    while let Some(piece) = pieces.message().await? {
        let (dry_run, file) = parts(piece);
        let file = file.unwrap_or_default();
        if bytes.len() + file.data.len() > most {
            return Err(TableError::TooLarge(format!("{} MiB", most >> 20)).into());
        }
        bytes.extend_from_slice(&file.data);
        first.get_or_insert((dry_run, file.content_type));
    }
    let (dry_run, media_type) = first.unwrap_or_default();
    Ok(UploadedList { dry_run, media_type, bytes: bytes.freeze() })
}

/// A column that the list must have and has not.
pub(crate) fn column_missing(column: &'static str) -> Error {
    Error::new(Kind::Invalid, "COLUMN_MISSING", format!("The list has no column {column}."))
        .with("column", column)
}
