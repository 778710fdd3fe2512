//! List when a channel can book an examination.

use careway_contract::channels::v1::{ListAvailabilityRequest, ListAvailabilityResponse};
use careway_kernel::{ServiceId, Violations};
use careway_service::{Call, Error, Result, count, money};

use super::{
    store, view,
    window::{self, MOST},
};
use crate::{App, connections::domain::joint_test::TestStep, joint_tests, occupations::domain::Asking};

pub(crate) async fn list_availability(
    app: &App,
    call: &Call,
    request: ListAvailabilityRequest,
) -> Result<ListAvailabilityResponse> {
    let channel = call.caller.channel()?;
    let mut v = Violations::default();
    let service = v.required("serviceId", request.service_id.as_str(), ServiceId::parse);
    let window = window::parse(&mut v, request.from, request.to);
    let (service, (from, to)) = v.all((service, window))?;

    let offers = {
        let mut reader = app.db.read(call).await?;
        store::list_offers(&mut reader, channel, &[service], (from, to)).await?
    };
    let offer = offers.into_iter().next().ok_or(Error::not_found("service"))?;
    let price = offer.price()?;
    if offer.test.is_some() {
        joint_tests::saw(app, offer.connection, &[TestStep::Availability]).await;
    }
    let asking = Asking { now: app.clock.now(), moving: None, salt: 0 };
    let slots = offer.timetable.slots(&(from..to), &asking).map_err(Error::internal)?;
    Ok(ListAvailabilityResponse {
        slots: slots
            .into_iter()
            .take(MOST)
            .map(|slot| view::slot(service, slot, offer.timetable.shape))
            .collect(),
        price: Some(money(price)),
        duration_minutes: count(offer.timetable.shape.duration),
    })
}
