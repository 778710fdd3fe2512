//! Right answers as data: what is due, periods and quotes.

use careway_kernel::Percent;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use super::super::*;
use crate::vectors;

fn rows(file: &str, count: usize) -> Vec<Value> {
    let rows = vectors::read(file);
    assert_eq!(rows.len(), count, "{file}");
    rows
}

fn day(value: &Value) -> NaiveDate {
    value.as_str().unwrap().parse().unwrap()
}

fn number<T: TryFrom<i64>>(value: &Value) -> T
where
    T::Error: std::fmt::Debug,
{
    T::try_from(value.as_i64().unwrap()).unwrap()
}

#[test]
fn due() {
    for row in rows("due.jsonl", 27) {
        let now: DateTime<Utc> = row["now"].as_str().unwrap().parse().unwrap();
        let zone: chrono_tz::Tz = row["zone"].as_str().unwrap().parse().unwrap();
        let today = now.with_timezone(&zone).date_naive();
        let expect = &row["expect"];
        assert_eq!(today, day(&expect["today"]), "{row}");
        let left = days_left(today, day(&row["last_day"]));
        assert_eq!(left, expect["days_left"].as_i64().unwrap(), "{row}");
        let reach =
            ListReach { window_days: number(&row["window_days"]), lapsed_days: number(&row["lapsed_days"]) };
        let state = reach.state_of(left);
        let name = match state {
            DueState::NotYet => "NOT_YET",
            DueState::Due => "DUE",
            DueState::Lapsed => "LAPSED",
            DueState::Gone => "GONE",
        };
        assert_eq!(name, expect["state"], "{row}");
        assert_eq!(matches!(state, DueState::Due | DueState::Lapsed), expect["listed"], "{row}");
    }
}

#[test]
fn periods() {
    for row in rows("renewed-periods.jsonl", 13) {
        let period = renewed_period(
            day(&row["old_last_day"]),
            day(&row["paid_on"]),
            number(&row["months"]),
            number(&row["gap_days"]),
            number(&row["waiting_days"]),
        );
        let expect = Period { from: day(&row["expect"]["from"]), to: day(&row["expect"]["to"]) };
        assert_eq!(period, Some(expect), "{row}");
    }
}

#[test]
fn quotes() {
    let ladder = ["100", "70", "60", "50", "40"].map(|share| Percent::parse(share).unwrap());
    for row in rows("quotes.jsonl", 12) {
        let percent = Percent::parse(row["percent"].as_str().unwrap()).unwrap();
        let of_rank = |rank: &Value| {
            amount(number(&row["base_salary"]), percent, number(&row["months"]), &ladder, number(rank))
                .unwrap()
        };
        let amounts: Vec<i64> = row["ranks"].as_array().unwrap().iter().map(of_rank).collect();
        assert_eq!(serde_json::json!(amounts), row["expect"]["amounts"], "{row}");
        assert_eq!(amounts.iter().sum::<i64>(), row["expect"]["total"].as_i64().unwrap(), "{row}");
    }
}
