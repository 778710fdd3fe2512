//! Take a message for sending: rendered and checked now, kept, and sent by the sender.

use careway_contract::renewals::v1::{SendRequest, SendResponse, send_request};
use careway_kernel::{CountryCode, Email, Language, MessageId, OrganizationId, PhoneNumber, Violations};
use careway_service::{Call, Keyed, instant};

use super::{
    domain::{
        message::{Channel, Content, NewMessage, Priority},
        template,
    },
    mail_headers,
    store::{self, queue},
};
use crate::App;

/// A dedupe key is an event's or a challenge's id with a word or two around it.
const LONGEST_DEDUPE_KEY: usize = 200;

pub(crate) async fn send(app: &App, call: &Call, request: SendRequest) -> Keyed<SendResponse> {
    let clock = &app.foundation.clock;
    let mut violations = Violations::default();
    let channel = channel(&request, &mut violations);
    violations.check(
        "dedupeKey",
        (1..=LONGEST_DEDUPE_KEY).contains(&request.dedupe_key.len()),
        "must be given",
    );
    let organization = match request.organization_id.as_str() {
        "" => None,
        id => violations.field("organizationId", OrganizationId::parse(id)),
    };
    let language = Language::parse(&request.language).unwrap_or(Language::En);
    let is_mail = request.channel() == send_request::Channel::Email;
    violations.check("mail", request.mail.is_none() || is_mail, "an SMS has none");
    let mail =
        request.mail.as_ref().map(|mail| mail_headers::parse(mail, &mut violations)).unwrap_or_default();
    let words = violations.field("values", template::render(&request.template, language, &request.values));
    violations.finish()?;
    let (channel, words) = channel.zip(words).expect("no violation, so both are there");

    let message = NewMessage {
        id: MessageId::new(clock),
        organization,
        dedupe_key: request.dedupe_key,
        channel,
        priority: priority(request.priority),
        template: request.template,
        due_at: clock.now(),
        expires_at: request.expires_at.and_then(instant).unwrap_or_else(|| clock.now() + channel.good_for()),
    };
    let content = Content {
        to: vec![request.to],
        subject: words.subject,
        text: words.text,
        language: language.as_str().to_owned(),
        mail,
    };
    let sealed = app.sealer.seal(
        store::SEALED,
        message.id.uuid(),
        &serde_json::to_vec(&content).map_err(anyhow::Error::from)?,
    )?;

    let mut tx = app.db.begin(call).await?;
    let id = queue::insert_message(&mut tx, &message, Some(&sealed), None, clock.now()).await?;
    tx.wake_after_commit(app.wakes.of(channel).clone());
    tx.commit(SendResponse { message_id: id.to_string() }).await
}

fn channel(request: &SendRequest, violations: &mut Violations) -> Option<Channel> {
    match request.channel() {
        send_request::Channel::Unspecified => {
            violations.add("channel", "must be SMS or EMAIL");
            None
        }
        send_request::Channel::Sms => {
            // E.164: the country plays no part.
            let e164 = request.to.starts_with('+');
            violations.check(
                "to",
                e164 && CountryCode::parse("RW").is_ok_and(|rw| PhoneNumber::parse(&request.to, rw).is_ok()),
                "must be an E.164 number",
            );
            Some(Channel::Sms)
        }
        send_request::Channel::Email => {
            violations.field("to", Email::parse(&request.to));
            Some(Channel::Email)
        }
    }
}

fn priority(value: i32) -> Priority {
    match send_request::Priority::try_from(value) {
        Ok(send_request::Priority::Otp) => Priority::Otp,
        Ok(send_request::Priority::Bulk) => Priority::Bulk,
        _ => Priority::Transactional,
    }
}
