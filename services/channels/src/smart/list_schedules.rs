//! List the examinations.

use careway_contract::channels::v1::ListSmartSchedulesRequest;
use careway_service::{Call, RawAnswer, Result};

use super::{
    domain::{self, NDJSON},
    published::{file, published},
};
use crate::App;

pub(crate) async fn list_smart_schedules(
    app: &App,
    call: &Call,
    request: ListSmartSchedulesRequest,
) -> Result<RawAnswer> {
    let (_, _, sold) = published(app, &request.channel_id).await?;
    Ok(file(call, NDJSON, domain::file(sold.iter().map(domain::schedule))))
}
