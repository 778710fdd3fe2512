//! When support works for partners of the demo, how fast it answers them, and what a channel is asked beside the usual.

use std::collections::HashMap;

use anyhow::Context;
use serde_json::{Value, json};

use super::super::{
    Request, Rest,
    organizations::{CHANNEL, PARTNER},
    until,
};

const ALL_DAYS: [&str; 7] = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];
const DAYS_IN_DHAKA: [&str; 5] = ["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY"];
/// Holidays of Bangladesh on which nobody works.
const HOLIDAYS: [&str; 3] = ["2026-12-16", "2027-02-21", "2027-03-26"];

/// Sets all of it, unless it was set before.
pub(super) async fn make(lead: &Rest, ids: &HashMap<&str, String>) -> anyhow::Result<()> {
    let holidays: Vec<_> = HOLIDAYS.iter().map(|date| json!({"date": date})).collect();
    let dhaka = json!({
        "timeZone": "Asia/Dhaka", "week": week(&DAYS_IN_DHAKA, ("09:00", "17:00")), "exceptions": holidays,
    });
    let always = json!({"timeZone": "Europe/Bucharest", "week": week(&ALL_DAYS, ("00:00", "24:00"))});
    for (name, calendar) in [("dhaka", dhaka), ("always-bucharest", always)] {
        new(lead.put(&format!("/v1/work-calendars/{name}"), calendar)).await?;
    }
    set_level(lead, ids.get(PARTNER.code), level("dhaka", [960, 480, 240, 60])).await?;
    set_level(lead, ids.get(CHANNEL.code), level("always-bucharest", [480, 240, 60, 5])).await?;
    new(lead.put("/v1/case-forms/connection", connection_form())).await
}

/// Sets an organization's own level, as soon as cases has heard of the organization.
async fn set_level(lead: &Rest, organization: Option<&String>, level: Value) -> anyhow::Result<()> {
    let path = format!("/v1/service-levels/{}", organization.context("a partner that is not registered")?);
    until("a partner to be known to support", async || {
        let set = lead.put(&path, level.clone()).if_match("\"v0\"").await?;
        match set.reason() {
            "NOT_FOUND" => Ok(None),
            _ => Ok(Some(set.ok_or("STALE_VERSION")?)),
        }
    })
    .await?;
    Ok(())
}

/// Sets what is not there yet.
async fn new(set: Request) -> anyhow::Result<()> {
    set.if_match("\"v0\"").await?.ok_or("STALE_VERSION")?;
    Ok(())
}

fn week(days: &[&str], (from, until): (&str, &str)) -> Value {
    days.iter().map(|day| json!({"day": day, "hours": [{"from": from, "until": until}]})).collect()
}

/// From LOW to URGENT, in minutes to an answer; a solution takes ten times as long.
fn level(calendar: &str, minutes: [i32; 4]) -> Value {
    let [low, normal, high, urgent] = minutes.map(|minutes| {
        json!({
            "firstResponseMinutes": minutes, "nextResponseMinutes": minutes, "resolutionMinutes": 10 * minutes,
        })
    });
    json!({"workCalendarId": calendar, "low": low, "normal": normal, "high": high, "urgent": urgent})
}

fn in_six(texts: [&str; 6]) -> Value {
    let languages = ["rw", "en", "fr", "vi", "ro", "bn"];
    languages.iter().zip(texts).map(|(language, text)| json!({"language": language, "text": text})).collect()
}

fn named(texts: [&str; 6]) -> Value {
    let languages = ["rw", "en", "fr", "vi", "ro", "bn"];
    languages.iter().zip(texts).map(|(language, text)| ((*language).to_owned(), Value::from(text))).collect()
}

/// What a channel is asked that wants to be connected with a provider.
fn connection_form() -> Value {
    json!({
        "position": 50,
        "titles": in_six([
            "Guhuza n'ivuriro", "Connecting a provider", "Relier un prestataire", "Kết nối cơ sở y tế",
            "Conectarea unui furnizor", "প্রদানকারীর সঙ্গে সংযোগ",
        ]),
        "keywords": in_six(["guhuza", "connect provider clinic", "relier", "kết nối", "conectare clinică", "সংযোগ"]),
        "schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {
                "provider": {
                    "type": "string", "minLength": 1, "maxLength": 100,
                    "x-title": named([
                        "Ni irihe vuriro?", "Which provider?", "Quel prestataire ?", "Cơ sở y tế nào?",
                        "Ce furnizor?", "কোন প্রদানকারী?",
                    ]),
                },
                "from": {
                    "type": "string", "format": "date", "x-unknown": true,
                    "x-title": named([
                        "Guhera ryari?", "From which day on?", "À partir de quel jour ?", "Từ ngày nào?",
                        "Din ce zi?", "কোন দিন থেকে?",
                    ]),
                },
            },
            "required": ["provider"],
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_in_six_languages_and_none_is_empty() {
        let form = connection_form();
        for name in ["titles", "keywords"] {
            let texts = form[name].as_array().unwrap();
            assert_eq!(texts.len(), 6);
            assert!(texts.iter().all(|text| !text["text"].as_str().unwrap().is_empty()));
        }
    }
}
