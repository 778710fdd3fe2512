//! List the event types of one context, or of all.

use careway_contract::channels::v1::{ListEventTypesRequest, ListEventTypesResponse};
use careway_service::{Call, Error, Result};

use super::CONTEXTS;
use crate::App;

pub(crate) async fn list_event_types(
    app: &App,
    _call: &Call,
    request: ListEventTypesRequest,
) -> Result<ListEventTypesResponse> {
    let context = request.context.as_str();
    if !context.is_empty() && !CONTEXTS.contains(&context) {
        return Err(Error::violation("context", format!("must be one of {}", CONTEXTS.join(", "))));
    }
    let event_types = app.catalogue.event_types.iter();
    let wanted = event_types.filter(|event_type| context.is_empty() || event_type.context == context);
    Ok(ListEventTypesResponse { event_types: wanted.cloned().collect() })
}
