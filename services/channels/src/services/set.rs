//! Set what an examination is like, all but its code.

use careway_contract::channels::v1::{SetServiceRequest, SetServiceResponse};
use careway_kernel::{ServiceId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{
    domain::Definition,
    parse::{self, Given},
    store, view,
};
use crate::{
    App,
    availability::store::{Of, insert_change},
    bookings::met::met_by,
    connections::{self, domain::notice::NoticedBooking},
    resources,
};

pub(crate) async fn set_service(
    app: &App,
    call: &Call,
    request: SetServiceRequest,
) -> Keyed<SetServiceResponse> {
    let provider = call.caller.facility()?;
    call.expected_version()?;
    let id: ServiceId = path_id("service", &request.service_id)?;
    let mut v = Violations::default();
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
    let (definition,) = v.all((definition,))?;

    let mut tx = app.db.begin(call).await?;
    // First what bookings lock first.
    resources::store::lock_bookable(&mut tx, provider).await?;
    let service = store::lock_service(&mut tx, provider, id).await?.ok_or(Error::not_found("service"))?;
    call.check_version(service.version)?;
    let own = store::lock_resources(&mut tx, provider, &definition).await?;
    let mut v = Violations::default();
    parse::own_resources(&mut v, &definition, &own);
    v.finish()?;
    let takes_otherwise = service.definition.takes() != definition.takes();
    let seen = |definition: &Definition| (definition.name.clone(), definition.duration_minutes);
    let is_seen = seen(&service.definition) != seen(&definition);
    let is_booked_otherwise = service.definition.is_booked_otherwise(&definition);
    let service = service.define(definition);
    store::update_service(&mut tx, &service).await?;
    let now = tx.now();
    if is_booked_otherwise {
        insert_change(&mut tx, provider, Of::Service(id), (now, None)).await?;
    }
    let met = if takes_otherwise { met_by(&mut tx, &service, now).await? } else { Vec::new() };
    if is_seen {
        let noticed = met.iter().map(|(met, fits)| {
            (met.connection, NoticedBooking { id: met.id, start: met.start, fits: *fits })
        });
        connections::follow_service(app, &mut tx, call, &service, &noticed.collect::<Vec<_>>()).await?;
    }
    tx.audit(AuditEntry { action: "service.set", ..Default::default() });
    tx.wake_after_commit(app.offer_changed.clone());
    tx.commit(SetServiceResponse {
        service: Some(view::service(&service)),
        bookings: met.iter().map(|(met, fits)| view::met(met, *fits)).collect(),
    })
    .await
}
