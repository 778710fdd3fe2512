//! The rules of templates against the vectors, row by row.

use serde_json::{Value, json};

use super::{
    built_in::built_in,
    plain_text::{forcing, plain_text},
    refusal::TemplateRefusal,
    values::{Placeholder, ValueRefusal, Values},
    words::{Cost, Sent, Words},
};
use crate::{messages::sms::alphabet::is_gsm7, vectors};

#[test]
fn every_text_is_plain_without_its_marks() {
    let rows = vectors::read("plain-text.jsonl");
    assert_eq!(rows.len(), 10);
    for row in rows {
        let text = row["text"].as_str().unwrap();
        let plain = plain_text(text);
        let forced_by: Vec<_> = forcing(text)
            .into_iter()
            .map(|it| json!({"at": it.at, "code_point": format!("U+{:04X}", u32::from(it.char)), "plain": it.plain}))
            .collect();
        let found = json!({"plain": plain, "gsm7": plain.chars().all(is_gsm7), "forced_by": forced_by});
        assert_eq!(found, row["expect"], "{row}");
    }
}

#[test]
fn every_template_and_every_row_comes_to_what_the_vectors_say() {
    let rows = vectors::read("templates.jsonl");
    assert_eq!(rows.len(), 10);
    for row in rows {
        assert_eq!(outcome(&row), row["expect"], "{row}");
    }
}

fn outcome(row: &Value) -> Value {
    let built_in = &built_in()[0].content;
    let bodies = match &row["bodies"] {
        Value::Object(bodies) => [bodies["plain"].as_str().unwrap(), bodies["marked"].as_str().unwrap()],
        _ => [built_in.plain_body.as_str(), &built_in.marked_body],
    };
    let words = match Words::parse(bodies[0], bodies[1]) {
        Ok(words) => words,
        Err(TemplateRefusal::UnknownPlaceholder(placeholder)) => {
            return json!({"template_refused": "UNKNOWN_PLACEHOLDER", "placeholder": placeholder});
        }
        Err(TemplateRefusal::PlainBodyNotGsm7 { at }) => {
            return json!({"template_refused": "PLAIN_BODY_NOT_GSM7", "at": at});
        }
        Err(TemplateRefusal::BuiltIn) => unreachable!("parsing asks nobody who owns it"),
    };
    let cost = Cost::up_to(usize::try_from(row["most_segments"].as_u64().unwrap()).unwrap());
    match words.render(&values(&row["values"]), cost) {
        Ok(rendered) => json!({
            "marked": rendered.marked.text,
            "plain": rendered.plain.text,
            "marked_segments": rendered.marked.segments,
            "plain_segments": rendered.plain.segments,
            "sent": if rendered.sent == Sent::Marked { "marked" } else { "plain" },
        }),
        Err(refusal) => {
            let reason = match refusal {
                ValueRefusal::Missing(_) => "VALUE_MISSING",
                ValueRefusal::NotPlainText(_) => "VALUE_NOT_PLAIN_TEXT",
            };
            json!({"refused": reason, "value": refusal.placeholder().as_str()})
        }
    }
}

fn values(row: &Value) -> Values {
    let given = row.as_object().unwrap().iter();
    given.fold(Values::default(), |values, (name, value)| {
        values.with(Placeholder::parse(name).unwrap(), value.as_str().unwrap())
    })
}

#[test]
fn every_built_in_template_is_right_and_has_its_own_id() {
    let templates = built_in();
    for template in &templates {
        assert_eq!(template.content.check(), Ok(()), "{}", template.content.name);
    }
    let ids: std::collections::BTreeSet<_> = templates.iter().map(|template| template.id).collect();
    assert_eq!(ids.len(), templates.len());
}
