use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use crate::{
    campaigns::domain::pace::{CAP, Cap, Pace, Window, pace},
    vectors,
};

fn instant(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

fn outcome(now: DateTime<Utc>, found: Pace) -> Value {
    let text = |at: DateTime<Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    match found {
        Pace::Send => json!({"outcome": "SEND", "at": text(now)}),
        Pace::Held(at) => json!({"outcome": "HELD", "at": text(at)}),
        Pace::Expired => json!({"outcome": "EXPIRED"}),
    }
}

fn window(row: &Value) -> Window {
    let standard = Window::of(row["zone"].as_str().unwrap().parse().unwrap());
    let hour = |name: &str, standard| row[name].as_str().map_or(standard, |text| text.parse().unwrap());
    Window { opens: hour("opens", standard.opens), closes: hour("closes", standard.closes), ..standard }
}

#[test]
fn nobody_is_reminded_at_night() {
    let rows = vectors::read("quiet-hours.jsonl");
    assert_eq!(rows.len(), 20);
    for row in rows {
        let now = instant(&row["now"]);
        let expires_at = row.get("expires_at").map(instant);
        assert_eq!(outcome(now, pace(now, window(&row), CAP, &[], expires_at)), row["expect"], "{row}");
    }
}

#[test]
fn a_number_gets_so_many_in_a_day_and_no_more() {
    let rows = vectors::read("caps.jsonl");
    assert_eq!(rows.len(), 7);
    for row in rows {
        let now = instant(&row["now"]);
        let sent: Vec<_> = row["sent_to_number"].as_array().unwrap().iter().map(instant).collect();
        let most = usize::try_from(row["most"].as_u64().unwrap()).unwrap();
        let cap = Cap { most, within: Duration::hours(row["hours"].as_i64().unwrap()) };
        assert_eq!(cap, CAP, "{row}");
        let expires_at = row.get("expires_at").map(instant);
        assert_eq!(outcome(now, pace(now, window(&row), cap, &sent, expires_at)), row["expect"], "{row}");
    }
}

#[test]
fn the_order_in_which_they_were_sent_does_not_matter() {
    let at = |hour| format!("2026-11-28T0{hour}:00:00Z").parse::<DateTime<Utc>>().unwrap();
    let window = Window::of(chrono_tz::Asia::Ho_Chi_Minh);
    let held = pace(at(5), window, CAP, &[at(3), at(4), at(1), at(2)], None);
    assert_eq!(held, Pace::Held(at(2) + Duration::hours(24)), "four were sent: two of them must be over");
}
