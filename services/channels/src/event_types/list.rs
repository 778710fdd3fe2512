//! List the event types of one context, or of all.

use careway_contract::channels::v1::{ListEventTypesRequest, ListEventTypesResponse};
use careway_service::{Call, Error, Result};

use crate::App;

pub(crate) async fn list_event_types(
    app: &App,
    _call: &Call,
    request: ListEventTypesRequest,
) -> Result<ListEventTypesResponse> {
    let (context, catalogue) = (request.context.as_str(), &app.catalogue);
    if !context.is_empty() && !catalogue.contexts.contains(context) {
        let contexts: Vec<_> = catalogue.contexts.iter().map(String::as_str).collect();
        return Err(Error::violation("context", format!("must be one of {}", contexts.join(", "))));
    }
    let wanted =
        catalogue.event_types.iter().filter(|event_type| context.is_empty() || event_type.context == context);
    Ok(ListEventTypesResponse { event_types: wanted.cloned().collect() })
}
