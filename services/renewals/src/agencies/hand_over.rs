//! Hand an agency's participants over to another one.

use careway_contract::renewals::v1::{HandOverAgencyRequest, HandOverAgencyResponse};
use careway_kernel::{OrganizationId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn hand_over_agency(
    app: &App,
    call: &Call,
    request: HandOverAgencyRequest,
) -> Keyed<HandOverAgencyResponse> {
    let authority = call.caller.authority()?;
    let id: OrganizationId = path_id("agency", &request.agency_id)?;
    let mut v = Violations::default();
    let successor = v.required("successorId", request.successor_id.as_str(), OrganizationId::parse);
    let (successor,) = v.all((successor,))?;

    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let locked = store::lock_agencies(&mut tx, authority, [id, successor]).await?;
    let of = |id: OrganizationId| locked.iter().find(|it| it.agency.agency == id);
    let named = of(id).ok_or(Error::not_found("agency"))?;
    let gone = named.agency.clone().hand_over(of(successor).map(|it| &it.agency), now)?;
    let participants = store::lock_of_agency(&mut tx, authority, id).await?;
    store::update_of_agency(&mut tx, &gone, successor, now).await?;
    tx.audit(AuditEntry { action: "agency.hand-over", ..Default::default() });
    let named = store::NamedAgency { agency: gone, ..named.clone() };
    let agency = Some(view::agency(&named, authority));
    tx.commit(HandOverAgencyResponse { agency, participants }).await
}
