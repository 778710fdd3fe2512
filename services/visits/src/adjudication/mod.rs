//! Adjudication: what of each line the payer pays, and why not the rest. One pure function over one case.
//!
//! On every line, and on the sum of them:
//! `submitted = write_off + not_covered + deductible + copay + coinsurance + over_category + over_ceiling + payer`.
//!
//! Lines are taken in the order of their numbers and share what stands on the accounts: an earlier line leaves less to
//! a later one. Each line goes through the steps in the order its plan says. What is refused outright, and every count
//! (of a benefit's limit, a ceiling's, an approval's, a price list's), is decided by the step `EXCLUSIONS`: a count
//! cuts the quantity to what is left, and what is cut was never covered, so that no deductible, co-payment or limit of
//! money is reckoned with it. The limits of money bind where the order puts them, and count what the payer pays.
//!
//! Money is rounded once where a product is made: a price of quantity and unit price, a share of a percentage. Nothing
//! is rounded across lines, so that a claim split in two pays exactly what it would have paid whole.

pub(crate) mod accounts;
pub(crate) mod amounts;
pub(crate) mod diagnosis;
pub(crate) mod input;
pub(crate) mod outcome;
pub(crate) mod quantity;
pub(crate) mod refusal;
pub(crate) mod trace;

mod catalogue;
mod course;
mod exclusions;
mod reason;
mod running;

pub use catalogue::CLAIM_REFUSALS;
pub use reason::{Bearer, ClaimRefusal, RefusalGroup};

use course::Course;
use input::{AdjudicationInput, Line};
use outcome::Outcome;
use running::Running;

/// What becomes of each line, by number. Reads nothing but the case: the same case gives the same outcome, and one
/// adjudicated again counts once.
pub(crate) fn adjudicate(case: &AdjudicationInput<'_>) -> Outcome {
    let mut running = Running::open(case);
    let mut lines: Vec<&Line> = case.lines.iter().collect();
    lines.sort_by_key(|line| line.number);
    Outcome::of(lines.into_iter().map(|line| Course::run(case, line, &mut running)).collect())
}

#[cfg(test)]
mod tests;
