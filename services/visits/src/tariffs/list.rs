//! List prices: a payer's own, or those that apply to a facility.

use careway_contract::visits::v1::{ListTariffsRequest, ListTariffsResponse, tariff::Kind as KindMessage};
use careway_kernel::{OrganizationId, TariffId, Violations, parse_date, text::Line};
use careway_service::{Call, Error, OrganizationKind, Paging, Result};

use super::{
    store::{self, TariffFilter},
    view,
};
use crate::{
    App, adjudication::input::TariffKind, organizations, service_lines::domain::requested::parse_code,
};

pub(crate) async fn list_tariffs(
    app: &App,
    call: &Call,
    request: ListTariffsRequest,
) -> Result<ListTariffsResponse> {
    let party = call.caller.organization()?;
    let mut v = Violations::default();
    let asked = v.optional("facilityId", request.facility_id.as_str(), OrganizationId::parse);
    let payer = v.optional("payerId", request.payer_id.as_str(), OrganizationId::parse);
    let code = v.optional("code", request.code.as_str(), parse_code);
    let on = v.optional("on", request.on.as_str(), parse_date);
    let query = v.optional("query", request.query.as_str(), Line::<100>::parse);
    let filter = ListTariffsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListTariffs", party.uuid(), &filter, wanted);
    let (asked, payer, code, on, query, paging) = v.all((asked, payer, code, on, query, paging))?;

    let facility = match asked {
        Some(other) if is_facility(call) && other != party => return Err(Error::not_found("facility")),
        None if is_facility(call) => Some(party),
        asked => asked,
    };
    let mut reader = app.db.read(call).await?;
    let on = match (facility, on) {
        (Some(facility), None) => {
            Some(organizations::store::today(&mut reader, facility, app.clock.now()).await?)
        }
        (_, on) => on,
    };
    let kind = match request.kind() {
        KindMessage::Service => Some(TariffKind::Service),
        KindMessage::Medicine => Some(TariffKind::Medicine),
        KindMessage::Unspecified => None,
    };
    let after = paging.after_id()?.map(TariffId::from_uuid);
    let limit = paging.limit();
    let query = query.map(String::from);
    let filter = TariffFilter { party, payer, facility, code, kind, on, query, after, limit };
    let prices = store::list_tariffs(&mut reader, &filter).await?;
    let (prices, next_page_token) = paging.cut(prices, |it| *it.id.uuid().as_bytes());
    Ok(ListTariffsResponse { tariffs: prices.iter().map(view::tariff).collect(), next_page_token })
}

fn is_facility(call: &Call) -> bool {
    call.caller.kind() == Some(OrganizationKind::Facility)
}
