//! List renewals: those due and lapsed, or those renewed.

use careway_contract::renewals::v1::{
    ListRenewalsRequest, ListRenewalsResponse,
    list_renewals_request::{Order as AskedOrder, State},
};
use careway_kernel::{OrganizationId, Violations, parse_date, text::Line};
use careway_service::{AuditEntry, Call, Paging, Result};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    domain::{DueState, ListReach},
    store::{self, DaysLeft, KnownBy, Order, RenewalFilter, RenewalRow, SetReach},
    view,
};
use crate::{
    App,
    agencies::{domain::Party, party},
    contact_keys::ContactKeys,
    organizations::store::get_country,
    participants::domain::search::Search,
    renewal_settings::domain::RenewalSettings,
};

/// Characters of a household's code, at most.
const HOUSEHOLD: usize = 40;

pub(crate) async fn list_renewals(
    app: &App,
    call: &Call,
    request: ListRenewalsRequest,
) -> Result<ListRenewalsResponse> {
    let party = party(call)?;
    let (mut filter, paging, q) = parse(app, party, &request)?;
    let is_first = filter.after.is_none();
    let (renewals, total) = {
        let mut reader = app.db.read(call).await?;
        look_for(&mut reader, &app.contact_keys, &mut filter, q.as_str()).await?;
        let renewals = store::list_renewals(&mut reader, &filter).await?;
        // A page that is not full tells the number by itself.
        let is_all = is_first && renewals.len() < usize::try_from(filter.limit).unwrap_or(usize::MAX);
        let total = match is_all {
            true => renewals.len().try_into().unwrap_or(i64::MAX),
            false => store::get_renewal_count(&mut reader, &filter).await?,
        };
        (renewals, total)
    };
    app.audit.read(call, AuditEntry { action: "renewal.list", ..Default::default() }).await?;
    let (renewals, next_page_token) = paging.cut(renewals, |row| place(filter.order, row));
    Ok(ListRenewalsResponse {
        renewals: renewals.iter().map(view::renewal).collect(),
        next_page_token,
        total: i32::try_from(total).unwrap_or(i32::MAX),
    })
}

pub(super) fn parse<'k>(
    app: &'k App,
    party: Party,
    request: &ListRenewalsRequest,
) -> Result<(RenewalFilter, Paging<'k>, Line<200>)> {
    let mut v = Violations::default();
    let q = v.field("q", Line::<200>::parse(&request.q));
    let agency = v.optional("agencyId", request.agency_id.as_str(), OrganizationId::parse);
    let from = v.optional("lastDayFrom", request.last_day_from.as_str(), parse_date);
    let to = v.optional("lastDayTo", request.last_day_to.as_str(), parse_date);
    v.period(("lastDayFrom", from.flatten()), ("lastDayTo", to.flatten()));
    let household = v.field("household", Line::<HOUSEHOLD>::parse(&request.household));
    let filter = ListRenewalsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let organization = party.organization().uuid();
    let paging = Paging::parse(&mut v, &app.page_key, "ListRenewals", organization, &filter, wanted);
    let (q, agency, from, to, household, paging) = v.all((q, agency, from, to, household, paging))?;

    let state = request.state();
    let renewed = state == State::Renewed;
    let filter = RenewalFilter {
        party,
        now: app.clock.now(),
        renewed,
        states: match state {
            State::Due => &[DueState::Due],
            State::Lapsed => &[DueState::Lapsed],
            State::Unspecified | State::Renewed => &[DueState::Due, DueState::Lapsed],
        },
        days_left: Vec::new(),
        agency,
        household: (!household.is_empty()).then(|| household.as_str().to_owned()),
        last_day_from: from,
        last_day_to: to,
        words: None,
        code: None,
        order: if renewed { Order::Newest } else { order(request.order()) },
        after: paging.after().and_then(after),
        limit: paging.limit(),
    };
    Ok((filter, paging, q))
}

/// Narrows the list to what each authority shows, and to whom the typed words find, by the country's phone numbers.
pub(super) async fn look_for(
    conn: &mut PgConnection,
    keys: &ContactKeys,
    filter: &mut RenewalFilter,
    typed: &str,
) -> Result<()> {
    if !filter.renewed {
        let reaches = store::list_reaches(conn, filter.party).await?;
        filter.days_left = reaches.iter().flat_map(|reach| days_left(reach, filter.states)).collect();
    }
    if typed.is_empty() {
        return Ok(());
    }
    match Search::parse(typed, get_country(conn, filter.party.organization()).await?) {
        Search::All => {}
        Search::Words(words) => filter.words = Some(words.iter().map(|forms| forms.join(" ")).collect()),
        Search::Code(code) => {
            filter.code = Some(KnownBy {
                number: code.number,
                card_code: code.card_code,
                indexes: code.hashed.iter().map(|contact| keys.index(contact).to_vec()).collect(),
            });
        }
    }
    Ok(())
}

/// The days left that an authority's list shows of cards in these states; there may be several spans.
fn days_left(set: &SetReach, states: &[DueState]) -> Vec<DaysLeft> {
    let default = RenewalSettings::default();
    let reach = ListReach {
        window_days: set.window_days.unwrap_or(default.window_days),
        lapsed_days: set.lapsed_days.unwrap_or(default.lapsed_days),
    };
    let spans = states.iter().filter_map(|state| reach.days_left_of(*state));
    spans.map(|(least, most)| DaysLeft { authority: set.authority_id, least, most }).collect()
}

const fn order(asked: AskedOrder) -> Order {
    match asked {
        AskedOrder::Unspecified | AskedOrder::LastDay => Order::LastDay,
        AskedOrder::FamilyName => Order::FamilyName,
        AskedOrder::GivenName => Order::GivenName,
        AskedOrder::Household => Order::Household,
    }
}

/// Where a page ends: the item's id, then the key of the order.
fn place(order: Order, row: &RenewalRow) -> Vec<u8> {
    [row.item.as_bytes().as_slice(), order.key_of(row).as_bytes()].concat()
}

fn after(place: &[u8]) -> Option<(String, Uuid)> {
    let (id, key) = place.split_first_chunk()?;
    Some((String::from_utf8(key.to_vec()).ok()?, Uuid::from_bytes(*id)))
}
