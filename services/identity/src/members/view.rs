//! Members as the contract tells them, and as it is told of them.

use careway_contract::identity::v1 as contract;
use careway_kernel::{
    Email, Language, MemberId, MemberNumber, Names, NationalId, PhoneNumber, Sex, Violations, parse_date,
};
use careway_service::{table::CellWarning, timestamp, version};
use chrono::NaiveDate;
use contract::member::Sex as ContractSex;

use super::domain::{
    Change, Facts, HeldNationalId, Home, Member, Summary, check_birth_date, parse_mobile,
    person_name::PersonName, warnings,
};

/// A member with contacts and national ids.
pub(crate) fn member(member: &Member) -> contract::Member {
    let facts = &member.facts;
    let phone =
        |phone: &Option<PhoneNumber>| phone.as_ref().map(|it| it.as_e164().to_owned()).unwrap_or_default();
    contract::Member {
        member_id: member.id.to_string(),
        member_number: facts.number.as_str().to_owned(),
        given_names: facts.name.given_names().to_owned(),
        family_name: facts.name.family_name().to_owned(),
        birth_date: facts.birth_date.to_string(),
        sex: sex(facts.sex).into(),
        national_ids: member.national_ids.iter().map(national_id).collect(),
        phone: phone(&facts.phone),
        mobile: phone(&facts.mobile),
        email: facts.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        language: facts.language.as_str().to_owned(),
        principal_member_id: facts.principal.map(|id| id.to_string()).unwrap_or_default(),
        family_id: member.family().to_string(),
        codes_locked_at: member.codes_locked_at.map(timestamp),
        created_at: Some(timestamp(member.created_at)),
        updated_at: Some(timestamp(member.updated_at)),
        version: version(member.version),
    }
}

fn national_id(held: &HeldNationalId) -> contract::NationalId {
    contract::NationalId {
        country: held.number.country().to_string(),
        number: held.number.as_str().to_owned(),
        valid_from: held.from.to_string(),
        valid_to: held.to.map(|date| date.to_string()).unwrap_or_default(),
    }
}

fn sex(sex: Sex) -> ContractSex {
    match sex {
        Sex::Female => ContractSex::Female,
        Sex::Male => ContractSex::Male,
        Sex::Other => ContractSex::Other,
    }
}

/// A member in a list.
pub(crate) fn listing(summary: &Summary) -> contract::MemberListing {
    contract::MemberListing {
        member_id: summary.id.to_string(),
        member_number: summary.number.as_str().to_owned(),
        given_names: summary.name.given_names().to_owned(),
        family_name: summary.name.family_name().to_owned(),
        birth_date: summary.birth_date.to_string(),
        sex: sex(summary.sex).into(),
        principal_member_id: summary.principal.map(|id| id.to_string()).unwrap_or_default(),
        family_id: summary.principal.unwrap_or(summary.id).to_string(),
    }
}

/// What a facility sees of a verified member.
pub(crate) fn summary(summary: &Summary) -> contract::MemberSummary {
    contract::MemberSummary {
        member_id: summary.id.to_string(),
        payer_id: summary.payer.to_string(),
        payer_name: summary.payer_name.clone(),
        member_number: summary.number.as_str().to_owned(),
        given_names: summary.name.given_names().to_owned(),
        family_name: summary.name.family_name().to_owned(),
        birth_date: summary.birth_date.to_string(),
        sex: summary.sex.as_str().to_owned(),
        principal_member_id: summary.principal.map(|id| id.to_string()).unwrap_or_default(),
        family_id: summary.principal.unwrap_or(summary.id).to_string(),
        language: summary.language.as_str().to_owned(),
    }
}

/// What a registrar should look at again.
pub(crate) fn warning_messages(facts: &Facts, national_ids: &[NationalId]) -> Vec<contract::MemberWarning> {
    let warning =
        |(index, message)| contract::MemberWarning { field: format!("nationalIds[{index}].number"), message };
    warnings(facts.birth_date, facts.sex, national_ids).into_iter().map(warning).collect()
}

/// The same about a birth date that a change moves.
pub(crate) fn birth_date_warning(change: &Change) -> Option<contract::MemberWarning> {
    let warning = || contract::MemberWarning {
        field: "birthDate".to_owned(),
        message: CellWarning::LaterBirthDate.to_string(),
    };
    change.born_later.then(warning)
}

/// Reads fields of the contract one by one; every fault is collected.
pub(crate) struct Reading<'v> {
    pub(crate) violations: &'v mut Violations,
    pub(crate) home: Home,
    pub(crate) today: NaiveDate,
}

impl Reading<'_> {
    pub(crate) fn number(&mut self, text: &str) -> Option<MemberNumber> {
        self.violations.required("memberNumber", text, MemberNumber::parse)
    }

    /// Given names or a family name, which may be missing.
    pub(crate) fn names(&mut self, field: &str, text: &str) -> Option<Option<Names>> {
        self.violations.optional(field, text, Names::parse)
    }

    /// One of them at least is there.
    pub(crate) fn named(&mut self, name: Option<PersonName>) -> Option<PersonName> {
        if name.is_none() {
            self.violations.add("givenNames", "is required, unless familyName is given");
            self.violations.add("familyName", "is required, unless givenNames is given");
        }
        name
    }

    pub(crate) fn birth_date(&mut self, text: &str) -> Option<NaiveDate> {
        let date = self.violations.required("birthDate", text, parse_date)?;
        self.violations.field("birthDate", check_birth_date(date, self.today))
    }

    pub(crate) fn sex(&mut self, sex: ContractSex) -> Option<Sex> {
        let sex = match sex {
            ContractSex::Female => Some(Sex::Female),
            ContractSex::Male => Some(Sex::Male),
            ContractSex::Other => Some(Sex::Other),
            ContractSex::Unspecified => None,
        };
        self.violations.present("sex", sex)
    }

    pub(crate) fn phone(&mut self, text: &str) -> Option<Option<PhoneNumber>> {
        let country = self.home.country;
        self.violations.optional("phone", text, |text| PhoneNumber::parse(text, country))
    }

    pub(crate) fn mobile(&mut self, text: &str) -> Option<Option<PhoneNumber>> {
        let country = self.home.country;
        self.violations.optional("mobile", text, |text| parse_mobile(text, country))
    }

    pub(crate) fn email(&mut self, text: &str) -> Option<Option<Email>> {
        self.violations.optional("email", text, Email::parse)
    }

    pub(crate) fn language(&mut self, text: &str) -> Option<Language> {
        let given = self.violations.optional("language", text, Language::parse)?;
        Some(given.unwrap_or(self.home.language))
    }

    pub(crate) fn principal(&mut self, text: &str) -> Option<Option<MemberId>> {
        self.violations.optional("principalMemberId", text, MemberId::parse)
    }

    pub(crate) fn national_ids(&mut self, given: &[contract::NationalIdInput]) -> Option<Vec<NationalId>> {
        let (home, today) = (self.home, self.today);
        if given.len() > 20 {
            self.violations.add("nationalIds", "must be at most 20");
            return None;
        }
        let parsed = self.violations.each("nationalIds", given, |violations, id| {
            let country = violations.optional("country", id.country.as_str(), |text| text.parse())?;
            let country = country.unwrap_or(home.country);
            violations
                .required("number", id.number.as_str(), |text| NationalId::parse_on(country, text, today))
        })?;
        let mut distinct: Vec<NationalId> = Vec::with_capacity(parsed.len());
        for number in parsed {
            if !distinct.contains(&number) {
                distinct.push(number);
            }
        }
        Some(distinct)
    }
}
