//! Manifest, locations, schedules and slots as FHIR R4 has them in SMART Scheduling Links.

use careway_kernel::ServiceId;
use chrono::{DateTime, FixedOffset, Offset, SecondsFormat, TimeDelta, Utc};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use crate::feeds::domain::SoldService;

/// The media type of a file: a resource a line.
pub(super) const NDJSON: &str = "application/fhir+ndjson";
/// How many may come to one slot, where more than one may.
const CAPACITY: &str = "http://fhir-registry.smarthealthit.org/StructureDefinition/slot-capacity";

/// A slot, and whether anybody may book it now.
pub(super) struct SmartSlot {
    pub(super) service: ServiceId,
    pub(super) start: DateTime<Utc>,
    pub(super) minutes: i64,
    /// How many more may come.
    pub(super) free: u16,
    pub(super) bookable: bool,
}

/// Where the files are.
pub(super) fn manifest(url: &str, now: DateTime<Utc>) -> Value {
    let file = |kind: &str, name: &str| json!({"type": kind, "url": format!("{url}/{name}.ndjson")});
    json!({
        "transactionTime": now.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "request": format!("{url}/$bulk-publish"),
        "output": [file("Location", "locations"), file("Schedule", "schedules"), file("Slot", "slots")],
    })
}

/// A provider.
pub(super) fn location(sold: &SoldService) -> Value {
    json!({"resourceType": "Location", "id": sold.provider, "name": sold.provider_name})
}

/// An examination.
pub(super) fn schedule(sold: &SoldService) -> Value {
    json!({
        "resourceType": "Schedule",
        "id": sold.service,
        "serviceType": [{"text": sold.name}],
        "actor": [{"reference": format!("Location/{}", sold.provider), "display": sold.provider_name}],
    })
}

/// A slot, on the clock of its provider.
pub(super) fn slot(slot: &SmartSlot, zone: &TimeZone) -> Value {
    let end = slot.start + TimeDelta::minutes(slot.minutes);
    let mut line = json!({
        "resourceType": "Slot",
        // A FHIR id has letters, digits, `-` and `.` alone.
        "id": format!("{}.{}", slot.service, slot.start.format("%Y%m%dT%H%M%SZ")),
        "schedule": {"reference": format!("Schedule/{}", slot.service)},
        "status": if slot.bookable { "free" } else { "busy" },
        "start": local(zone, slot.start),
        "end": local(zone, end),
    });
    if slot.free > 1 {
        line["extension"] = json!([{"url": CAPACITY, "valueInteger": slot.free}]);
    }
    line
}

/// A file: every line ends, the last one too.
pub(super) fn file(resources: impl IntoIterator<Item = Value>) -> Vec<u8> {
    let lines = resources.into_iter().map(|resource| format!("{resource}\n"));
    lines.collect::<String>().into_bytes()
}

fn local(zone: &TimeZone, at: DateTime<Utc>) -> String {
    let ahead = Timestamp::from_second(at.timestamp()).map_or(0, |at| zone.to_offset(at).seconds());
    let offset = FixedOffset::east_opt(ahead).unwrap_or_else(|| Utc.fix());
    at.with_timezone(&offset).to_rfc3339_opts(SecondsFormat::Secs, false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{resources::domain::calendar::zone, vectors};

    fn stories(kind: &str) -> Vec<Value> {
        vectors::read("formats.jsonl").into_iter().filter(|row| row["kind"] == kind).collect()
    }

    #[test]
    fn every_story_of_slots() {
        let stories = stories("smart-slot");
        assert_eq!(stories.len(), 4);
        for story in stories {
            let given = &story["slot"];
            let number = |field: &str| given[field].as_i64().unwrap();
            let written = slot(
                &SmartSlot {
                    service: ServiceId::parse(story["schedule"].as_str().unwrap()).unwrap(),
                    start: given["start"].as_str().unwrap().parse().unwrap(),
                    minutes: number("minutes"),
                    free: u16::try_from(number("capacity") - number("taken")).unwrap(),
                    bookable: given["bookable"].as_bool().unwrap(),
                },
                &zone(given["zone"].as_str().unwrap()).unwrap(),
            );
            let mut expected = story["line"].clone();
            let capacity = expected.as_object_mut().unwrap().remove("capacity").unwrap_or_default();
            assert_eq!(written["extension"][0]["valueInteger"], capacity, "{}", story["id"]);
            for (field, value) in expected.as_object().unwrap() {
                assert_eq!(written[field], *value, "{}: {field}", story["id"]);
            }
            assert!(!written.to_string().contains('~'), "an id of FHIR");
        }
    }

    #[test]
    fn every_story_of_files() {
        let stories = stories("smart-file");
        assert_eq!(stories.len(), 2);
        for story in stories {
            let lines = story["slots"].as_u64().unwrap();
            let text = String::from_utf8(file((0..lines).map(|line| json!({"line": line})))).unwrap();
            let breaks = text.bytes().filter(|byte| *byte == b'\n').count();
            assert_eq!(json!(breaks), story["lineBreaks"], "{}", story["id"]);
            assert_eq!(json!(text.ends_with('\n')), story["endsWithLineBreak"], "{}", story["id"]);
            assert_eq!(json!(NDJSON), story["contentType"], "{}", story["id"]);
        }
    }
}
