//! Routes that are down: kept by the process that holds them, told to operators once an outage has lasted, and ended when the
//! route is up again.

use careway_contract::renewals::v1::{GetNoticeRequest, GetNoticeResponse, RouteDown};
use careway_events::{Fact, record};
use careway_kernel::id_at;
use careway_service::{Call, Error, Result, Transaction};
use uuid::Uuid;

use super::{
    domain::outage::{TOLD_AFTER, state},
    store::outages::{self, Outage},
};
use crate::{App, organizations};

/// Keeps which routes are down, and tells of those that have been for long.
pub(super) async fn watch(app: &App) -> Result<()> {
    if !app.routes.is_held() {
        return Ok(());
    }
    let (up, down): (Vec<_>, Vec<_>) =
        app.routes.iter().filter(|route| route.has_carrier()).partition(|route| route.gate.is_up());
    let names = |routes: &[&std::sync::Arc<super::routes::Route>]| -> Vec<String> {
        routes.iter().map(|route| route.settings.name.clone()).collect()
    };
    let mut tx = app.db.begin_system("watch-routes").await?;
    let now = tx.now();
    outages::update_ended(&mut tx, &names(&up), now).await?;
    for route in names(&down) {
        outages::insert_outage(&mut tx, id_at(now), &route, now).await?;
    }
    for outage in outages::update_told(&mut tx, now - TOLD_AFTER, now).await? {
        tell(&mut tx, outage).await?;
    }
    tx.finish().await
}

async fn tell(tx: &mut Transaction, outage: Outage) -> Result<()> {
    // Before identity told who runs the platform, there is nobody to write to.
    let Some(operator) = organizations::store::find_operator(tx).await? else { return Ok(()) };
    let fact = Fact::new(RouteDown {
        route_outage_id: outage.route_outage_id.to_string(),
        route: outage.route,
        operator_id: operator.to_string(),
    });
    record(tx, fact.about(outage.route_outage_id, 1).of(operator));
    Ok(())
}

/// What the mail to operators says.
pub(crate) async fn outage_notice(
    app: &App,
    call: &Call,
    request: GetNoticeRequest,
) -> Result<GetNoticeResponse> {
    let unknown = || Error::not_found("route outage");
    let id = Uuid::try_parse(&request.id).map_err(|_| unknown())?;
    let mut reader = app.db.read(call).await?;
    let outage = outages::find_outage(&mut reader, id).await?.ok_or_else(unknown)?;
    let values = [("route".to_owned(), outage.route)].into();
    Ok(GetNoticeResponse { state: state(outage.ended_at).to_owned(), values, ..Default::default() })
}
