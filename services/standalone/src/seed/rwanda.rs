//! The two Rwandan payers of the demo: their plans, their contracts, and some three hundred members in families.

use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};

use super::{
    families::{Cover, Dice, Family, Member, day_of},
    organizations::{CLINIC, DENTAL_OPTICAL, HOSPITAL, INKINGI, UMURAGE},
    plans, prices,
    scheme::Scheme,
};

const FAMILY_NAMES: &[&str] = &[
    "Uwase",
    "Mugisha",
    "Niyonzima",
    "Habimana",
    "Mukamana",
    "Uwimana",
    "Nshimiyimana",
    "Ndayisaba",
    "Ingabire",
    "Hakizimana",
    "Bizimana",
    "Munyaneza",
    "Iradukunda",
    "Umutoni",
    "Kamanzi",
    "Gatete",
    "Byiringiro",
    "Tuyishime",
    "Umuhoza",
    "Karangwa",
    "Nyirahabimana",
    "Mukeshimana",
    "Gasana",
    "Uwera",
    "Murenzi",
    "Ishimwe",
    "Mutesi",
];
const WOMEN: &[&str] = &[
    "Aline",
    "Chantal",
    "Diane",
    "Claudine",
    "Josiane",
    "Solange",
    "Vestine",
    "Yvette",
    "Immaculée",
    "Béatrice",
    "Clarisse",
    "Denyse",
    "Espérance",
    "Florence",
    "Gloriose",
    "Marie Claire",
    "Jeannette",
    "Odile",
    "Sandrine",
];
const MEN: &[&str] = &[
    "Jean Bosco",
    "Eric",
    "Patrick",
    "Emmanuel",
    "Innocent",
    "Fabrice",
    "Olivier",
    "Théogène",
    "Aimable",
    "Claude",
    "Jean Pierre",
    "Alexis",
    "Samuel",
    "Gaspard",
    "Célestin",
    "Pacifique",
    "Désiré",
    "Thierry",
    "Valens",
];

/// The larger payer: every kind of care, each where it is best had.
pub(super) fn umurage() -> Scheme {
    let mut families = Register { prefix: "UM", block: 100, seed: 1, families: 39 }.families();
    families.push(sandbox());
    Scheme {
        payer: &UMURAGE,
        plans: plans::rwandan("UM", "Umurage").into(),
        prices: prices::RWANDAN,
        rules: rules("50000"),
        contracts: vec![
            (&HOSPITAL, &["INPATIENT", "OUTPATIENT", "WELLNESS"]),
            (&CLINIC, &["OUTPATIENT", "WELLNESS"]),
            (&DENTAL_OPTICAL, &["DENTAL", "OPTICAL"]),
        ],
        families,
        shown: 8,
    }
}

/// The smaller one: no dental and optical clinic.
pub(super) fn inkingi() -> Scheme {
    let families = Register { prefix: "IK", block: 200, seed: 2, families: 39 }.families();
    Scheme {
        payer: &INKINGI,
        plans: plans::rwandan("IK", "Inkingi").into(),
        prices: prices::RWANDAN,
        rules: rules("30000"),
        contracts: vec![(&HOSPITAL, &["INPATIENT", "OUTPATIENT"]), (&CLINIC, &["OUTPATIENT"])],
        families,
        shown: 3,
    }
}

/// Somebody with a sandbox number, whose code everybody knows: partners check her in without a phone.
fn sandbox() -> Family {
    let principal = Member {
        number: "UM-900001".to_owned(),
        family_name: "Mukamana",
        given_names: "Grace",
        birth_date: NaiveDate::from_ymd_opt(1990, 4, 12).expect("a day"),
        female: true,
        national_id: None,
        mobile: Some("+250789990001".to_owned()),
        language: "en",
    };
    Family { principal, dependants: Vec::new(), plan: "UM-COMPREHENSIVE".to_owned(), cover: Cover::Seasoned }
}

/// What is in order and costs the payer no more than this is decided at once.
fn rules(automatic_up_to: &str) -> Value {
    json!({
        "automaticUpTo": {"currency": "RWF", "amount": automatic_up_to},
        "submissionDeadlineDay": 15, "resubmissionsMost": 2, "appealDays": 30,
        "preauthorizationUrgentHours": 24, "preauthorizationStandardHours": 72,
    })
}

/// How one payer's members are numbered and made up.
struct Register {
    prefix: &'static str,
    /// The three digits after 0788 of every mobile, so that no two members have the same.
    block: u32,
    seed: u64,
    families: u32,
}

impl Register {
    fn families(&self) -> Vec<Family> {
        let mut dice = Dice::new(self.seed);
        (0..self.families).map(|index| self.family(&mut dice, index)).collect()
    }

    /// The first families can all be checked in: comprehensive, long in force, with a phone. The others vary.
    fn family(&self, dice: &mut Dice, index: u32) -> Family {
        let first = index < 10;
        let cover = match index % 12 {
            _ if first => Cover::Seasoned,
            10 => Cover::Fresh,
            11 => Cover::Lapsed,
            7 => Cover::Ahead,
            3 => Cover::Suspended,
            _ => Cover::Seasoned,
        };
        let plan = if first || dice.per_cent(40) { "COMPREHENSIVE" } else { "BASIC" };
        let number = format!("{}-{}", self.prefix, 100_200 + index);
        let language = if dice.per_cent(70) { "rw" } else { dice.one(&["fr", "en"]) };
        let principal_is_female = dice.per_cent(50);
        let with_phone = first || dice.per_cent(94);
        let mut principal = self.adult(dice, number.clone(), index * 8, principal_is_female, language);
        principal.mobile = principal.mobile.filter(|_| with_phone);

        let mut dependants = Vec::new();
        if dice.per_cent(75) {
            dependants.push(self.adult(
                dice,
                format!("{number}-2"),
                index * 8 + 1,
                !principal_is_female,
                language,
            ));
        }
        let youngest_parent = principal.birth_date.year().max(1988);
        for _ in 0..dice.between(0, 4) {
            let number = format!("{number}-{}", dependants.len() + 2);
            let born = dice.between(0, 16);
            dependants.push(child(dice, number, youngest_parent + 22 + born.cast_signed(), language));
        }
        Family { principal, dependants, plan: format!("{}-{plan}", self.prefix), cover }
    }

    fn adult(
        &self,
        dice: &mut Dice,
        number: String,
        serial: u32,
        female: bool,
        language: &'static str,
    ) -> Member {
        let year = dice.between(1958, 1996);
        let (sex, control) = (if female { 7 } else { 8 }, dice.between(0, 99));
        let serial_of_year = self.block * 1000 + serial;
        Member {
            number,
            family_name: dice.one(FAMILY_NAMES),
            given_names: dice.one(if female { WOMEN } else { MEN }),
            birth_date: day_of(dice, year.cast_signed()),
            female,
            national_id: Some(format!("1 {year} {sex} {serial_of_year:07} 0 {control:02}")),
            mobile: Some(format!("+250788{:03}{serial:03}", self.block)),
            language,
        }
    }
}

/// Not yet on the register of national ids, and called by the parents' phone. Nobody was born later than 2025.
fn child(dice: &mut Dice, number: String, born: i32, language: &'static str) -> Member {
    let female = dice.per_cent(50);
    Member {
        number,
        family_name: dice.one(FAMILY_NAMES),
        given_names: dice.one(if female { WOMEN } else { MEN }),
        birth_date: day_of(dice, born.min(2025)),
        female,
        national_id: None,
        mobile: None,
        language,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use careway_kernel::{CountryCode, MemberNumber, NationalId, PhoneNumber, Sex};

    use super::*;

    #[test]
    fn everybody_can_be_registered() {
        let schemes = [umurage(), inkingi()];
        let members: Vec<_> =
            schemes.iter().flat_map(|scheme| &scheme.families).flat_map(Family::members).collect();
        assert!((280..=340).contains(&members.len()), "{}", members.len());
        let numbers: HashSet<_> = members.iter().map(|member| &member.number).collect();
        let mobiles: HashSet<_> = members.iter().filter_map(|member| member.mobile.as_ref()).collect();
        assert_eq!(numbers.len(), members.len());
        assert_eq!(mobiles.len(), members.iter().filter(|member| member.mobile.is_some()).count());
        for member in members {
            assert!(MemberNumber::parse(&member.number).is_ok());
            if let Some(id) = &member.national_id {
                let sex = if member.female { Sex::Female } else { Sex::Male };
                let id = NationalId::parse(CountryCode::RW, id).unwrap();
                assert!(id.warnings(Some(member.birth_date), Some(sex)).is_empty());
            }
            if let Some(mobile) = &member.mobile {
                assert!(PhoneNumber::parse(mobile, CountryCode::RW).unwrap().is_mobile(), "{mobile}");
            }
        }
    }

    #[test]
    fn the_first_families_can_be_checked_in() {
        for family in &umurage().families[..10] {
            assert_eq!((family.cover, family.plan.as_str()), (Cover::Seasoned, "UM-COMPREHENSIVE"));
            assert!(family.principal.mobile.is_some() && family.principal.national_id.is_some());
        }
    }

    #[test]
    fn every_kind_of_cover_is_there() {
        let covers: HashSet<_> =
            umurage().families.iter().map(|family| format!("{:?}", family.cover)).collect();
        assert_eq!(covers.len(), 5);
    }
}
