//! Every row of `recurrences.jsonl`.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::super::{
    calendar::zone,
    recurrence::{Exdate, Recurrence, parse_local},
    rule::{Rule, RuleRefusal},
};
use crate::vectors;

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn recurrence(row: &Value) -> Result<Recurrence, RuleRefusal> {
    let exdates = row["exdates"].as_array().unwrap().iter();
    Ok(Recurrence {
        start: parse_local(text(&row["start"])).unwrap(),
        duration_minutes: row["durationMinutes"].as_u64().unwrap().try_into().unwrap(),
        rule: Rule::parse(text(&row["rrule"]))?,
        exdates: exdates.map(|exdate| Exdate::parse(text(exdate))).collect::<Result<_, _>>()?,
        opens: true,
    })
}

fn instances(row: &Value, recurrence: &Recurrence) -> Value {
    let at = |field: &str| text(&row[field]).parse::<DateTime<Utc>>().unwrap().timestamp();
    let instant = |at: i64| DateTime::from_timestamp(at, 0).unwrap().format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let instances = recurrence.instances(&zone(text(&row["zone"])).unwrap(), at("from")..at("to"));
    let shown = instances.into_iter().map(|(span, local)| {
        let local = local.format("%a %Y-%m-%d %H:%M").to_string();
        json!({"start": instant(span.start), "end": instant(span.end), "local": local})
    });
    shown.collect()
}

#[test]
fn every_vector() {
    let rows = vectors::read("recurrences.jsonl");
    assert_eq!(rows.len(), 36);
    for row in rows {
        match (recurrence(&row), row["refused"].as_str()) {
            (Ok(recurrence), None) => {
                assert_eq!(instances(&row, &recurrence), row["opens"], "{row}");
                let kept = serde_json::to_string(&recurrence).unwrap();
                assert_eq!(serde_json::from_str::<Recurrence>(&kept).unwrap(), recurrence, "{row}");
            }
            (Err(refusal), Some(refused)) => assert_eq!(refusal.code(), refused, "{row}"),
            (other, _) => panic!("{other:?}: {row}"),
        }
    }
}

#[test]
fn rules_that_cannot_be_are_refused() {
    for wrong in ["", "FREQ", "INTERVAL=2", "FREQ=DAILY;BYYEARDAY=3", "FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=x"] {
        assert_eq!(Rule::parse(wrong), Err(RuleRefusal::Malformed), "{wrong}");
    }
    assert_eq!(Rule::parse("FREQ=DAILY;BYHOUR=9"), Err(RuleRefusal::TooFine));
    assert_eq!(Rule::parse("FREQ=DAILY;UNTIL=x"), Err(RuleRefusal::Malformed));
}
