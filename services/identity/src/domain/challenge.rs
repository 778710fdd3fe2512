//! One-time codes: who is asked for, on what occasion, and what a code is bound to.

use std::net::IpAddr;

use careway_kernel::{CountryCode, MemberId, MemberNumber, OrganizationId, PhoneNumber, Redacted};
use chrono::NaiveDate;

use crate::vault::{Vault, mac};

/// How the patient was named at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Identifier {
    /// The payer's member number.
    MemberNumber(MemberNumber),
    /// A national id of any country.
    NationalId(NationalIdText),
}

impl Identifier {
    fn parts(&self) -> [&[u8]; 2] {
        match self {
            Self::MemberNumber(number) => [b"member number", number.as_str().as_bytes()],
            Self::NationalId(number) => [b"national id", number.0.expose().as_bytes()],
        }
    }
}

/// A national id as text: upper case, no spaces. Whose format it follows shows when somebody is found by it.
#[derive(Debug, Clone)]
pub(crate) struct NationalIdText(Redacted);

/// Not a national id of any country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 4 to 32 letters, digits or hyphens")]
pub(crate) struct InvalidNationalIdText;

impl NationalIdText {
    /// Reads a number as printed, with or without spaces.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidNationalIdText> {
        let number: String = text.chars().take(65).filter(|c| !c.is_whitespace()).collect();
        let number = number.to_ascii_uppercase();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if (4..=32).contains(&number.len()) && number.bytes().all(fits) {
            Ok(Self(Redacted::new(number)))
        } else {
            Err(InvalidNationalIdText)
        }
    }

    /// The number.
    pub(crate) fn as_str(&self) -> &str {
        self.0.expose()
    }
}

impl PartialEq for NationalIdText {
    fn eq(&self, other: &Self) -> bool {
        self.0.expose() == other.0.expose()
    }
}

impl Eq for NationalIdText {}

/// Who is asked for, and by which payers they may be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) identifier: Identifier,
    pub(crate) payers: Vec<OrganizationId>,
    pub(crate) country: CountryCode,
}

impl Asked {
    /// The secret that this person's phone is made up from, should they be unknown.
    pub(crate) fn decoy_seed(&self, vault: &Vault) -> [u8; 32] {
        vault.decoy_seed(&self.identifier.parts())
    }

    /// Who limits count for: the member, however they are named; what was asked, when nobody is known by it.
    pub(crate) fn subject(&self, vault: &Vault, member: Option<MemberId>) -> [u8; 32] {
        match member {
            Some(member) => member_subject(vault, member),
            None => vault.code_subject(&[&b"unknown"[..], &self.identifier.parts().concat()]),
        }
    }
}

/// Who limits count for, given the member.
pub(crate) fn member_subject(vault: &Vault, member: MemberId) -> [u8; 32] {
    vault.code_subject(&[&b"member"[..], member.uuid().as_bytes()])
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

impl Occasion {
    /// The binding as one word: a code asked for on this occasion fails on every other.
    pub(crate) fn binding(&self, vault: &Vault, asked: &Asked) -> [u8; 32] {
        let [kind, identifier] = asked.identifier.parts();
        let day = self.day.to_string();
        let facility = self.facility.uuid();
        let place = [facility.as_bytes(), self.staff.as_bytes()];
        vault.binding(&[kind, identifier, place[0], place[1], self.purpose.as_bytes(), day.as_bytes()])
    }

    /// Where the live code is kept: one per identifier and purpose.
    pub(crate) fn slot(&self, vault: &Vault, asked: &Asked) -> [u8; 32] {
        let [kind, identifier] = asked.identifier.parts();
        vault.code_subject(&[&b"slot"[..], kind, identifier, self.purpose.as_bytes()])
    }
}

/// What is kept in place of the number that a code was sent to.
pub(crate) fn destination(vault: &Vault, number: &PhoneNumber) -> [u8; 32] {
    vault.binding(&[b"destination", number.as_e164().as_bytes()])
}

/// Whether a code is still the patient's: whoever has the number that it went to may not be the patient any more
/// once the patient is reached by another one.
pub(crate) fn still_theirs(vault: &Vault, sent_to: Option<[u8; 32]>, now: Option<&PhoneNumber>) -> bool {
    sent_to.is_some() && sent_to == now.map(|number| destination(vault, number))
}

/// What is kept in place of a code.
pub(crate) fn code_mac(
    pepper: &Redacted,
    payer: Option<OrganizationId>,
    challenge: &str,
    code: &Redacted,
) -> [u8; 32] {
    let payer = payer.map(|id| id.uuid()).unwrap_or_default();
    mac(
        pepper.expose().as_bytes(),
        &[b"otp/v1", payer.as_bytes(), challenge.as_bytes(), code.expose().as_bytes()],
    )
}

/// Six digits as the patient said them.
pub(crate) fn parse_code(text: &str) -> Result<Redacted, &'static str> {
    let text = text.trim();
    if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(Redacted::new(text))
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

/// The network an address is of, which limits count by: /24 of IPv4, /56 of IPv6.
pub(crate) fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}")
        }
        IpAddr::V6(address) => hex::encode(&address.octets()[..7]),
    }
}

/// The block of numbers that limits against SMS pumping count by.
pub(crate) fn number_block(number: &PhoneNumber) -> &str {
    let number = number.as_e164();
    &number[..number.len().min(7)]
}

#[cfg(test)]
mod tests {
    use careway_kernel::Clock;

    use super::*;

    fn asked(identifier: Identifier) -> Asked {
        Asked { identifier, payers: Vec::new(), country: CountryCode::RW }
    }

    fn occasion() -> Occasion {
        Occasion {
            purpose: "VISIT".to_owned(),
            day: NaiveDate::from_ymd_opt(2026, 3, 1).unwrap(),
            facility: OrganizationId::new(&Clock::system()),
            staff: "account:1".to_owned(),
        }
    }

    #[test]
    fn a_binding_differs_by_member_facility_staff_purpose_and_day() {
        let vault = Vault::new(&Redacted::new("a master key of thirty-two characters")).unwrap();
        let uwase = asked(Identifier::MemberNumber(MemberNumber::parse("RSSB-1").unwrap()));
        let other = asked(Identifier::MemberNumber(MemberNumber::parse("RSSB-2").unwrap()));
        let here = occasion();
        let binding = here.binding(&vault, &uwase);
        assert_eq!(here.clone().binding(&vault, &uwase), binding);
        assert_ne!(here.binding(&vault, &other), binding);
        for elsewhere in [
            Occasion { purpose: "OVERRIDE".to_owned(), ..here.clone() },
            Occasion { day: here.day.succ_opt().unwrap(), ..here.clone() },
            Occasion { facility: OrganizationId::new(&Clock::system()), ..here.clone() },
            Occasion { staff: "account:2".to_owned(), ..here.clone() },
        ] {
            assert_ne!(elsewhere.binding(&vault, &uwase), binding);
        }
    }

    #[test]
    fn a_code_is_the_patients_while_the_number_is() {
        let vault = Vault::new(&Redacted::new("a master key of thirty-two characters")).unwrap();
        let [old, new] =
            ["+250788123456", "+250788654321"].map(|number| PhoneNumber::from_e164(number).unwrap());
        let sent_to = Some(destination(&vault, &old));
        assert!(still_theirs(&vault, sent_to, Some(&old)));
        assert!(!still_theirs(&vault, sent_to, Some(&new)));
        assert!(!still_theirs(&vault, sent_to, None));
        assert!(!still_theirs(&vault, None, None), "nothing was sent");
    }

    #[test]
    fn one_number_has_one_spelling() {
        let spaced = NationalIdText::parse("1 1990 8 0012345 6 01").unwrap();
        assert_eq!(spaced.as_str(), "1199080012345601");
        assert_eq!(NationalIdText::parse("ab-12").unwrap().as_str(), "AB-12");
        for text in ["", "abc", "é1234", "1;drop", &"1".repeat(33)] {
            assert!(NationalIdText::parse(text).is_err(), "{text}");
        }
        assert_eq!(format!("{:?}", Identifier::NationalId(spaced)), "NationalId(NationalIdText(•••))");
    }

    #[test]
    fn codes_are_six_digits() {
        assert_eq!(parse_code(" 012345 ").unwrap().expose(), "012345");
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

    #[test]
    fn a_mac_is_of_its_payer_challenge_and_pepper() {
        let (pepper, code) = (Redacted::new("pepper"), Redacted::new("123456"));
        let payer = Some(OrganizationId::new(&Clock::system()));
        let mac = code_mac(&pepper, payer, "c1", &code);
        assert_ne!(code_mac(&pepper, None, "c1", &code), mac);
        assert_ne!(code_mac(&pepper, payer, "c2", &code), mac);
        assert_ne!(code_mac(&Redacted::new("other"), payer, "c1", &code), mac);
        assert_ne!(code_mac(&pepper, payer, "c1", &Redacted::new("123457")), mac);
    }
}
