use chrono::{Days, NaiveDate};

use crate::campaigns::domain::{
    State,
    suppression::{Facts, Reachable, Suppression, suppression},
};

fn facts() -> Facts {
    let today: NaiveDate = "2026-11-28".parse().unwrap();
    Facts {
        campaign: State::Running,
        step: -14,
        last_day: today + Days::new(14),
        today,
        gone: false,
        renewed: false,
        in_list: true,
        opted_out: false,
        reachable: Reachable::Yes,
        first_of_step: true,
        later_step: false,
    }
}

#[test]
fn whoever_is_still_to_be_reminded_is() {
    assert_eq!(suppression(&facts()), None);
    // A day late, the words are true all the same; on the last day, too.
    let late = Facts { today: facts().last_day, ..facts() };
    assert_eq!(suppression(&late), None);
}

#[test]
fn each_reason_alone_is_told() {
    let facts = facts();
    for (changed, reason) in [
        (Facts { campaign: State::Cancelled, ..facts }, Suppression::Cancelled),
        (Facts { gone: true, ..facts }, Suppression::PersonGone),
        (Facts { renewed: true, in_list: false, ..facts }, Suppression::Renewed),
        (Facts { in_list: false, ..facts }, Suppression::NotInList),
        (Facts { today: facts.last_day + Days::new(1), ..facts }, Suppression::TooLate),
        (Facts { later_step: true, ..facts }, Suppression::Superseded),
        (Facts { first_of_step: false, ..facts }, Suppression::Duplicate),
        (Facts { opted_out: true, ..facts }, Suppression::OptedOut),
        (Facts { reachable: Reachable::No, ..facts }, Suppression::NoContact),
        (Facts { reachable: Reachable::Suspect, ..facts }, Suppression::Suspect),
    ] {
        assert_eq!(suppression(&changed), Some(reason));
        assert_eq!(Suppression::parse(reason.as_str()), Some(reason));
    }
}

#[test]
fn words_after_the_last_day_are_true_for_a_week_from_their_step() {
    let facts = facts();
    let last_day = facts.today - Days::new(14);
    let lapsed = Facts { step: 7, last_day, ..facts };
    assert_eq!(suppression(&lapsed), None);
    let over = Facts { last_day: last_day - Days::new(1), ..lapsed };
    assert_eq!(suppression(&over), Some(Suppression::TooLate));
}
