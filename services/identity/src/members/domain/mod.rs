//! The insured person: what is known of them, what may change, and what a family is.

pub(crate) mod national_id;
pub(crate) mod person_name;
pub(crate) mod refusal;

use careway_kernel::{
    CountryCode, Email, Language, MemberId, MemberNumber, NationalId, OrganizationId, PhoneNumber, Sex,
};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use person_name::PersonName;

/// The earliest birth date anybody alive can have.
const EARLIEST_BIRTH: i32 = 1900;

/// A member as the payer knows them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Member {
    pub(crate) id: MemberId,
    pub(crate) payer: OrganizationId,
    pub(crate) facts: Facts,
    pub(crate) national_ids: Vec<HeldNationalId>,
    pub(crate) codes_locked_at: Option<DateTime<Utc>>,
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// What a registrar says about a member.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Facts {
    pub(crate) number: MemberNumber,
    pub(crate) name: PersonName,
    pub(crate) birth_date: NaiveDate,
    pub(crate) sex: Sex,
    pub(crate) phone: Option<PhoneNumber>,
    pub(crate) mobile: Option<PhoneNumber>,
    pub(crate) email: Option<Email>,
    pub(crate) language: Language,
    pub(crate) principal: Option<MemberId>,
}

/// A national id and when it was in use.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HeldNationalId {
    pub(crate) id: Uuid,
    pub(crate) number: NationalId,
    pub(crate) from: NaiveDate,
    pub(crate) to: Option<NaiveDate>,
}

/// How somebody is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContactKind {
    Phone,
    Mobile,
    Email,
}

impl ContactKind {
    /// The word the database keeps.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "PHONE",
            Self::Mobile => "MOBILE",
            Self::Email => "EMAIL",
        }
    }

    /// Reads [`ContactKind::as_str`].
    pub(crate) fn find(word: &str) -> Option<Self> {
        [Self::Phone, Self::Mobile, Self::Email].into_iter().find(|kind| kind.as_str() == word)
    }

    /// The field of the contract.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Mobile => "mobile",
            Self::Email => "email",
        }
    }
}

/// A contact before and after.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ContactChange {
    pub(crate) kind: ContactKind,
    pub(crate) old: Option<String>,
    pub(crate) new: Option<String>,
}

/// What a change amounts to.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Change {
    /// Whether anything is different at all.
    pub(crate) any: bool,
    pub(crate) contacts: Vec<ContactChange>,
    /// Whether messages are now in another language.
    pub(crate) language: bool,
    /// Whether the number or the family is another one.
    pub(crate) belonging: bool,
    /// Whether the member was born later than was known: whatever cover or care there is of before contradicts that.
    pub(crate) born_later: bool,
    /// Ids told for the first time.
    pub(crate) new_national_ids: Vec<NationalId>,
    /// Ids in use again.
    pub(crate) reopened_national_ids: Vec<Uuid>,
    /// Ids no longer in use.
    pub(crate) closed_national_ids: Vec<Uuid>,
}

impl Change {
    /// The contract's names of what changed about how the member is reached.
    pub(crate) fn contact_fields(&self) -> Vec<String> {
        let contacts = self.contacts.iter().map(|change| change.kind.field());
        contacts.chain(self.language.then_some("language")).map(str::to_owned).collect()
    }
}

impl Facts {
    /// A contact as text.
    pub(crate) fn contact(&self, kind: ContactKind) -> Option<&str> {
        match kind {
            ContactKind::Phone => self.phone.as_ref().map(PhoneNumber::as_e164),
            ContactKind::Mobile => self.mobile.as_ref().map(PhoneNumber::as_e164),
            ContactKind::Email => self.email.as_ref().map(Email::as_str),
        }
    }

    /// Where an SMS reaches this person.
    pub(crate) fn sms_number(&self) -> Option<&PhoneNumber> {
        self.mobile.as_ref().or(self.phone.as_ref().filter(|phone| phone.is_mobile()))
    }
}

impl Member {
    /// The family: the principal's id, for everybody in it.
    pub(crate) fn family(&self) -> Uuid {
        self.facts.principal.unwrap_or(self.id).uuid()
    }

    /// What taking over `facts` and, where given, exactly these national ids in use would change.
    pub(crate) fn change_to(&self, facts: &Facts, national_ids: Option<&[NationalId]>) -> Change {
        let mut change = Change {
            language: self.facts.language != facts.language,
            belonging: self.facts.number != facts.number || self.facts.principal != facts.principal,
            born_later: self.facts.birth_date < facts.birth_date,
            ..Change::default()
        };
        for kind in [ContactKind::Phone, ContactKind::Mobile, ContactKind::Email] {
            let (old, new) = (self.facts.contact(kind), facts.contact(kind));
            if old != new {
                let text = |value: Option<&str>| value.map(str::to_owned);
                change.contacts.push(ContactChange { kind, old: text(old), new: text(new) });
            }
        }
        if let Some(given) = national_ids {
            for held in &self.national_ids {
                match (given.contains(&held.number), held.to) {
                    (true, Some(_)) => change.reopened_national_ids.push(held.id),
                    (false, None) => change.closed_national_ids.push(held.id),
                    _ => {}
                }
            }
            let held = |number: &NationalId| self.national_ids.iter().any(|held| held.number == *number);
            change.new_national_ids = given.iter().filter(|number| !held(number)).cloned().collect();
        }
        change.any = self.facts != *facts
            || !change.new_national_ids.is_empty()
            || !change.reopened_national_ids.is_empty()
            || !change.closed_national_ids.is_empty();
        change
    }

    /// The member after a change decided by [`Member::change_to`].
    pub(crate) fn apply(
        mut self,
        facts: Facts,
        change: &Change,
        now: DateTime<Utc>,
        today: NaiveDate,
        ids: impl FnMut() -> Uuid,
    ) -> Self {
        self.facts = facts;
        for held in &mut self.national_ids {
            if change.reopened_national_ids.contains(&held.id) {
                held.to = None;
            } else if change.closed_national_ids.contains(&held.id) {
                held.to = Some(today.max(held.from));
            }
        }
        let fresh = change.new_national_ids.iter().cloned().zip(std::iter::repeat_with(ids));
        self.national_ids.extend(fresh.map(|(number, id)| HeldNationalId {
            id,
            number,
            from: today,
            to: None,
        }));
        self.version += 1;
        self.updated_at = now;
        self
    }
}

/// Why somebody cannot be a member's principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotEligible {
    /// Unknown, or another payer's.
    #[error("There is no such principal member.")]
    Unknown,
    /// A dependant's dependant would be of two families.
    #[error("The principal is a dependant of somebody else.")]
    IsDependant,
    /// Nobody is their own principal.
    #[error("A member cannot be their own principal.")]
    Oneself,
    /// A principal with dependants cannot become a dependant.
    #[error("The member has dependants and therefore cannot have a principal.")]
    HasDependants,
}

/// A principal as the rule needs it: who it is and whose dependant it is.
pub(crate) type Principal = Option<(MemberId, Option<MemberId>)>;

/// A family has one level: a principal and dependants.
pub(crate) fn eligible(
    member: Option<MemberId>,
    has_dependants: bool,
    principal: Principal,
) -> Result<(), NotEligible> {
    match principal {
        None => Err(NotEligible::Unknown),
        Some((id, _)) if Some(id) == member => Err(NotEligible::Oneself),
        Some((_, Some(_))) => Err(NotEligible::IsDependant),
        Some(_) if has_dependants => Err(NotEligible::HasDependants),
        Some(_) => Ok(()),
    }
}

/// What a registrar should look at again, by the index of the national id.
pub(crate) fn warnings(birth_date: NaiveDate, sex: Sex, national_ids: &[NationalId]) -> Vec<(usize, String)> {
    let of = |number: &NationalId| number.warnings(Some(birth_date), Some(sex));
    national_ids
        .iter()
        .enumerate()
        .flat_map(|(index, number)| of(number).into_iter().map(move |warning| (index, warning.to_string())))
        .collect()
}

/// A date somebody alive can have been born on.
pub(crate) fn check_birth_date(date: NaiveDate, today: NaiveDate) -> Result<NaiveDate, &'static str> {
    let earliest = NaiveDate::from_ymd_opt(EARLIEST_BIRTH, 1, 1).unwrap_or(NaiveDate::MIN);
    if (earliest..=today).contains(&date) { Ok(date) } else { Err("must be between 1900-01-01 and today") }
}

/// A phone that codes can be sent to.
pub(crate) fn parse_mobile(text: &str, country: CountryCode) -> Result<PhoneNumber, &'static str> {
    match PhoneNumber::parse(text, country) {
        Ok(number) if number.is_mobile() => Ok(number),
        _ => Err("must be a valid mobile phone number"),
    }
}

/// The payer as a registrar's own country and language, and the zone that says which day it is there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Home {
    pub(crate) country: CountryCode,
    pub(crate) zone: Tz,
    pub(crate) language: Language,
}

/// A member as lists and facilities see them: no contacts, no national ids.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Summary {
    pub(crate) id: MemberId,
    pub(crate) payer: OrganizationId,
    pub(crate) payer_name: String,
    pub(crate) number: MemberNumber,
    pub(crate) name: PersonName,
    pub(crate) birth_date: NaiveDate,
    pub(crate) sex: Sex,
    pub(crate) language: Language,
    pub(crate) principal: Option<MemberId>,
    pub(crate) codes_locked: bool,
}

#[cfg(test)]
mod tests;
