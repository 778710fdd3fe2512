//! What a payer says of a payment: a reference and a day.

use careway_kernel::{Violations, parse_date, text::InvalidLine};
use careway_service::Result;
use chrono::NaiveDate;

use super::domain::not_after;
use crate::{claims::domain::Payment, texts::Reference};

/// A payment as it was told.
pub(crate) fn payment(wanted: &str, paid_on: &str) -> Result<Payment> {
    let mut v = Violations::default();
    let reference = v.required("reference", wanted, reference);
    let day = v.required("paidOn", paid_on, parse_date);
    let (reference, paid_on) = v.all((reference, day))?;
    Ok(Payment { reference, paid_on })
}

/// Refuses a payment of a day that has not come yet for the payer.
pub(crate) fn made(payment: &Payment, today: NaiveDate) -> Result<()> {
    let mut v = Violations::default();
    v.field("paidOn", not_after(payment.paid_on, today));
    Ok(v.finish()?)
}

/// What somebody calls it in a system of their own.
pub(crate) fn reference(text: &str) -> Result<String, InvalidLine> {
    Reference::parse(text).map(Into::into)
}
