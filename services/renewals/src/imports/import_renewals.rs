//! Take a list of cards that are to be renewed.

use careway_contract::renewals::v1::{ImportRenewalsRequest, ImportRenewalsResponse};
use careway_service::{Call, Result};
use tonic::Streaming;

use super::{renewals::Renewals, stage, view};
use crate::App;

pub(crate) async fn import_renewals(
    app: &App,
    call: &Call,
    pieces: Streaming<ImportRenewalsRequest>,
) -> Result<ImportRenewalsResponse> {
    let import = stage::<Renewals, _>(app, call, pieces, |piece| (piece.dry_run, piece.file)).await?;
    Ok(ImportRenewalsResponse { import: Some(view::import(&import)) })
}
