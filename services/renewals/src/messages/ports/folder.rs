//! A folder in place of a mail server: each mail a JSON file {at, channel, to, subject, text, html, headers}; one to several
//! people is one for each, as each finds it in their mailbox.

use chrono::{DateTime, Utc};
use lettre::Message;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::{
    domain::{
        html,
        message::{Content, Outcome},
    },
    folder::Folder,
};

/// The headers that are written, as they would be sent.
const HEADERS: [&str; 12] = [
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "X-Careway-Loop",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];

/// Writes a mail.
pub(super) async fn send(
    folder: &Folder,
    id: Uuid,
    content: &Content,
    mail: &Message,
    now: DateTime<Utc>,
) -> Outcome {
    let message = message(content, mail, now);
    let copy = |to: &String| {
        let mut copy = message.clone();
        copy["to"] = to.as_str().into();
        copy
    };
    let copies: Vec<Value> = content.to.iter().chain(&content.mail.cc).map(copy).collect();
    if folder.write(id, now, &copies).await { Outcome::Accepted } else { Outcome::Deferred }
}

/// What every recipient reads.
fn message(content: &Content, mail: &Message, now: DateTime<Utc>) -> Value {
    let mut message = json!({
        "at": now.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        "channel": "EMAIL",
        "text": content.text,
    });
    if let Some(subject) = &content.subject {
        message["subject"] = subject.as_str().into();
        message["html"] = html::of_text(&content.language, subject, &content.text).unwrap_or_default().into();
    }
    let return_path = mail.envelope().from().map(ToString::to_string).unwrap_or_default();
    message["headers"] = json!({ "Return-Path": format!("<{return_path}>") });
    for name in HEADERS {
        if let Some(value) = mail.headers().get_raw(name) {
            message["headers"][name] = value.into();
        }
    }
    message
}
