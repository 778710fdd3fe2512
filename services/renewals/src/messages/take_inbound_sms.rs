//! Take a text message that a provider passes on by HTTP.

use careway_contract::renewals::v1::{TakeInboundSmsRequest, TakeInboundSmsResponse};
use careway_service::{Call, Error, Result};
use futures::TryStreamExt;
use tonic::Streaming;

use super::{callbacks, inbound};
use crate::App;

pub(crate) async fn take_inbound_sms(
    app: &App,
    call: &Call,
    pieces: Streaming<TakeInboundSmsRequest>,
) -> Result<TakeInboundSmsResponse> {
    let pieces = pieces.map_ok(|piece| (piece.route, piece.signature, piece.body));
    let callback = callbacks::read(app, call, pieces).await?;
    let names = &callback.authentication.fields;
    let from = callback.field(&names.from).ok_or(Error::violation("body", "must say who wrote"))?;
    inbound::take(app, callback.route, from, callback.field(&names.text).unwrap_or_default()).await?;
    Ok(TakeInboundSmsResponse {})
}
