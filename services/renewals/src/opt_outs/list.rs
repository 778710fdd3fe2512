//! List opt-outs and answers that a person must read, newest first.

use careway_contract::renewals::v1::{ListOptOutsRequest, ListOptOutsResponse, opt_out};
use careway_kernel::{OptOutId, ParticipantId, Violations};
use careway_service::{AuditEntry, Call, Paging, Result};

use super::{
    domain::State,
    store::{self, OptOutFilter},
    view,
};
use crate::App;

pub(crate) async fn list_opt_outs(
    app: &App,
    call: &Call,
    request: ListOptOutsRequest,
) -> Result<ListOptOutsResponse> {
    let organization = call.caller.organization()?;
    let mut v = Violations::default();
    let participant = v.optional("participantId", request.participant_id.as_str(), ParticipantId::parse);
    let bound = ListOptOutsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListOptOuts", organization.uuid(), &bound, wanted);
    let (participant, paging) = v.all((participant, paging))?;
    let state = match request.state() {
        opt_out::State::Unspecified => None,
        opt_out::State::Active => Some(State::Active),
        opt_out::State::Review => Some(State::Review),
    };

    let before = paging.after_id()?.map(OptOutId::from_uuid);
    let filter = OptOutFilter { organization, state, participant, before, limit: paging.limit() };
    let opt_outs = {
        let mut reader = app.db.read(call).await?;
        store::list_opt_outs(&mut reader, &filter).await?
    };
    let (opt_outs, next_page_token) = paging.cut(opt_outs, |opt_out| *opt_out.id.uuid().as_bytes());
    app.audit.read(call, AuditEntry { action: "opt_out.list", ..AuditEntry::default() }).await?;
    let opt_outs = opt_outs.iter().map(|opt_out| view::opt_out(&app.contact_keys, opt_out));
    Ok(ListOptOutsResponse { opt_outs: opt_outs.collect::<Result<_>>()?, next_page_token })
}
