//! List the provider's bookings, newest first.

use careway_contract::channels::v1::{ListBookingsRequest, ListBookingsResponse};
use careway_kernel::{BookingId, ConnectionId, Violations};
use careway_service::{Call, Paging, Result};

use super::{
    parse,
    read::page,
    store::{BookingFilter, Party},
    view,
};
use crate::App;

pub(crate) async fn list_bookings(
    app: &App,
    call: &Call,
    request: ListBookingsRequest,
) -> Result<ListBookingsResponse> {
    let provider = call.caller.facility()?;
    let mut v = Violations::default();
    let window = parse::window(&mut v, request.from, request.to);
    let connection = v.optional("connectionId", request.connection_id.as_str(), ConnectionId::parse);
    let wanted = (request.page_size, request.page_token.as_str());
    let filter = ListBookingsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let paging = Paging::parse(&mut v, &app.page_key, "ListBookings", provider.uuid(), &filter, wanted);
    let ([from, to], connection, paging) = v.all((window, connection, paging))?;

    let party = Party::Provider(provider);
    let filter = BookingFilter {
        party,
        from,
        to,
        state: parse::state(request.state()),
        connection,
        external_id: None,
        among: None,
        before: paging.after_id()?.map(BookingId::from_uuid),
        limit: paging.limit(),
    };
    let (bookings, next_page_token) = page(app, call, filter, request.clock_changed, &paging).await?;
    let bookings = bookings.iter().map(|booking| view::booking(booking, party)).collect();
    Ok(ListBookingsResponse { bookings, next_page_token })
}
