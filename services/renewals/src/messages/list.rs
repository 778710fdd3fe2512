//! List messages, newest first.

use careway_contract::renewals::v1::{ListMessagesRequest, ListMessagesResponse, message::State};
use careway_kernel::Violations;
use careway_service::{Call, Paging, Result};

use super::{
    store::read::{self, MessageFilter},
    view,
};
use crate::App;

pub(crate) async fn list_messages(
    app: &App,
    call: &Call,
    request: ListMessagesRequest,
) -> Result<ListMessagesResponse> {
    let party = call.caller.organization()?;
    let mut v = Violations::default();
    v.check("channel", matches!(request.channel.as_str(), "" | "SMS" | "EMAIL"), "must be SMS or EMAIL");
    let filter = ListMessagesRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListMessages", party.uuid(), &filter, wanted);
    let (paging,) = v.all((paging,))?;

    let given = |text: &'static str| Some(text).filter(|_| request.state() != State::Unspecified);
    let filter = MessageFilter {
        state: given(request.state().as_str_name()),
        channel: Some(request.channel.as_str()).filter(|channel| !channel.is_empty()),
        route: Some(request.route.as_str()).filter(|route| !route.is_empty()),
        before: paging.after_id()?,
        limit: paging.limit(),
    };
    let mut reader = app.db.read(call).await?;
    let messages = read::list_messages(&mut reader, &filter).await?;
    let (messages, next_page_token) = paging.cut(messages, |it| *it.message_id.as_bytes());
    Ok(ListMessagesResponse { messages: messages.iter().map(view::message).collect(), next_page_token })
}
