//! What of a file is answered: all of it, one range, or nothing because the client has it (RFC 9110, 13 and 14).

use std::ops::Range;

use careway_service::raw::names_tag;

/// What a request says beside what it names.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Conditions<'a> {
    /// `Range`.
    pub(crate) range: Option<&'a str>,
    /// `If-Range`.
    pub(crate) if_range: Option<&'a str>,
    /// `If-None-Match`.
    pub(crate) if_none_match: Option<&'a str>,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Selection {
    Whole,
    /// These bytes; never none, never beyond the end.
    Part(Range<u64>),
    /// The client has it.
    Unchanged,
    /// There is nothing at the range.
    Beyond,
}

impl Conditions<'_> {
    /// Decides for a file of this size, not 0, with this entity tag.
    pub(crate) fn select(self, etag: &str, size: u64) -> Selection {
        if self.if_none_match.is_some_and(|tags| names_tag(tags, etag)) {
            return Selection::Unchanged;
        }
        // A date, or the tag of something else: what the client has is not known to be a part of this.
        if self.if_range.is_some_and(|tag| tag.trim() != etag) {
            return Selection::Whole;
        }
        self.range.and_then(|range| one_range(range, size)).unwrap_or(Selection::Whole)
    }
}

/// None for what is not one range of bytes: such a `Range` is as if it were not there.
fn one_range(text: &str, size: u64) -> Option<Selection> {
    let (unit, range) = text.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (from, to) = range.trim().split_once('-')?;
    let (start, end) = match (number(from)?, number(to)?) {
        (None, None) => return None,
        (None, Some(last)) => (size.saturating_sub(last), if last == 0 { 0 } else { size }),
        (Some(from), None) => (from, size),
        (Some(from), Some(to)) if from <= to => (from, to.saturating_add(1).min(size)),
        (Some(_), Some(_)) => return None,
    };
    Some(if start < end { Selection::Part(start..end) } else { Selection::Beyond })
}

/// `Some(None)` for nothing at all, `None` for what is no number. One too large to count is beyond every end.
fn number(digits: &str) -> Option<Option<u64>> {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((!digits.is_empty()).then(|| digits.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ETAG: &str = "\"abc\"";

    fn range(text: &str) -> Selection {
        Conditions { range: Some(text), ..Conditions::default() }.select(ETAG, 1000)
    }

    #[test]
    fn one_range_is_answered() {
        assert_eq!(range("bytes=0-0"), Selection::Part(0..1));
        assert_eq!(range("bytes=0-499"), Selection::Part(0..500));
        assert_eq!(range("Bytes = 500-"), Selection::Part(500..1000));
        assert_eq!(range("bytes=-1"), Selection::Part(999..1000));
        assert_eq!(range("bytes=-5000"), Selection::Part(0..1000));
        assert_eq!(range("bytes=990-99999999999999999999999"), Selection::Part(990..1000));
    }

    #[test]
    fn a_range_beyond_the_end_is_refused_and_nonsense_is_ignored() {
        for beyond in ["bytes=1000-", "bytes=1000-1001", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert_eq!(range(beyond), Selection::Beyond, "{beyond}");
        }
        for nonsense in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=5-4",
            "bytes=a-b",
            "rows=0-1",
            "bytes=0-1,5-6",
            "bytes=+1-2",
        ] {
            assert_eq!(range(nonsense), Selection::Whole, "{nonsense}");
        }
    }

    #[test]
    fn what_the_client_has_is_not_sent_again() {
        let select = |if_none_match| {
            Conditions {
                if_none_match: Some(if_none_match),
                range: Some("bytes=0-1"),
                ..Conditions::default()
            }
            .select(ETAG, 1000)
        };
        for same in [ETAG, "W/\"abc\"", "\"x\", \"abc\"", "*"] {
            assert_eq!(select(same), Selection::Unchanged, "{same}");
        }
        assert_eq!(select("\"x\""), Selection::Part(0..2));
    }

    #[test]
    fn a_part_of_something_else_is_not_completed() {
        let select = |if_range| {
            Conditions { if_range: Some(if_range), range: Some("bytes=5-"), ..Conditions::default() }
                .select(ETAG, 10)
        };
        assert_eq!(select(ETAG), Selection::Part(5..10));
        for other in ["\"x\"", "W/\"abc\"", "Tue, 03 Mar 2026 10:00:00 GMT"] {
            assert_eq!(select(other), Selection::Whole, "{other}");
        }
    }

    proptest! {
        #[test]
        fn a_part_is_never_empty_and_never_beyond(text in "bytes=[0-9]{0,4}-[0-9]{0,4}", size in 1_u64..5000) {
            match (Conditions { range: Some(&text), ..Conditions::default() }).select(ETAG, size) {
                Selection::Part(part) => prop_assert!(part.start < part.end && part.end <= size),
                Selection::Unchanged => prop_assert!(false, "nothing was asked"),
                Selection::Whole | Selection::Beyond => {}
            }
        }
    }
}
