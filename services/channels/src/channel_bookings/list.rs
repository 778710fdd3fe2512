//! List a channel's bookings, newest first.

use careway_contract::channels::v1::{ListChannelBookingsRequest, ListChannelBookingsResponse};
use careway_kernel::{BookingId, Violations, text::Line};
use careway_service::{Call, Paging, Result};

use crate::{
    App,
    bookings::{
        parse,
        read::page,
        store::{BookingFilter, Party},
        view,
    },
};

pub(crate) async fn list_channel_bookings(
    app: &App,
    call: &Call,
    request: ListChannelBookingsRequest,
) -> Result<ListChannelBookingsResponse> {
    let channel = call.caller.channel()?;
    let mut v = Violations::default();
    let window = parse::window(&mut v, request.from, request.to);
    let external_id = v.optional("externalId", request.external_id.as_str(), Line::<100>::parse);
    let wanted = (request.page_size, request.page_token.as_str());
    let filter = ListChannelBookingsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let paging = Paging::parse(&mut v, &app.page_key, "ListChannelBookings", channel.uuid(), &filter, wanted);
    let ([from, to], external_id, paging) = v.all((window, external_id, paging))?;

    let party = Party::Channel(channel);
    let filter = BookingFilter {
        party,
        from,
        to,
        state: parse::state(request.state()),
        connection: None,
        external_id: external_id.map(|id| id.as_str().to_owned()),
        among: None,
        before: paging.after_id()?.map(BookingId::from_uuid),
        limit: paging.limit(),
    };
    let (bookings, next_page_token) = page(app, call, filter, request.clock_changed, &paging).await?;
    let bookings = bookings.iter().map(|booking| view::booking(booking, party)).collect();
    Ok(ListChannelBookingsResponse { bookings, next_page_token })
}
