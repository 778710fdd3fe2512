//! One-time codes: who is asked for, and on what occasion.

use std::net::IpAddr;

use careway_kernel::{
    CountryCode, MemberNumber, OrganizationId, PhoneNumber, Redacted, network::subscriber, text,
};
use chrono::NaiveDate;

use crate::members::domain::national_id::NationalIdText;

/// How the patient was named at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Identifier {
    /// The payer's member number.
    MemberNumber(MemberNumber),
    /// A national id of any country.
    NationalId(NationalIdText),
}

impl Identifier {
    /// What it is, as parts that no other identifier has.
    pub(crate) fn parts(&self) -> [&[u8]; 2] {
        match self {
            Self::MemberNumber(number) => [b"member number", number.as_str().as_bytes()],
            Self::NationalId(number) => [b"national id", number.bare().as_bytes()],
        }
    }
}

/// Who is asked for, and by which payers they may be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemberQuery {
    pub(crate) identifier: Identifier,
    pub(crate) payers: Vec<OrganizationId>,
    pub(crate) country: CountryCode,
}

/// What the code is for, and where: all of it is part of what the code is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Occasion {
    pub(crate) purpose: String,
    pub(crate) day: NaiveDate,
    pub(crate) facility: OrganizationId,
    /// The staff member or system that asks.
    pub(crate) staff: String,
}

/// Six digits as the patient said them, or somebody pasted them.
pub(crate) fn parse_code(text: &str) -> Result<Redacted, &'static str> {
    let code = text::bare(text);
    if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(Redacted::new(code))
    } else {
        Err("must be six digits")
    }
}

/// A purpose as the contract writes it, like `VISIT`.
pub(crate) fn parse_purpose(text: &str) -> Result<String, &'static str> {
    let fits = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
    if (1..=32).contains(&text.len()) && text.bytes().all(fits) {
        Ok(text.to_owned())
    } else {
        Err("must be a word like VISIT")
    }
}

/// The network an address is of, which limits count by: /24 of IPv4, a subscriber's of IPv6.
pub(crate) fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}")
        }
        address @ IpAddr::V6(_) => subscriber(address),
    }
}

/// The block of numbers that limits against SMS pumping count by.
pub(crate) fn number_block(number: &PhoneNumber) -> &str {
    let number = number.as_e164();
    &number[..number.len().min(7)]
}

/// Why challenges say no. A stranger and a member are refused alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// Wrong, expired, used, of another challenge, or locked: all the same to whoever says it.
    #[error("The code is not right. Ask the patient to say it again, or send another.")]
    CodeRejected {
        /// What the code still allows.
        attempts_left: i64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_six_digits() {
        for typed in [" 012345 ", "012 345", "012\u{a0}345", "012-345", "012\u{2011}345"] {
            assert_eq!(parse_code(typed).unwrap().expose(), "012345", "{typed}");
        }
        for text in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"] {
            assert!(parse_code(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_network_is_counted_as_one() {
        assert_eq!(network("10.1.2.3".parse().unwrap()), network("::ffff:10.1.2.99".parse().unwrap()));
        assert_ne!(network("10.1.2.3".parse().unwrap()), network("10.1.3.3".parse().unwrap()));
        assert_eq!(
            network("2001:db8:1:200::1".parse().unwrap()),
            network("2001:db8:1:2ff::1".parse().unwrap())
        );
    }
}
