//! What a payer announces that it pays a facility: one number, one total, and the lines and the balance that make it up.

use std::collections::BTreeMap;

use careway_kernel::{ClaimId, Currency, OrganizationId, PaymentAdviceId};
use chrono::{DateTime, NaiveDate, Utc};

use crate::claims::domain::Payment;

/// Claims of one advice, at most.
pub(crate) const MOST_CLAIMS: usize = 500;

/// Where an advice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Announced,
    Paid,
}

impl State {
    pub(crate) const ALL: [Self; 2] = [Self::Announced, Self::Paid];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Announced => "ANNOUNCED",
            Self::Paid => "PAID",
        }
    }
}

/// An advice. Its lines never change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PaymentAdvice {
    pub(crate) id: PaymentAdviceId,
    pub(crate) version: i64,
    pub(crate) number: String,
    pub(crate) state: State,
    pub(crate) payer: OrganizationId,
    pub(crate) facility: OrganizationId,
    pub(crate) currency: Currency,
    /// What is transferred, in minor units.
    pub(crate) total: i64,
    pub(crate) forward: Forward,
    /// How many claims it names.
    pub(crate) claims: i32,
    pub(crate) reference: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) payment: Option<Payment>,
}

/// What an advice pays of one line of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AdviceLine {
    pub(crate) claim: ClaimId,
    /// Its number in the claim.
    pub(crate) position: i32,
    pub(crate) code: String,
    /// In minor units; below nothing where an overturned decision moved money to another line, or what was paid is taken
    /// back.
    pub(crate) amount: i64,
}

/// What of a payer's is still to be taken back after an advice, and with the next (X12 835 forwarding balance). Never above
/// nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Forward {
    pub(crate) brought: i64,
    pub(crate) carried: i64,
}

impl Forward {
    /// What is transferred of what an advice's lines come to, and what is left for the next advice.
    pub(crate) fn settle(lines: i64, brought: i64) -> (i64, Self) {
        let net = lines + brought;
        (net.max(0), Self { brought, carried: net.min(0) })
    }
}

/// Why payment advices say no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PaymentRefusal {
    #[error("The payment advice is {}; this needs ANNOUNCED.", .0.as_str())]
    NotAnnounced(State),
    #[error("Nothing of this facility's claims was due by then.")]
    NothingToPay,
    #[error("These claims are in several currencies; say which to pay.")]
    SeveralCurrencies,
}

impl PaymentAdvice {
    /// Everything it names is paid.
    pub(crate) fn pay(self, payment: Payment) -> Result<Self, PaymentRefusal> {
        match self.state {
            State::Announced => {
                Ok(Self { state: State::Paid, payment: Some(payment), version: self.version + 1, ..self })
            }
            State::Paid => Err(PaymentRefusal::NotAnnounced(self.state)),
        }
    }
}

/// What each claim is paid: the sum of its lines.
pub(crate) fn by_claim(lines: &[AdviceLine]) -> BTreeMap<ClaimId, i64> {
    let mut sums = BTreeMap::new();
    for line in lines {
        *sums.entry(line.claim).or_default() += line.amount;
    }
    sums
}

/// On which days something may have been paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PaymentDays {
    /// The payer's.
    pub(crate) today: NaiveDate,
    /// The last day of the care that is paid for; none of what the payer does not know.
    pub(crate) last_care: Option<NaiveDate>,
}

impl PaymentDays {
    /// The day, which is not in the future, and on which the care had been given.
    pub(crate) fn take(self, day: NaiveDate) -> Result<NaiveDate, String> {
        match self.last_care {
            _ if day > self.today => Err("must not be in the future".to_owned()),
            Some(care) if day < care => Err(format!("must not be before {care}, the last day of the care")),
            _ => Ok(day),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use careway_kernel::Clock;

    #[test]
    fn an_advice_is_paid_once() {
        let clock = Clock::system();
        let advice = PaymentAdvice {
            id: PaymentAdviceId::new(&clock),
            version: 1,
            number: "P26-0000001-01".to_owned(),
            state: State::Announced,
            payer: OrganizationId::new(&clock),
            facility: OrganizationId::new(&clock),
            currency: Currency::Rwf,
            total: 8_100,
            forward: Forward::default(),
            claims: 1,
            reference: None,
            created_at: clock.now(),
            payment: None,
        };
        let payment = || Payment { reference: "TRF-1".to_owned(), paid_on: "2026-04-20".parse().unwrap() };
        let paid = advice.pay(payment()).unwrap();
        assert_eq!((paid.state, paid.version), (State::Paid, 2));
        assert_eq!(paid.pay(payment()).unwrap_err(), PaymentRefusal::NotAnnounced(State::Paid));
    }

    #[test]
    fn a_claim_is_paid_the_sum_of_its_lines() {
        let clock = Clock::system();
        let (one, other) = (ClaimId::new(&clock), ClaimId::new(&clock));
        let line = |claim, position, amount| AdviceLine { claim, position, code: "X".to_owned(), amount };
        let lines = [line(one, 1, 700), line(other, 1, 50), line(one, 2, -200)];
        assert_eq!(by_claim(&lines), BTreeMap::from([(one, 500), (other, 50)]));
    }
}
