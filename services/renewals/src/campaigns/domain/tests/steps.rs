use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;

use crate::{
    campaigns::domain::steps::{Listed, STEPS, Steps, true_until},
    vectors,
};

const LISTED: Listed = Listed { ahead: 30, behind: 30 };

/// The step that a run takes today of a card.
fn step(steps: &Steps, today: NaiveDate, listed: Listed, last_day: NaiveDate) -> Option<i32> {
    let ranges = steps.ranges(today, listed);
    let found: Vec<_> = ranges.iter().filter(|it| it.first <= last_day && last_day <= it.last).collect();
    assert!(found.len() <= 1, "a card is at one step");
    found.first().map(|it| it.step)
}

#[test]
fn a_run_takes_the_latest_step_that_has_come() {
    let all = Steps::parse(&STEPS).unwrap();
    let rows = vectors::read("due.jsonl");
    assert_eq!(rows.len(), 27);
    for row in rows {
        let now: DateTime<Utc> = row["now"].as_str().unwrap().parse().unwrap();
        let zone: Tz = row["zone"].as_str().unwrap().parse().unwrap();
        let today = now.with_timezone(&zone).date_naive();
        let last_day = row["last_day"].as_str().unwrap().parse().unwrap();
        let expected = row["expect"]["step"].as_i64().map(|step| i32::try_from(step).unwrap());
        let days = |name: &str| i32::try_from(row[name].as_i64().unwrap()).unwrap();
        let listed = Listed { ahead: days("window_days"), behind: days("lapsed_days") };
        assert_eq!(step(&all, today, listed, last_day), expected, "{row}");
    }
}

#[test]
fn only_known_steps_each_once() {
    assert_eq!(Steps::parse(&[7, -30, 0]).unwrap().as_slice(), [-30, 0, 7]);
    for wrong in [&[][..], &[-30, -30], &[-29], &[1]] {
        assert!(Steps::parse(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn of_several_that_were_missed_the_latest_is_taken() {
    let today: NaiveDate = "2026-11-28".parse().unwrap();
    let steps = Steps::parse(&STEPS).unwrap();
    assert_eq!(step(&steps, today, LISTED, today + Days::new(12)), Some(-14));
}

#[test]
fn words_are_true_until_the_last_day_and_afterwards_for_a_week() {
    let last_day: NaiveDate = "2026-11-28".parse().unwrap();
    assert_eq!(true_until(-30, last_day), last_day);
    assert_eq!(true_until(7, last_day).to_string(), "2026-12-12");
}

proptest! {
    /// Whichever steps a campaign has: a card is at one step at most, at one that has come and still holds.
    #[test]
    fn a_card_is_at_one_step_that_holds(chosen in prop::sample::subsequence(&STEPS, 1..=6), days in -60_i64..60) {
        let today: NaiveDate = "2026-11-28".parse().unwrap();
        let last_day = today + chrono::Duration::days(days);
        let steps = Steps::parse(&chosen).unwrap();
        if let Some(step) = step(&steps, today, LISTED, last_day) {
            prop_assert!(-days >= i64::from(step), "it has come");
            prop_assert!(today <= true_until(step, last_day), "its words are true");
            prop_assert!(chosen.iter().all(|other| *other <= step || i64::from(*other) > -days), "no later one has come");
        }
    }
}
