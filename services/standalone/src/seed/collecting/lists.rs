//! The authority's lists: who takes part, and what is to be renewed.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};

use super::{
    super::organizations::{AGENCY, SECOND_AGENCY},
    people::Participant,
};

/// What is to be renewed ends at most so many days from now.
const AHEAD: u64 = 60;

/// The list that `POST /v1/participants/import` takes.
pub(super) fn participants(people: &[Participant]) -> String {
    let mut list = String::from(
        "bhxh_number,full_name,birth,address,household,phone,mobile,email,card_from,card_to,agency_code\n",
    );
    for person in people {
        let Participant { number, name, birth, address, household, phone, mobile, email, from, to, agency } =
            person;
        let _ = writeln!(
            list,
            "{number},{name},{birth},\"{address}\",{household},{phone},{mobile},{email},{from},{to},{agency}"
        );
    }
    list
}

/// The list that `POST /v1/renewals/import` takes: everybody whose card ends soon or has just ended, and five that fit
/// nobody.
pub(super) fn renewals(people: &[Participant], today: NaiveDate) -> String {
    let mut list = String::from("bhxh_number,card_to,agency_code\n");
    let mut write = |number: &str, to: NaiveDate, agency: &str| {
        let _ = writeln!(list, "{number},{to},{agency}");
    };
    let due = |it: &&Participant| today <= it.to + Days::new(30) && it.to <= today + Days::new(AHEAD);
    for person in people.iter().filter(due) {
        write(&person.number, person.to, person.agency);
    }
    let soon = today + Days::new(20);
    for nobody in ["7936599001", "7936599002", "7936599003"] {
        write(nobody, soon, AGENCY.code);
    }
    let mut others = people.iter().filter(|it| it.to > today + Days::new(AHEAD) && it.agency == AGENCY.code);
    if let (Some(elsewhere), Some(another_day)) = (others.next(), others.next()) {
        write(&elsewhere.number, elsewhere.to, SECOND_AGENCY.code);
        write(&another_day.number, soon, AGENCY.code);
    }
    list
}
