//! What the author of a template gives, read from a request.

use careway_contract::renewals::v1::{self as proto, message_template};
use careway_kernel::{
    Language, Violations,
    text::{Line, Text},
};

use super::domain::{Purpose, TemplateContent};
use crate::messages::Channel;

/// How far the marked text goes when nothing is said, and at most.
const STANDARD_SEGMENTS: i32 = 3;
const MOST_SEGMENTS: i32 = 10;
/// Ten segments of 153 characters.
const LONGEST_SMS: usize = 1530;
const LONGEST_MAIL: usize = 10_000;
const LONGEST_SUBJECT: usize = 200;

/// The content, with everything that is wrong with its form.
pub(super) fn parse(v: &mut Violations, given: &proto::TemplateContent) -> Option<TemplateContent> {
    let name = v.required("name", given.name.as_str(), Line::<100>::parse);
    let purpose = v.present("purpose", purpose(given.purpose()));
    let channel = v.present("channel", channel(given.channel()));
    let language = v.required("language", given.language.as_str(), Language::parse);
    let [subject, plain_body, marked_body] = match channel? {
        Channel::Sms => sms(v, given)?,
        Channel::Email => mail(v, given)?,
    };
    let (name, purpose, channel, language) = (name?.into(), purpose?, channel?, language?);
    Some(TemplateContent { name, purpose, channel, language, subject, plain_body, marked_body })
}

/// How far the marked text of an SMS goes.
pub(crate) fn most_segments(v: &mut Violations, given: i32) -> i32 {
    let most_segments = if given == 0 { STANDARD_SEGMENTS } else { given };
    let in_range = (1..=MOST_SEGMENTS).contains(&most_segments);
    v.check("mostSegments", in_range, format!("must be 1 to {MOST_SEGMENTS}"));
    most_segments
}

/// Two bodies and no subject.
fn sms(v: &mut Violations, given: &proto::TemplateContent) -> Option<[String; 3]> {
    v.check("subject", given.subject.trim().is_empty(), "an SMS has none");
    let plain = v.required("plainBody", given.plain_body.as_str(), Text::<LONGEST_SMS>::parse);
    let marked = v.required("markedBody", given.marked_body.as_str(), Text::<LONGEST_SMS>::parse);
    Some([String::new(), plain?.into(), marked?.into()])
}

/// A subject and one body.
fn mail(v: &mut Violations, given: &proto::TemplateContent) -> Option<[String; 3]> {
    let subject = v.required("subject", given.subject.as_str(), Line::<LONGEST_SUBJECT>::parse);
    v.check("plainBody", given.plain_body.trim().is_empty(), "a mail has one body, the marked one");
    let marked = v.required("markedBody", given.marked_body.as_str(), Text::<LONGEST_MAIL>::parse);
    Some([subject?.into(), String::new(), marked?.into()])
}

pub(super) fn purpose(purpose: message_template::Purpose) -> Option<Purpose> {
    match purpose {
        message_template::Purpose::Unspecified => None,
        message_template::Purpose::Due => Some(Purpose::Due),
        message_template::Purpose::Lapsed => Some(Purpose::Lapsed),
    }
}

pub(crate) fn channel(channel: message_template::Channel) -> Option<Channel> {
    match channel {
        message_template::Channel::Unspecified => None,
        message_template::Channel::Sms => Some(Channel::Sms),
        message_template::Channel::Email => Some(Channel::Email),
    }
}
