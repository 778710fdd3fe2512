//! What agents changed of a participant, the latest first.

use careway_contract::renewals::v1::{
    ListParticipantChangesRequest, ListParticipantChangesResponse, ParticipantChange,
};
use careway_kernel::{ParticipantId, Redacted, Violations};
use careway_service::{AuditEntry, Call, Error, Paging, Result, path_id, timestamp};

use super::store::{self, change::Remembered};
use crate::App;

pub(crate) async fn list_participant_changes(
    app: &App,
    call: &Call,
    request: ListParticipantChangesRequest,
) -> Result<ListParticipantChangesResponse> {
    let party = call.caller.organization()?;
    let id: ParticipantId = path_id("participant", &request.participant_id)?;
    let mut v = Violations::default();
    let filter = ListParticipantChangesRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging =
        Paging::parse(&mut v, &app.page_key, "ListParticipantChanges", party.uuid(), &filter, wanted);
    let (paging,) = v.all((paging,))?;

    let found = {
        let mut reader = app.db.read(call).await?;
        if !store::exists(&mut reader, party, id).await? {
            return Err(Error::not_found("participant"));
        }
        let (keys, before) = (&app.contact_keys, paging.after_id()?);
        store::change::list_changes(&mut reader, keys, id, before, paging.limit()).await?
    };
    app.audit.read(call, AuditEntry { action: "participant.list-changes", ..Default::default() }).await?;
    let (changes, next_page_token) = paging.cut(found, |it| *it.id.as_bytes());
    Ok(ListParticipantChangesResponse { changes: changes.iter().map(message).collect(), next_page_token })
}

fn message(remembered: &Remembered) -> ParticipantChange {
    let text = |text: &Option<Redacted>| text.as_ref().map(|it| it.expose().to_owned()).unwrap_or_default();
    ParticipantChange {
        field: remembered.change.field.json_name().to_owned(),
        before: text(&remembered.change.before),
        after: text(&remembered.change.after),
        changed_by: remembered.by.clone(),
        changed_at: Some(timestamp(remembered.at)),
    }
}
