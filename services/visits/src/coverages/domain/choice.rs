//! Which payer is asked for a patient whom several may know: the one that covers on the day.

use careway_kernel::OrganizationId;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Coverage, relevant};
use crate::plans::domain::reason::Reason;

/// A payer that is asked for a patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AskedPayer {
    pub(crate) payer: OrganizationId,
    pub(crate) name: String,
    /// Why it does not cover the patient on the day; none where it does.
    pub(crate) reason: Option<Reason>,
}

impl AskedPayer {
    /// How this payer stands to the patient on that day.
    pub(crate) fn on(payer: OrganizationId, name: String, coverages: &[Coverage], day: NaiveDate) -> Self {
        let own = coverages.iter().filter(|coverage| coverage.payer == payer);
        let reason = match relevant(own, day) {
            Some(coverage) => coverage.refusal_on(day),
            None => Some(Reason::UnknownCard),
        };
        Self { payer, name, reason }
    }

    pub(crate) const fn covers(&self) -> bool {
        self.reason.is_none()
    }
}

/// In the order in which they are asked: whoever covers the patient, so that nobody is turned away for an older card of
/// another payer; then whoever did or will, for it can say why it does not. Alike ones stay as they are.
pub(crate) fn in_turn(mut payers: Vec<AskedPayer>) -> Vec<AskedPayer> {
    payers.sort_by_key(|asked| match asked.reason {
        None => 0,
        Some(Reason::UnknownCard) => 2,
        Some(_) => 1,
    });
    payers
}

#[cfg(test)]
mod tests {
    use careway_kernel::Clock;

    use super::*;
    use crate::coverages::domain::{
        SuspensionReason,
        tests::coverage::{coverage, day},
    };

    fn payers() -> Vec<OrganizationId> {
        let clock = Clock::system();
        (0..5).map(|_| OrganizationId::new(&clock)).collect()
    }

    /// The places of the payers in the order in which they are asked, and what each says.
    fn asked(payers: &[OrganizationId], coverages: &[Coverage], on: &str) -> Vec<(usize, Option<Reason>)> {
        let asked = payers.iter().map(|payer| AskedPayer::on(*payer, String::new(), coverages, day(on)));
        let place = |payer| payers.iter().position(|it| *it == payer).unwrap();
        in_turn(asked.collect()).into_iter().map(|it| (place(it.payer), it.reason)).collect()
    }

    #[test]
    fn whoever_covers_on_the_day_is_asked_first_and_the_others_say_why_not() {
        let payers = payers();
        let of = |place: usize, from: &str, to: &str| Coverage { payer: payers[place], ..coverage(from, to) };
        let coverages = [
            of(1, "2024-01-01", "2024-12-31"),
            of(2, "2027-01-01", "2027-12-31"),
            of(3, "2024-01-01", "2024-12-31"),
            of(3, "2026-01-01", "2026-12-31"),
            of(4, "2026-01-01", "2026-12-31"),
        ];
        let (lapsed, later, unknown) =
            (Some(Reason::Lapsed), Some(Reason::NotYetStarted), Some(Reason::UnknownCard));
        assert_eq!(
            asked(&payers, &coverages, "2026-06-01"),
            [(3, None), (4, None), (1, lapsed), (2, later), (0, unknown)]
        );
        assert_eq!(
            asked(&payers, &coverages, "2027-06-01"),
            [(2, None), (1, lapsed), (3, lapsed), (4, lapsed), (0, unknown)]
        );
        assert_eq!(asked(&payers, &[], "2026-06-01")[0], (0, unknown), "nobody is known: as they are");
    }

    #[test]
    fn a_suspended_cover_is_none() {
        let payers = payers();
        let suspended = Coverage { payer: payers[0], ..coverage("2026-01-01", "2026-12-31") };
        let suspended = suspended.suspend(day("2026-05-01"), SuspensionReason::Unpaid).unwrap();
        let other = Coverage { payer: payers[1], ..coverage("2026-01-01", "2026-12-31") };
        let turns = asked(&payers[..2], &[suspended, other], "2026-06-01");
        assert_eq!(turns, [(1, None), (0, Some(Reason::Suspended))]);
    }
}
