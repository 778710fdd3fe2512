//! A list that somebody uploads, whatever it lists: received and read within the bounds of all imports.

use std::fs::File;

use careway_contract::google::api::HttpBody;
use careway_kernel::OrganizationId;
use careway_service::{
    Result,
    imports::{Held, Place},
    table::{Limits, Table},
};
use tonic::Streaming;

use crate::App;

/// The table of an upload.
pub(crate) struct UploadedList {
    /// Only report, change nothing.
    pub(crate) dry_run: bool,
    pub(crate) table: Table,
    /// Kept for as long as what was read is in memory.
    pub(crate) place: Place,
}

/// The table of an upload, read by `read`. The first piece says whether it is a dry run, and the media type.
pub(crate) async fn gather<P>(
    app: &App,
    organization: OrganizationId,
    pieces: Streaming<P>,
    parts: impl Fn(P) -> (bool, Option<HttpBody>),
    read: impl FnOnce(File, &str) -> Result<Table> + Send + 'static,
) -> Result<UploadedList> {
    let limits = Limits::default();
    let upload = app.imports.receive(organization, limits.bytes, pieces, parts).await?;
    let dry_run = upload.dry_run;
    let Held { value: table, place } = app.imports.read(upload, limits, read).await?;
    Ok(UploadedList { dry_run, table, place })
}
