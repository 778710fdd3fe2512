//! What a payer says of a payment: a reference and a day.

use careway_kernel::{Violations, parse_date, text::InvalidLine};
use careway_service::Result;

use super::domain::PaymentDays;
use crate::{claims::domain::Payment, texts::Reference};

/// A payment as it was told, on a day on which it can have been made; or everything that is wrong with it.
pub(crate) fn payment(wanted: &str, paid_on: &str, days: PaymentDays) -> Result<Payment> {
    let mut v = Violations::default();
    let reference = v.required("reference", wanted, reference);
    let day = v.required("paidOn", paid_on, parse_date);
    let day = day.and_then(|day| v.field("paidOn", days.take(day)));
    let (reference, paid_on) = v.all((reference, day))?;
    Ok(Payment { reference, paid_on })
}

/// What somebody calls it in a system of their own.
pub(crate) fn reference(text: &str) -> Result<String, InvalidLine> {
    Reference::parse(text).map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_wrong_with_a_payment_is_told_at_once() {
        let days = PaymentDays {
            today: "2026-04-20".parse().unwrap(),
            last_care: Some("2026-03-02".parse().unwrap()),
        };
        let wrong = |reference, day| {
            let error = payment(reference, day, days).unwrap_err();
            error.violations().iter().map(|it| it.0.clone()).collect::<Vec<_>>()
        };
        assert_eq!(wrong("", "2026-04-21"), ["reference", "paidOn"]);
        assert_eq!(wrong("", "2026-03-01"), ["reference", "paidOn"]);
        assert_eq!(wrong("TRF-1", ""), ["paidOn"]);
        assert!(payment("TRF-1", "2026-03-02", days).is_ok());
    }
}
