//! Note that a participant wants no reminders at their contact.

use careway_contract::renewals::v1::{CreateOptOutRequest, CreateOptOutResponse};
use careway_kernel::{OptOutId, ParticipantId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed};

use super::{
    domain::{OptOut, Source, State, refusal::OptOutRefusal},
    events, store, view,
};
use crate::{App, templates};

pub(crate) async fn create_opt_out(
    app: &App,
    call: &Call,
    request: CreateOptOutRequest,
) -> Keyed<CreateOptOutResponse> {
    let organization = call.caller.organization()?;
    let mut v = Violations::default();
    let participant = v.required("participantId", request.participant_id.as_str(), ParticipantId::parse);
    let channel = v.present("channel", templates::channel(request.channel()));
    let (participant, channel) = v.all((participant, channel))?;

    let mut tx = app.db.begin(call).await?;
    let contact = store::find_contact(&mut tx, organization, participant, channel).await?;
    let contact = contact.ok_or(Error::not_found("participant"))?;
    let index = contact.index.ok_or(OptOutRefusal::NoSuchContact)?;
    let opt_out = OptOut {
        id: OptOutId::new(&app.clock),
        authority: contact.authority,
        participant: Some(participant),
        channel,
        state: State::Active,
        source: Source::Agent,
        answer: None,
        created_at: tx.now(),
    };
    let by = call.caller.subject.to_string();
    let opt_out = match store::upsert_opt_out(&mut tx, &opt_out, &index, &by).await? {
        Some(id) => {
            let noted = OptOut { id, ..opt_out };
            events::opted_out(&mut tx, &noted, Some(organization));
            noted
        }
        // It holds already, and stays as it is.
        None => store::get_opt_out(&mut tx, &opt_out, &index).await?,
    };
    tx.audit(AuditEntry { action: "opt_out.create", ..AuditEntry::default() });
    let shown = view::opt_out(&app.contact_keys, &opt_out)?;
    tx.commit(CreateOptOutResponse { opt_out: Some(shown) }).await
}
