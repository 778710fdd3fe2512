//! What became of a message, by what became of its parts.

use serde::Deserialize;

use super::receipt::Delivery;

/// Of which parts a route gives receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ReceiptsOf {
    #[default]
    EveryPart,
    LastPart,
    FirstPart,
    /// Accepted is the end.
    None,
}

/// What is known of a part after one more receipt: delivered is never taken back, another end gives way to that alone, and
/// unknown to every end.
pub(crate) fn after(known: Option<Delivery>, said: Option<Delivery>) -> Option<Delivery> {
    match (known, said) {
        (Some(Delivery::Unknown) | None, Some(said)) => Some(said),
        (_, Some(Delivery::Delivered)) => Some(Delivery::Delivered),
        (known, _) => known,
    }
}

/// What became of an accepted message; none as long as it is on its way. A part that failed is not outvoted.
pub(crate) fn of_parts(receipts: ReceiptsOf, parts: &[Option<Delivery>]) -> Option<Delivery> {
    if receipts == ReceiptsOf::None {
        return None;
    }
    let failed = parts.iter().flatten().filter(|delivery| **delivery != Delivery::Delivered).max();
    if let Some(failed) = failed {
        return Some(*failed);
    }
    let told = match receipts {
        ReceiptsOf::EveryPart => parts.iter().all(Option::is_some).then_some(Delivery::Delivered),
        ReceiptsOf::LastPart => parts.last().copied().flatten(),
        ReceiptsOf::FirstPart => parts.first().copied().flatten(),
        ReceiptsOf::None => None,
    };
    told.filter(|_| !parts.is_empty())
}
