//! What every message carries alike: ids in paths, instants, versions, counts.

use std::str::FromStr;

use careway_kernel::{InvalidId, Money};
use chrono::{DateTime, Utc};

use crate::error::{Error, Result};

/// Reads the id that a path names.
///
/// # Errors
/// 404 of `what`, like an id that nothing has: a path that no answer can come from is no mistake in a form.
pub fn path_id<T: FromStr<Err = InvalidId>>(what: &'static str, text: &str) -> Result<T> {
    text.parse().map_err(|_| Error::not_found(what))
}

/// An instant as messages carry it.
pub fn timestamp(at: DateTime<Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.timestamp(),
        nanos: i32::try_from(at.timestamp_subsec_nanos()).unwrap_or_default(),
    }
}

/// An amount as the contract has it.
#[must_use]
pub fn money(amount: Money) -> careway_contract::types::v1::Money {
    careway_contract::types::v1::Money {
        currency: amount.currency.code().to_owned(),
        amount: amount.amount(),
    }
}

/// An instant that a message carries; none when it is none of any calendar.
pub fn instant(timestamp: prost_types::Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(timestamp.seconds, u32::try_from(timestamp.nanos).ok()?)
}

/// How many, as messages carry it; more than they can carry is the most they can.
pub fn count(number: impl TryInto<i32>) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

/// A row's version as messages carry it: how often it was changed, from 1.
pub fn version(version: i64) -> i32 {
    i32::try_from(version).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use careway_kernel::VisitId;

    use super::*;
    use crate::error::Kind;

    #[test]
    fn an_id_that_cannot_be_is_absent() {
        let error = path_id::<VisitId>("visit", "x").unwrap_err();
        assert_eq!(error.kind(), Kind::NotFound);
        assert!(path_id::<VisitId>("visit", "01890a5d-ac96-774b-bcce-b302099a8057").is_ok());
    }

    #[test]
    fn an_instant_keeps_its_nanoseconds() {
        let at = timestamp("2026-03-01T00:00:00.000000001Z".parse().unwrap());
        assert_eq!((at.seconds, at.nanos), (1_772_323_200, 1));
        assert_eq!(instant(at).map(timestamp), Some(at));
        assert_eq!(instant(prost_types::Timestamp { seconds: 0, nanos: -1 }), None);
    }
}
