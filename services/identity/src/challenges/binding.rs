//! What a code is bound to and counted by, as keyed hashes: nothing that is kept names a person.

use careway_kernel::{MemberId, OrganizationId, PhoneNumber, Redacted};

use super::domain::{MemberQuery, Occasion};
use crate::data_keys::{DataKeys, mac};

impl MemberQuery {
    /// The secret that this person's phone is made up from, should they be unknown.
    pub(crate) fn decoy_seed(&self, data_keys: &DataKeys) -> [u8; 32] {
        data_keys.decoy_seed(&self.identifier.parts())
    }

    /// Who limits count for: the member, however they are named; what was asked, when nobody is known by it.
    pub(crate) fn subject(&self, data_keys: &DataKeys, member: Option<MemberId>) -> [u8; 32] {
        match member {
            Some(member) => data_keys.member_subject(member),
            None => data_keys.code_subject(&[&b"unknown"[..], &self.identifier.parts().concat()]),
        }
    }
}

impl Occasion {
    /// The binding as one word: a code asked for on this occasion fails on every other.
    pub(crate) fn binding(&self, data_keys: &DataKeys, asked: &MemberQuery) -> [u8; 32] {
        let [kind, identifier] = asked.identifier.parts();
        let day = self.day.to_string();
        let facility = self.facility.uuid();
        let place = [facility.as_bytes(), self.staff.as_bytes()];
        data_keys.binding(&[kind, identifier, place[0], place[1], self.purpose.as_bytes(), day.as_bytes()])
    }

    /// Where the live code is kept: one per identifier and purpose.
    pub(crate) fn slot(&self, data_keys: &DataKeys, asked: &MemberQuery) -> [u8; 32] {
        let [kind, identifier] = asked.identifier.parts();
        data_keys.code_subject(&[&b"slot"[..], kind, identifier, self.purpose.as_bytes()])
    }
}

/// What is kept in place of the number that a code was sent to.
pub(crate) fn destination(data_keys: &DataKeys, number: &PhoneNumber) -> [u8; 32] {
    data_keys.binding(&[b"destination", number.as_e164().as_bytes()])
}

/// Whether a code is still the patient's: whoever has the number that it went to may not be the patient any more
/// once the patient is reached by another one.
pub(crate) fn still_theirs(
    data_keys: &DataKeys,
    sent_to: Option<[u8; 32]>,
    now: Option<&PhoneNumber>,
) -> bool {
    sent_to.is_some() && sent_to == now.map(|number| destination(data_keys, number))
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

#[cfg(test)]
mod tests {
    use careway_kernel::{Clock, CountryCode, MemberNumber};
    use chrono::NaiveDate;

    use super::*;
    use crate::challenges::domain::Identifier;

    fn asked(identifier: Identifier) -> MemberQuery {
        MemberQuery { identifier, payers: Vec::new(), country: CountryCode::RW }
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
        let data_keys = DataKeys::new(&Redacted::new("a master key of thirty-two characters")).unwrap();
        let uwase = asked(Identifier::MemberNumber(MemberNumber::parse("RSSB-1").unwrap()));
        let other = asked(Identifier::MemberNumber(MemberNumber::parse("RSSB-2").unwrap()));
        let here = occasion();
        let binding = here.binding(&data_keys, &uwase);
        assert_eq!(here.clone().binding(&data_keys, &uwase), binding);
        assert_ne!(here.binding(&data_keys, &other), binding);
        for elsewhere in [
            Occasion { purpose: "OVERRIDE".to_owned(), ..here.clone() },
            Occasion { day: here.day.succ_opt().unwrap(), ..here.clone() },
            Occasion { facility: OrganizationId::new(&Clock::system()), ..here.clone() },
            Occasion { staff: "account:2".to_owned(), ..here.clone() },
        ] {
            assert_ne!(elsewhere.binding(&data_keys, &uwase), binding);
        }
    }

    #[test]
    fn a_code_is_the_patients_while_the_number_is() {
        let data_keys = DataKeys::new(&Redacted::new("a master key of thirty-two characters")).unwrap();
        let [old, new] =
            ["+250788123456", "+250788654321"].map(|number| PhoneNumber::from_e164(number).unwrap());
        let sent_to = Some(destination(&data_keys, &old));
        assert!(still_theirs(&data_keys, sent_to, Some(&old)));
        assert!(!still_theirs(&data_keys, sent_to, Some(&new)));
        assert!(!still_theirs(&data_keys, sent_to, None));
        assert!(!still_theirs(&data_keys, None, None), "nothing was sent");
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
