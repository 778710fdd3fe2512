//! List when an examination can be booked, for the provider.

use std::collections::BTreeMap;

use careway_contract::channels::v1::{ListServiceSlotsRequest, ListServiceSlotsResponse};
use careway_kernel::{ResourceId, ServiceId, Violations};
use careway_service::{Call, Error, Result, path_id};

use super::{
    domain::{Shape, timetable::Timetable},
    view,
    window::{self, MOST},
};
use crate::{
    App,
    occupations::{self, domain::Asking},
    resources::{self, domain::calendar::Calendar},
    services,
};

pub(crate) async fn list_service_slots(
    app: &App,
    call: &Call,
    request: ListServiceSlotsRequest,
) -> Result<ListServiceSlotsResponse> {
    let provider = call.caller.facility()?;
    let id: ServiceId = path_id("service", &request.service_id)?;
    let mut v = Violations::default();
    let window = window::parse(&mut v, request.from, request.to);
    let ((from, to),) = v.all((window,))?;

    let mut reader = app.db.read(call).await?;
    let service = services::store::find_service(&mut reader, provider, id).await?;
    let definition = service.ok_or(Error::not_found("service"))?.definition;
    let needed: Vec<ResourceId> = definition.needs.iter().flatten().copied().collect();
    let calendars: BTreeMap<ResourceId, Calendar> =
        resources::store::list_calendars(&mut reader, provider, &needed).await?.into_iter().collect();
    let occupations = occupations::store::list_of_resources(&mut reader, &needed, from, to).await?;
    drop(reader);
    let timetable = Timetable {
        shape: Shape::of(
            definition.duration_minutes,
            definition.step_minutes,
            (definition.buffer_before, definition.buffer_after),
        ),
        needs: definition.needs.into_iter().map(|need| need.into_iter().collect()).collect(),
        calendars,
        occupations,
    };
    let asking = Asking { now: app.clock.now(), moving: None, salt: 0 };
    let slots = timetable.slots(&(from..to), &asking).map_err(Error::internal)?;
    let slots = slots.into_iter().take(MOST).map(|slot| view::slot(id, slot, timetable.shape));
    Ok(ListServiceSlotsResponse { slots: slots.collect() })
}
