//! Templates, and what they come to, as the contract shows them.

use careway_contract::renewals::v1::{
    self as proto, message_template,
    reminder_preview::{self, Forcing},
};
use careway_service::{count, timestamp, version};

use super::domain::{
    Composed, Purpose, Template,
    plain_text::forcing,
    words::{Sent, Text},
};
use crate::messages::{Channel, sms::Encoding};

pub(super) fn template(template: &Template) -> proto::MessageTemplate {
    let content = &template.content;
    proto::MessageTemplate {
        template_id: template.id.to_string(),
        version: version(template.version),
        owner_id: template.owner.map(|owner| owner.to_string()).unwrap_or_default(),
        built_in: template.owner.is_none(),
        name: content.name.clone(),
        purpose: purpose(content.purpose).into(),
        channel: channel(content.channel).into(),
        language: content.language.as_str().to_owned(),
        subject: content.subject.clone(),
        plain_body: content.plain_body.clone(),
        marked_body: content.marked_body.clone(),
        changed_at: template.changed_at.map(timestamp),
    }
}

fn purpose(purpose: Purpose) -> message_template::Purpose {
    match purpose {
        Purpose::Due => message_template::Purpose::Due,
        Purpose::Lapsed => message_template::Purpose::Lapsed,
    }
}

pub(crate) fn channel(channel: Channel) -> message_template::Channel {
    match channel {
        Channel::Sms => message_template::Channel::Sms,
        Channel::Email => message_template::Channel::Email,
    }
}

/// What is sent, and what it costs.
pub(crate) fn preview(composed: &Composed) -> proto::ReminderPreview {
    match composed {
        Composed::Sms(rendered) => proto::ReminderPreview {
            subject: String::new(),
            plain: Some(text(&rendered.plain)),
            marked: Some(text(&rendered.marked)),
            sent: match rendered.sent {
                Sent::Plain => reminder_preview::Sent::Plain.into(),
                Sent::Marked => reminder_preview::Sent::Marked.into(),
            },
            forced_by: forcing(&rendered.marked.text).into_iter().map(forced_by).collect(),
        },
        Composed::Email { subject, text } => proto::ReminderPreview {
            subject: subject.clone(),
            marked: Some(reminder_preview::Text { text: text.clone(), ..Default::default() }),
            ..Default::default()
        },
    }
}

fn text(text: &Text) -> reminder_preview::Text {
    let encoding = match text.encoding {
        Encoding::Gsm7 => "GSM7",
        Encoding::Ucs2 => "UCS2",
    };
    let (text, segments) = (text.text.clone(), count(text.segments));
    reminder_preview::Text { text, encoding: encoding.to_owned(), segments }
}

fn forced_by(forcing: super::domain::plain_text::Forcing) -> Forcing {
    let code_point = format!("U+{:04X}", u32::from(forcing.char));
    Forcing { at: count(forcing.at), code_point, plain: forcing.plain }
}
