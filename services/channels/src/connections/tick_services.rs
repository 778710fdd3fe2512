//! Tick exactly these services for the channel.

use std::collections::BTreeSet;

use careway_contract::channels::v1::{TickServicesRequest, TickServicesResponse};
use careway_kernel::{ServiceId, Violations};
use careway_service::{Call, Keyed};

use super::{change::Change, view};
use crate::App;

/// Services of a provider.
const MOST_SERVICES: usize = 2000;

pub(crate) async fn tick_services(
    app: &App,
    call: &Call,
    request: TickServicesRequest,
) -> Keyed<TickServicesResponse> {
    let mut v = Violations::default();
    v.check("serviceIds", request.service_ids.len() <= MOST_SERVICES, "must be at most 2000");
    let services = v.each("serviceIds", &request.service_ids, |v, id| v.field("", ServiceId::parse(id)));
    let (services,) = v.all((services,))?;
    let services: BTreeSet<_> = services.into_iter().collect();

    let (mut tx, mut change) = Change::begin(app, call, &request.connection_id).await?;
    let mut v = Violations::default();
    let own = |service: &ServiceId| change.grounds.services.contains_key(service);
    v.check("serviceIds", services.iter().all(own), "must name examinations of your own");
    v.finish()?;
    change.connection.tick(&services)?;
    let connection = change.keep_by(&mut tx, call, "tick", format!("{} services", services.len())).await?;
    tx.commit(TickServicesResponse { connection: Some(view::connection(&connection)) }).await
}
