//! Ranks within a household: the first payer of a year pays whole, each further one less.

use careway_kernel::ParticipantId;

/// The rank of each payer, in their order. `before` has who of the household paid in that year already, and at which rank:
/// who pays again keeps the rank, everybody else takes the next.
pub(crate) fn ranks(before: &[(ParticipantId, u32)], payers: &[ParticipantId]) -> Vec<u32> {
    let mut last = before.iter().map(|(_, rank)| *rank).max().unwrap_or(0);
    let mut next = |payer: &ParticipantId| {
        let kept = before.iter().find(|(known, _)| known == payer).map(|(_, rank)| *rank);
        kept.unwrap_or_else(|| {
            last += 1;
            last
        })
    };
    payers.iter().map(&mut next).collect()
}
