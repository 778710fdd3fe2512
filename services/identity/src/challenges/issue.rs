//! What starting and resending share: find the person, issue the code, answer, and only then send.
//!
//! A stranger goes the same way as a member, to the last step: the same look-up, a phone opened, the same script, a
//! task spawned. Nothing but the phone company hears the difference.

use careway_contract::renewals::v1::{
    SendRequest,
    notification_service_client::NotificationServiceClient,
    send_request::{Channel, Priority},
};
use careway_kernel::{ChallengeId, MaskedPhone, MemberId, Names, Redacted, random};
use careway_service::{AuditEntry, Call, Result, timestamp};
use chrono::{DateTime, Utc};
use std::{collections::HashMap, time::Duration};

use super::{
    binding::destination,
    codes::{Holder, Issue, Issued},
    domain::{MemberQuery, Occasion, number_block},
    request::find,
};
use crate::App;

/// How often a message is offered to the sender, and how long is waited in between.
const SENDING_TRIES: u32 = 3;
const SENDING_PAUSE: Duration = Duration::from_millis(500);
const SENDING_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a code waits before it is sent: the answer is given by then. What sending costs would slow it, and so tell a member from
/// a stranger. No person notices it in an SMS.
const AFTER_THE_ANSWER: Duration = Duration::from_millis(100);

/// A code that is asked for.
pub(crate) struct Ask {
    pub(crate) challenge: ChallengeId,
    pub(crate) resend: bool,
    pub(crate) asked: MemberQuery,
    pub(crate) occasion: Occasion,
    pub(crate) facility_name: Names,
}

/// What is answered, whoever was asked for.
pub(crate) struct Answer {
    pub(crate) challenge: ChallengeId,
    pub(crate) masked_destination: String,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) resend_at: DateTime<Utc>,
}

pub(crate) async fn issue_code(app: &App, call: &Call, ask: Ask) -> Result<Answer> {
    let data_keys = &app.data_keys;
    let person = find(app, call, &ask.asked).await?;
    let phones = person.as_ref().map_or(&app.challenges.nobodys_phones, |person| &person.phones);
    let number = phones.sms_number(data_keys)?;
    let decoy = MaskedPhone::decoy(&ask.asked.decoy_seed(data_keys), ask.asked.country);
    let block = number.as_ref().map_or("", |number| number_block(number)).to_owned();
    let known = person.as_ref();
    let member = known.map(|person| person.id);
    let number = number.filter(|_| known.is_some());
    let known_to_everybody = number.as_ref().and_then(|number| app.challenges.sandbox.code(number));
    let is_sent = known_to_everybody.is_none();
    let masked_destination = number.as_ref().map_or(decoy, |number| number.masked()).to_string();

    let issued = app
        .challenges
        .codes
        .issue(Issue {
            challenge: ask.challenge,
            code: known_to_everybody.unwrap_or_else(random::code6),
            resend: ask.resend,
            slot: ask.occasion.slot(data_keys, &ask.asked),
            binding: ask.occasion.binding(data_keys, &ask.asked),
            occasion: &ask.occasion,
            network: call.client_ip,
            request: call.idempotency_key_hash(),
            holder: Holder {
                subject: ask.asked.subject(data_keys, member),
                member,
                payer: known.map(|person| person.payer),
                sent_to: number.as_ref().map(|number| destination(data_keys, number)),
            },
            number_block: if known.is_some() { block } else { String::new() },
            deliverable: number.is_some() && known.is_some_and(|person| !person.locked),
        })
        .await?;
    let Issued { challenge, expires_at, resend_at, code } = issued;
    let message =
        code.filter(|_| is_sent).zip(number).zip(known).map(|((code, number), person)| SendRequest {
            channel: Channel::Sms.into(),
            to: number.as_e164().to_owned(),
            template: "visit_code".to_owned(),
            language: person.language.as_str().to_owned(),
            values: values(&code, challenge, &ask, app.config.members.code_seconds),
            priority: Priority::Otp.into(),
            dedupe_key: format!("code:{challenge}:{}", resend_at.timestamp_millis()),
            expires_at: Some(timestamp(expires_at)),
            organization_id: person.payer.to_string(),
            mail: None,
        });
    app.foundation.background_tasks.spawn(send(app.clone(), call.clone(), member, message));
    Ok(Answer { challenge, masked_destination, expires_at, resend_at })
}

fn values(code: &Redacted, challenge: ChallengeId, ask: &Ask, seconds: u32) -> HashMap<String, String> {
    [
        ("code", code.expose().to_owned()),
        ("reference", challenge.reference()),
        ("facility", ask.facility_name.as_str().to_owned()),
        ("purpose", ask.occasion.purpose.clone()),
        ("minutes", seconds.div_ceil(60).to_string()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// After the answer: notes the access, and hands the message to the sender.
async fn send(app: App, call: Call, member: Option<MemberId>, message: Option<SendRequest>) {
    tokio::time::sleep(AFTER_THE_ANSWER).await;
    if member.is_some() {
        let noted = app
            .audit
            .read(&call, AuditEntry { action: "challenge.start", member, ..AuditEntry::default() })
            .await;
        if let Err(error) = noted {
            tracing::error!(%error, "a code that was asked for could not be noted");
        }
    }
    let Some(message) = message else { return };
    let mut sender = NotificationServiceClient::new(app.foundation.registry.upstream("renewals"));
    for attempt in 1..=SENDING_TRIES {
        let mut request = app.foundation.identity.request(message.clone());
        request.set_timeout(SENDING_TIMEOUT);
        // The dedupe key makes a repeated offer harmless.
        match sender.send(request).await {
            Ok(_) => {
                metrics::counter!("careway_code_messages_total", "outcome" => "taken").increment(1);
                return;
            }
            Err(status) => {
                tracing::warn!(code = ?status.code(), attempt, "the sender did not take a code's message");
                tokio::time::sleep(SENDING_PAUSE * attempt).await;
            }
        }
    }
    metrics::counter!("careway_code_messages_total", "outcome" => "lost").increment(1);
    tracing::error!("a code's message was not taken; the patient has to ask for another");
}
