//! Who takes part: the authority's own insured, and some hundred more, by a dice that always falls alike.

use chrono::{Days, Months, NaiveDate};

use super::super::{
    families::{Dice, Family, day_of},
    organizations::{AGENCY, SECOND_AGENCY},
    vietnam::{FAMILY_NAMES, MEN, WOMEN},
};

/// How many there are beside the authority's own insured.
const MORE: u32 = 600;

/// A participant, as the authority's list has them.
pub(super) struct Participant {
    pub(super) number: String,
    pub(super) name: String,
    /// As far as it is known.
    pub(super) birth: String,
    pub(super) address: String,
    pub(super) household: String,
    pub(super) phone: String,
    pub(super) mobile: String,
    pub(super) email: String,
    pub(super) from: NaiveDate,
    pub(super) to: NaiveDate,
    pub(super) agency: &'static str,
}

/// Everybody, Trần Thị Hoà first: her card ends in a fortnight.
pub(super) fn all(households: &[Family], today: NaiveDate) -> Vec<Participant> {
    let mut dice = Dice::new(9);
    let mut people = vec![hoa(today)];
    for (index, family) in households.iter().enumerate() {
        let [from, to, _] = family.cover.period(today);
        people.extend(family.members().map(|member| Participant {
            number: member.number.clone(),
            name: format!("{} {}", member.family_name, member.given_names),
            birth: member.birth_date.to_string(),
            address: address(&mut dice),
            household: format!("HGD-{:04}", 201 + index),
            phone: String::new(),
            mobile: member.mobile.clone().unwrap_or_default(),
            email: String::new(),
            from,
            to,
            agency: AGENCY.code,
        }));
    }
    people.extend((0..MORE).map(|index| another(&mut dice, index, today)));
    people
}

fn hoa(today: NaiveDate) -> Participant {
    let to = today + Days::new(14);
    Participant {
        number: "7936491863".to_owned(),
        name: "Trần Thị Hoà".to_owned(),
        birth: "1950".to_owned(),
        address: "12 Nguyễn Xiển, Long Thạnh Mỹ".to_owned(),
        household: "HGD-0200".to_owned(),
        phone: String::new(),
        mobile: "0900491863".to_owned(),
        email: "tranthihoa@example.com".to_owned(),
        from: year_before(to),
        to,
        agency: AGENCY.code,
    }
}

/// Three of a household; cards end from a month ago to a year ahead.
fn another(dice: &mut Dice, index: u32, today: NaiveDate) -> Participant {
    let female = dice.per_cent(50);
    let given = dice.one(if female { WOMEN } else { MEN });
    let born = dice.between(1945, 2005).cast_signed();
    // Of many people only the year is known, or the month.
    let birth = match dice.between(1, 10) {
        1..=3 => born.to_string(),
        4 => format!("{:02}/{born}", dice.between(1, 12)),
        _ => day_of(dice, born).to_string(),
    };
    let to = today - Days::new(30) + Days::new(u64::from(dice.between(0, 395)));
    let mut one = Participant {
        number: format!("79{:08}", 36_500_000 + index),
        name: format!("{} {given}", dice.one(FAMILY_NAMES)),
        birth,
        address: address(dice),
        household: format!("HGD-{:04}", 1001 + index / 3),
        phone: String::new(),
        mobile: String::new(),
        email: String::new(),
        from: year_before(to),
        to,
        agency: if index / 3 % 4 == 3 { SECOND_AGENCY.code } else { AGENCY.code },
    };
    match index % 20 {
        // Nobody knows how.
        7 => {}
        // A landline, and what was one before 2017.
        8 => one.phone = format!("0283812{index:04}"),
        9 => one.phone = format!("038384{index:04}"),
        _ => one.mobile = format!("090149{index:04}"),
    }
    if index.is_multiple_of(4) {
        one.email = format!("nguoi{index:04}@example.com");
    }
    one
}

fn address(dice: &mut Dice) -> String {
    let street = dice.one(&["Nguyễn Xiển", "Nguyễn Văn Tăng", "Hoàng Hữu Nam", "Lê Văn Việt"]);
    format!("{} {street}", dice.between(1, 300))
}

/// The first day of a card of a year.
fn year_before(to: NaiveDate) -> NaiveDate {
    to - Months::new(12) + Days::new(1)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use careway_kernel::{CountryCode, PhoneNumber};

    use super::{super::super::vietnam::household_scheme, *};

    #[test]
    fn everybody_has_a_number_of_their_own_and_phones_that_can_be_read() {
        let today = "2026-11-28".parse().unwrap();
        let people = all(&household_scheme().families, today);
        assert!(people.len() > 640, "{}", people.len());
        let numbers: HashSet<_> = people.iter().map(|it| &it.number).collect();
        assert_eq!(numbers.len(), people.len());
        for person in &people {
            assert!(person.from <= person.to, "{}", person.number);
            for number in [&person.phone, &person.mobile].into_iter().filter(|number| !number.is_empty()) {
                PhoneNumber::read(number, CountryCode::VN)
                    .unwrap_or_else(|error| panic!("{number}: {error}"));
            }
        }
        let old = people.iter().filter(|it| !it.phone.is_empty());
        let old = old.map(|it| PhoneNumber::read(&it.phone, CountryCode::VN).unwrap().may_be_old_landline);
        let old: Vec<_> = old.collect();
        assert!(old.contains(&true) && old.contains(&false));
    }
}
