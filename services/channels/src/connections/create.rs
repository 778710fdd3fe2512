//! Begin a connection with a channel, as a draft.

use std::collections::{BTreeMap, BTreeSet};

use careway_contract::channels::v1::{CreateConnectionRequest, CreateConnectionResponse};
use careway_kernel::{ConnectionId, OrganizationId, Violations};
use careway_service::{AuditEntry, Call, Keyed, OnConstraint, OrganizationKind};

use super::{
    domain::{Connection, State, refusal::ConnectionRefusal},
    store::{self, DoneStep},
    view,
};
use crate::{App, organizations};

pub(crate) async fn create_connection(
    app: &App,
    call: &Call,
    request: CreateConnectionRequest,
) -> Keyed<CreateConnectionResponse> {
    let provider = call.caller.facility()?;
    let mut v = Violations::default();
    let channel = v.required("channelId", request.channel_id.as_str(), OrganizationId::parse);
    let mut tx = app.db.begin(call).await?;
    if let Some(channel) = channel {
        let kind = organizations::store::find_kind(&mut tx, channel).await?;
        v.check("channelId", kind == Some(OrganizationKind::Channel), "must be one of GET /v1/channels");
    }
    let (channel,) = v.all((channel,))?;
    let connection = Connection {
        id: ConnectionId::new(&app.clock),
        provider,
        channel,
        state: State::Draft,
        causes: BTreeSet::new(),
        end_cause: None,
        intent: None,
        items: BTreeMap::new(),
        notices: BTreeMap::new(),
        consent_version: None,
        set_up: None,
        test: None,
        revision: 1,
        version: 1,
        created_at: tx.now(),
    };
    let by = call.caller.subject.to_string();
    let step = DoneStep { step: "create", by, at: tx.now(), detail: String::new() };
    store::insert_connection(&mut tx, &connection, &step)
        .await
        .on_constraint("connection_open", || ConnectionRefusal::Exists)?;
    tx.audit(AuditEntry { action: "connection.create", ..Default::default() });
    tx.commit(CreateConnectionResponse { connection: Some(view::connection(&connection)) }).await
}
