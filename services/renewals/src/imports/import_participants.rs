//! Take a list of participants.

use careway_contract::renewals::v1::{ImportParticipantsRequest, ImportParticipantsResponse};
use careway_service::{Call, Result};
use tonic::Streaming;

use super::{participants::Participants, stage, view};
use crate::App;

pub(crate) async fn import_participants(
    app: &App,
    call: &Call,
    pieces: Streaming<ImportParticipantsRequest>,
) -> Result<ImportParticipantsResponse> {
    let import = stage::<Participants, _>(app, call, pieces, |piece| (piece.dry_run, piece.file)).await?;
    Ok(ImportParticipantsResponse { import: Some(view::import(&import)) })
}
