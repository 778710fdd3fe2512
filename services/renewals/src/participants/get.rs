//! Read a participant, with the days on which the card is good.

use careway_contract::renewals::v1::{GetParticipantRequest, GetParticipantResponse};
use careway_kernel::ParticipantId;
use careway_service::{AuditEntry, Call, Error, Result, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn get_participant(
    app: &App,
    call: &Call,
    request: GetParticipantRequest,
) -> Result<GetParticipantResponse> {
    let party = call.caller.organization()?;
    let id: ParticipantId = path_id("participant", &request.participant_id)?;
    let (participant, periods) = {
        let mut reader = app.db.read(call).await?;
        let found = store::find_participant(&mut reader, &app.contact_keys, party, id).await?;
        let participant = found.ok_or(Error::not_found("participant"))?;
        (participant, store::list_card_periods(&mut reader, id).await?)
    };
    let entry = AuditEntry { action: "participant.read", member: participant.member, ..Default::default() };
    app.audit.read(call, entry).await?;
    let shown = view::with_periods(&participant, &periods);
    Ok(GetParticipantResponse { participant: Some(shown) })
}
