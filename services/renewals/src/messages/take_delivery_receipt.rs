//! Take the delivery receipt of a provider by HTTP.

use careway_contract::renewals::v1::{TakeDeliveryReceiptRequest, TakeDeliveryReceiptResponse};
use careway_service::{Call, Error, Result};
use futures::TryStreamExt;
use tonic::Streaming;

use super::{
    callbacks,
    domain::sms::receipt::{self, Receipt},
    receipts,
};
use crate::App;

pub(crate) async fn take_delivery_receipt(
    app: &App,
    call: &Call,
    pieces: Streaming<TakeDeliveryReceiptRequest>,
) -> Result<TakeDeliveryReceiptResponse> {
    let pieces = pieces.map_ok(|piece| (piece.route, piece.signature, piece.body));
    let callback = callbacks::read(app, call, pieces).await?;
    let names = &callback.authentication.fields;
    let field = |name: &str| callback.field(name).map(str::to_owned);
    let id = field(&names.id).ok_or(Error::violation("body", "must name the message"))?;
    let state = callback.field(&names.state).and_then(receipt::of_provider);
    let receipt = Receipt { id: Some(id), state, done_at: None, error: field(&names.error) };
    receipts::take_receipt(app, callback.route, receipt).await?;
    Ok(TakeDeliveryReceiptResponse {})
}
