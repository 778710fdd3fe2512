//! A delivery receipt (SMPP 3.4, appendix B): what a carrier says became of a part. Carriers write it in many ways, so each
//! field may be absent, and what comes after `text:` is never read.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;

/// What became of a part, or of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Delivery {
    /// Nobody knows. Gives way to whatever is learned later.
    Unknown,
    Expired,
    Undelivered,
    Rejected,
    Delivered,
}

impl Delivery {
    /// As it is kept.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::Expired => "EXPIRED",
            Self::Undelivered => "UNDELIVERED",
            Self::Rejected => "REJECTED",
            Self::Delivered => "DELIVERED",
        }
    }

    /// Whether the number is not to be written to any more, until somebody has looked.
    pub(crate) fn makes_suspect(self) -> bool {
        self == Self::Undelivered
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let all = [Self::Unknown, Self::Expired, Self::Undelivered, Self::Rejected, Self::Delivered];
        all.into_iter().find(|delivery| delivery.as_str() == text)
    }
}

/// What a receipt says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Receipt {
    /// As the carrier writes it.
    pub(crate) id: Option<String>,
    /// None while the part is on its way, or where the carrier's word is not known.
    pub(crate) state: Option<Delivery>,
    pub(crate) done_at: Option<DateTime<Utc>>,
    /// The carrier's own code, of any form.
    pub(crate) error: Option<String>,
}

/// The parameters of the PDU, which outrank its text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parameters {
    pub(crate) receipted_message_id: Option<String>,
    pub(crate) message_state: Option<u8>,
}

/// Reads a receipt; its instants are of the route's zone.
pub(crate) fn read(text: &str, parameters: &Parameters, zone: Tz) -> Receipt {
    let fields = before_text(text);
    let field = |name| find_field(fields, name);
    Receipt {
        id: parameters.receipted_message_id.clone().or_else(|| field("id:").map(str::to_owned)),
        state: match parameters.message_state {
            Some(state) => of_parameter(state),
            None => field("stat:").and_then(of_word),
        },
        done_at: field("done date:").and_then(|date| instant(date, zone)),
        error: field("err:").map(str::to_owned),
    }
}

/// Whether a text is written as a receipt, of a carrier that does not mark it as one.
pub(crate) fn looks_like_one(text: &str) -> bool {
    let fields = before_text(text);
    find_field(fields, "id:").is_some() && find_field(fields, "stat:").is_some()
}

/// Without the quoted message, which may hold anything.
fn before_text(text: &str) -> &str {
    find_name(text, "text:").map_or(text, |at| &text[..at])
}

/// A field's value: up to the next blank. A blank may stand before it.
fn find_field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let value = text[find_name(text, name)? + name.len()..].trim_start();
    value.split_whitespace().next()
}

/// Where a name stands as a word of its own, in any case.
fn find_name(text: &str, name: &str) -> Option<usize> {
    let starts = text.char_indices().map(|(at, _)| at);
    let mut words = starts.filter(|at| *at == 0 || text[..*at].ends_with(char::is_whitespace));
    words.find(|at| text.get(*at..at + name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name)))
}

/// What a provider by HTTP says: the words of SMPP, or those words whole.
pub(crate) fn of_provider(word: &str) -> Option<Delivery> {
    match word.to_ascii_uppercase().as_str() {
        "DELIVERED" => Some(Delivery::Delivered),
        "UNDELIVERED" | "UNDELIVERABLE" | "FAILED" => Some(Delivery::Undelivered),
        "REJECTED" => Some(Delivery::Rejected),
        word => of_word(word),
    }
}

/// Five words are an end; every other leaves the part where it was.
fn of_word(word: &str) -> Option<Delivery> {
    match word.to_ascii_uppercase().as_str() {
        "DELIVRD" => Some(Delivery::Delivered),
        "EXPIRED" => Some(Delivery::Expired),
        "DELETED" | "UNDELIV" => Some(Delivery::Undelivered),
        "REJECTD" => Some(Delivery::Rejected),
        _ => None,
    }
}

/// `message_state` (SMPP 3.4, 5.2.28).
fn of_parameter(state: u8) -> Option<Delivery> {
    match state {
        2 => Some(Delivery::Delivered),
        3 => Some(Delivery::Expired),
        4 | 5 => Some(Delivery::Undelivered),
        8 => Some(Delivery::Rejected),
        _ => None,
    }
}

/// `YYMMDDhhmm`, with seconds, with a year of four digits, or in the sixteen characters of SMPP with their own offset.
fn instant(date: &str, zone: Tz) -> Option<DateTime<Utc>> {
    if !date.is_ascii() {
        return None;
    }
    match date.len() {
        10 => in_zone(digits(date, 2)?, zone),
        12 => in_zone(digits(date, 2)?, zone),
        14 => in_zone(digits(date, 4)?, zone),
        16 => {
            let local = digits(&date[..12], 2)?;
            let quarters: i64 = date[13..15].parse().ok()?;
            let offset = TimeDelta::minutes(15 * quarters);
            match &date[15..] {
                "+" => Some((local - offset).and_utc()),
                "-" => Some((local + offset).and_utc()),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Year, month, day, hour, minute and perhaps second, two digits each; the year has `year` of them.
fn digits(date: &str, year: usize) -> Option<NaiveDateTime> {
    if !date.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (years, rest) = date.split_at(year);
    let part = |at: usize| rest.get(at..at + 2).map_or(Some(0), |digits| digits.parse::<u32>().ok());
    let years: i32 = years.parse().ok()?;
    let years = if year == 2 { 2000 + years } else { years };
    NaiveDate::from_ymd_opt(years, part(0)?, part(2)?)?.and_hms_opt(part(4)?, part(6)?, part(8)?)
}

/// Where an hour comes twice, its first.
fn in_zone(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    Some(local.and_local_timezone(zone).earliest()?.to_utc())
}
