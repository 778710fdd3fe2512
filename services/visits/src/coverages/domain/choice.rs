//! Which payer is asked first for a patient whom several may know.

use careway_kernel::OrganizationId;
use chrono::NaiveDate;

use super::Coverage;

/// How a payer stands to a patient on a day, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Covers,
    /// The cover is of another day, ended or suspended: the payer can say why.
    CoveredAtOtherTimes,
    NoCover,
}

/// The payers in the order in which they are asked: whoever covers the patient on the day comes first, so that nobody who
/// is covered is turned away for an older card of another payer. Alike ones stay as they are.
pub(crate) fn by_cover(
    mut payers: Vec<OrganizationId>,
    coverages: &[Coverage],
    on: NaiveDate,
) -> Vec<OrganizationId> {
    payers.sort_by_key(|payer| standing(*payer, coverages, on));
    payers
}

fn standing(payer: OrganizationId, coverages: &[Coverage], on: NaiveDate) -> Standing {
    coverages
        .iter()
        .filter(|coverage| coverage.payer == payer)
        .map(|coverage| match coverage.refusal_on(on) {
            None => Standing::Covers,
            Some(_) => Standing::CoveredAtOtherTimes,
        })
        .min()
        .unwrap_or(Standing::NoCover)
}

#[cfg(test)]
mod tests {
    use careway_kernel::Clock;

    use super::*;
    use crate::coverages::domain::tests::{coverage, day};

    #[test]
    fn whoever_covers_on_the_day_is_asked_first() {
        let clock = Clock::system();
        let payers: Vec<_> = (0..5).map(|_| OrganizationId::new(&clock)).collect();
        let of = |place: usize, from: &str, to: &str| Coverage { payer: payers[place], ..coverage(from, to) };
        let coverages = [
            of(1, "2024-01-01", "2024-12-31"),
            of(2, "2027-01-01", "2027-12-31"),
            of(3, "2024-01-01", "2024-12-31"),
            of(3, "2026-01-01", "2026-12-31"),
            of(4, "2026-01-01", "2026-12-31"),
        ];
        let order = |on: &str| -> Vec<usize> {
            let asked = by_cover(payers.clone(), &coverages, day(on));
            asked.iter().map(|payer| payers.iter().position(|it| it == payer).unwrap()).collect()
        };
        assert_eq!(order("2026-06-01"), [3, 4, 1, 2, 0]);
        assert_eq!(order("2027-06-01"), [2, 1, 3, 4, 0]);
        assert_eq!(order("2023-06-01"), [1, 2, 3, 4, 0], "none covers: whoever knows of a cover can say why");
    }

    #[test]
    fn a_suspended_cover_is_none() {
        let payers: Vec<_> = (0..2).map(|_| OrganizationId::new(&Clock::system())).collect();
        let suspended = Coverage { payer: payers[0], ..coverage("2026-01-01", "2026-12-31") }
            .suspend(day("2026-05-01"), crate::coverages::domain::SuspensionReason::Unpaid)
            .unwrap();
        let other = Coverage { payer: payers[1], ..coverage("2026-01-01", "2026-12-31") };
        let asked = by_cover(payers.clone(), &[suspended, other], day("2026-06-01"));
        assert_eq!(asked, [payers[1], payers[0]]);
    }
}
