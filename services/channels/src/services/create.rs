//! Add an examination.

use careway_contract::channels::v1::{CreateServiceRequest, CreateServiceResponse};
use careway_kernel::{ServiceId, Violations, text::Text};
use careway_service::{AuditEntry, Call, Keyed, OnConstraint};

use super::{
    domain::{CodeTaken, Service},
    parse::{self, Given},
    store, view,
};
use crate::App;

pub(crate) async fn create_service(
    app: &App,
    call: &Call,
    request: CreateServiceRequest,
) -> Keyed<CreateServiceResponse> {
    let provider = call.caller.facility()?;
    let mut v = Violations::default();
    let code = v.required("code", request.code.as_str(), Text::<50>::parse);
    let given = Given {
        name: &request.name,
        duration_minutes: request.duration_minutes,
        step_minutes: request.step_minutes,
        buffer_before_minutes: request.buffer_before_minutes,
        buffer_after_minutes: request.buffer_after_minutes,
        needs: &request.needs,
        confirmed_by_provider: request.confirmed_by_provider,
        cancellation_minutes: request.cancellation_minutes,
    };
    let definition = parse::definition(&mut v, &given);

    let mut tx = app.db.begin(call).await?;
    if let Some(definition) = &definition {
        let own = store::lock_resources(&mut tx, provider, definition).await?;
        parse::own_resources(&mut v, definition, &own);
    }
    let (code, definition) = v.all((code, definition))?;
    let service = Service {
        id: ServiceId::new(&app.clock),
        provider,
        code: code.as_str().to_owned(),
        definition,
        version: 1,
        created_at: tx.now(),
    };
    store::insert_service(&mut tx, &service).await.on_constraint("service_code", || CodeTaken)?;
    tx.audit(AuditEntry { action: "service.create", ..Default::default() });
    tx.commit(CreateServiceResponse { service: Some(view::service(&service)) }).await
}
