//! The reminders to a participant, the latest first: what became of each, never what it said.

use careway_contract::renewals::v1::{
    ListParticipantMessagesRequest, ListParticipantMessagesResponse, ParticipantMessage,
};
use careway_kernel::{ParticipantId, Violations};
use careway_service::{AuditEntry, Call, Error, Paging, Result, path_id, timestamp};

use super::store::{self, message::Reminded};
use crate::App;

pub(crate) async fn list_participant_messages(
    app: &App,
    call: &Call,
    request: ListParticipantMessagesRequest,
) -> Result<ListParticipantMessagesResponse> {
    let party = call.caller.organization()?;
    let id: ParticipantId = path_id("participant", &request.participant_id)?;
    let mut v = Violations::default();
    let filter =
        ListParticipantMessagesRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging =
        Paging::parse(&mut v, &app.page_key, "ListParticipantMessages", party.uuid(), &filter, wanted);
    let (paging,) = v.all((paging,))?;

    if !store::exists(&mut *app.db.read(call).await?, party, id).await? {
        return Err(Error::not_found("participant"));
    }
    // Who has the participant sees all of them, those of an agency that had it before as well.
    let all = Call::system("participant.messages");
    let found = {
        let mut reader = app.db.read(&all).await?;
        store::message::list_messages(&mut reader, id, paging.after_id()?, paging.limit()).await?
    };
    app.audit.read(call, AuditEntry { action: "participant.list-messages", ..Default::default() }).await?;
    let (messages, next_page_token) = paging.cut(found, |it| *it.recipient.as_bytes());
    let messages = messages.into_iter().map(message).collect();
    Ok(ListParticipantMessagesResponse { messages, next_page_token })
}

fn message(reminded: Reminded) -> ParticipantMessage {
    ParticipantMessage {
        message_id: reminded.message.map(|id| id.to_string()).unwrap_or_default(),
        campaign_id: reminded.campaign.to_string(),
        channel: reminded.channel,
        last_day: reminded.last_day.to_string(),
        step: reminded.step,
        state: reminded.state,
        reason: reminded.reason,
        planned_at: Some(timestamp(reminded.planned_at)),
        ended_at: reminded.ended_at.map(timestamp),
    }
}
