//! List claims, newest first, with nothing of what was done.

use careway_contract::visits::v1::{ListClaimsRequest, ListClaimsResponse};
use careway_kernel::{ClaimId, MemberNumber, OrganizationId, Violations, VisitId, parse_date};
use careway_service::{Call, Paging, Result};

use super::{
    payments::payment_request::reference,
    store::{self, ClaimFilter},
    view,
};
use crate::App;

pub(crate) async fn list_claims(
    app: &App,
    call: &Call,
    request: ListClaimsRequest,
) -> Result<ListClaimsResponse> {
    let party = call.caller.organization()?;
    let mut v = Violations::default();
    let visit = v.optional("visitId", request.visit_id.as_str(), VisitId::parse);
    let number = v.optional("memberNumber", request.member_number.as_str(), MemberNumber::parse);
    let from = v.optional("from", request.from.as_str(), parse_date);
    let to = v.optional("to", request.to.as_str(), parse_date);
    v.period(("from", from.flatten()), ("to", to.flatten()));
    let facility = v.optional("facilityId", request.facility_id.as_str(), OrganizationId::parse);
    let payer = v.optional("payerId", request.payer_id.as_str(), OrganizationId::parse);
    let bare = ListClaimsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListClaims", party.uuid(), &bare, wanted);
    let external_reference = v.optional("externalReference", request.external_reference.as_str(), reference);
    let (visit, number, from, to, facility, payer, paging, external_reference) =
        v.all((visit, number, from, to, facility, payer, paging, external_reference))?;

    let filter = ClaimFilter {
        state: view::parse_state(request.state()),
        visit,
        identifier_hash: number.map(|number| app.context.keys.member_number_hash(&number)),
        from,
        to,
        facility,
        payer,
        external_reference,
        before: paging.after_id()?.map(ClaimId::from_uuid),
        limit: paging.limit(),
    };
    let mut reader = app.db.read(call).await?;
    let rows = store::list_claims(&mut reader, party, &filter).await?;
    let (claims, next_page_token) = paging.cut(rows, |claim| claim.id.uuid().into_bytes());
    Ok(ListClaimsResponse { claims: claims.iter().map(view::listed).collect(), next_page_token })
}
