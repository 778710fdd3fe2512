//! A payer has paid: the facility's clerks are told, once for all claims of the advice.

use careway_contract::visits::v1::PaymentAdvicePaid;
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::{Notice, keep};
use crate::{
    App,
    domain::message::{About, Office},
};

pub(crate) async fn payment_advice_paid(
    app: &App,
    tx: &mut Transaction,
    event: Received<PaymentAdvicePaid>,
) -> Result<()> {
    let it = event.message;
    let to = Office::new(it.facility_id, "claims.submit");
    let about = About::PaymentAdvice { payment_advice_id: it.payment_advice_id, to };
    keep(app, tx, Notice::mail("staff_payment_advice_paid", event.event_id, event.organization, about)).await
}
