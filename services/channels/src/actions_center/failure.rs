//! Which refusals are failures in the Actions Center's words. Any other is an error of the request, or of ours.

use careway_contract::channels::v1::Reason;
use careway_service::Error;

use super::domain::{Cause, Failure};

const CAUSES: [(Reason, Cause); 9] = [
    (Reason::SlotTaken, Cause::SlotUnavailable),
    (Reason::SlotHeld, Cause::SlotUnavailable),
    (Reason::SlotNotOffered, Cause::SlotUnavailable),
    (Reason::DurationChanged, Cause::SlotUnavailable),
    (Reason::ConnectionNotLive, Cause::SlotUnavailable),
    (Reason::ServiceNotPublished, Cause::SlotUnavailable),
    (Reason::CancellationTooLate, Cause::OutsideCancellationWindow),
    (Reason::BookingAlreadyCancelled, Cause::BookingAlreadyCancelled),
    (Reason::BookingNotOpen, Cause::BookingNotCancellable),
];

/// The failure that a refusal is.
pub(super) fn failure(error: &Error) -> Option<Failure> {
    let (_, cause) = CAUSES.into_iter().find(|(reason, _)| error.is(*reason))?;
    Some(Failure { cause, description: error.message().to_owned() })
}

#[cfg(test)]
mod tests {
    use careway_service::SharedReason;

    use super::*;
    use crate::vectors;

    #[test]
    fn every_story_of_failures() {
        let rows = vectors::read("formats.jsonl");
        let stories: Vec<_> = rows.iter().filter(|row| row["kind"] == "failure").collect();
        assert_eq!(stories.len(), 5);
        for story in stories {
            let reason = Reason::from_str_name(story["refusal"].as_str().unwrap()).expect("a reason");
            let failure = failure(&Error::new(reason, "In words.")).expect("a failure, and no error");
            assert_eq!(failure.cause.as_str(), story["cause"], "{}", story["id"]);
            assert_eq!(failure.description, "In words.");
        }
    }

    #[test]
    fn what_is_no_answer_is_no_failure() {
        assert_eq!(failure(&Error::not_found("booking")), None);
        assert_eq!(failure(&Error::new(SharedReason::Busy, "Later.")), None);
    }
}
