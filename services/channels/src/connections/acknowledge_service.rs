//! Acknowledge the notice of a service: the channel with its own code, support for Careway.

use careway_contract::channels::v1::{AcknowledgeServiceRequest, AcknowledgeServiceResponse};
use careway_kernel::{ServiceId, Violations, text::Text};
use careway_service::{Call, Error, Keyed, OrganizationKind, path_id};

use super::{change::Change, domain::item::Acknowledgement, view};
use crate::App;

pub(crate) async fn acknowledge_service(
    app: &App,
    call: &Call,
    request: AcknowledgeServiceRequest,
) -> Keyed<AcknowledgeServiceResponse> {
    let service: ServiceId = path_id("service", &request.service_id)?;
    let mut v = Violations::default();
    let code = v.optional("code", request.code.as_str(), Text::<50>::parse);
    let (code,) = v.all((code,))?;
    let (mut tx, mut change) = Change::begin(app, call, &request.connection_id).await?;
    if !change.connection.acknowledge(service, acknowledgement(call, code))? {
        return Err(Error::not_found("notice").into());
    }
    let connection = change.keep_by(&mut tx, call, "acknowledge", service.to_string()).await?;
    tx.commit(AcknowledgeServiceResponse { connection: Some(view::connection(&connection)) }).await
}

/// Careway's staff acknowledges for the system, a channel with its code, if it gives one.
pub(crate) fn acknowledgement(call: &Call, code: Option<Text<50>>) -> Acknowledgement {
    match call.caller.kind() {
        Some(OrganizationKind::Platform) => Acknowledgement::System,
        _ => Acknowledgement::Channel(code.map(|code| code.as_str().to_owned())),
    }
}
