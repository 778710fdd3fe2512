//! Gives a text message to a carrier: by the first route that takes it, part for part. Another route follows only after a
//! definite refusal, or when nothing was written.

use std::time::Duration;

use careway_kernel::text::nfc;
use careway_service::{Call, Result};
use tokio::time::{Instant, timeout, timeout_at};

use super::{
    domain::{
        message::{self, Content, NO_SUCH_NUMBER, Priority, RECEIPT_WITHIN, WAIT_FOR_OTHERS},
        sms::{
            answer::{self, Answer, Refusal, Verdict},
            payload::Payloads,
            rollup::ReceiptsOf,
        },
    },
    outcomes::{End, Later},
    reports::{Reports, put_off},
    routes::{Part, Place, Route},
    store::{
        parts::{self, PartRow},
        queue::{Submission, Taken},
    },
    submissions,
};
use crate::App;

/// Shorter than a sender may have a message.
const AT_THE_GATE: Duration = Duration::from_secs(240);

/// The next part of a message is not begun later than so long after the first; with the answer of the last, that is less than
/// after which a message counts as abandoned.
const PARTS_WITHIN: Duration = Duration::from_secs(240);

/// A message on its way by some route.
struct Outgoing<'a> {
    app: &'a App,
    reports: &'a Reports,
    message: &'a mut Taken,
    number: &'a str,
    text: String,
    priority: Priority,
    /// Its parts, when it was submitted before.
    known: Vec<PartRow>,
    /// The parts that were accepted now, under the carrier's ids.
    accepted: &'a mut Vec<(i16, String)>,
}

/// What a route made of it.
enum Tried {
    End(End),
    /// The next route may take it; if there is none, this is the end.
    Next(End),
}

/// Submits a message.
pub(super) async fn submit(
    app: &App,
    message: &mut Taken,
    content: &Content,
    reports: &Reports,
    accepted: &mut Vec<(i16, String)>,
) -> End {
    let Some(number) = content.to.first() else { return End::Failed(message::Ended::NoContact, None) };
    let known = match known_parts(app, message).await {
        Ok(known) => known,
        Err(error) => {
            tracing::warn!(%error, "the parts of a message cannot be read yet");
            return End::Released;
        }
    };
    let (priority, text) = (Priority::from_number(message.priority), nfc(&content.text));
    let mut outgoing = Outgoing { app, reports, message, number, text, priority, known, accepted };
    outgoing.by_any_route().await
}

/// The parts of a message that was submitted before.
async fn known_parts(app: &App, message: &Taken) -> Result<Vec<PartRow>> {
    if message.attempts == 0 && message.route.is_none() {
        return Ok(Vec::new());
    }
    let mut reader = app.db.read(&Call::system("send-messages")).await?;
    parts::list_parts(&mut reader, message.message_id).await
}

impl Outgoing<'_> {
    async fn by_any_route(&mut self) -> End {
        let app = self.app;
        let routes: Vec<_> = match &self.message.route {
            // A part of it went that way, or may have.
            Some(name) => app.routes.find(name).into_iter().collect(),
            None => {
                let routes = app.routes.for_number(self.number);
                routes.filter(|route| route.settings.takes_text(&self.text)).collect()
            }
        };
        let mut end = rejected("NO_ROUTE");
        for route in routes {
            match self.by(route).await {
                Tried::End(end) => return end,
                // A route that is down may take it later, whatever the next one says.
                Tried::Next(so_far) if !matches!(end, End::Later(_)) => end = so_far,
                Tried::Next(_) => {}
            }
        }
        end
    }

    async fn by(&mut self, route: &Route) -> Tried {
        let waits = || Tried::Next(put_off(self.app, self.message, false));
        let place = match timeout(AT_THE_GATE, route.gate.enter(self.priority)).await {
            Ok(Some(place)) => place,
            Ok(None) => return waits(),
            Err(_) => return Tried::End(End::Released),
        };
        let (payloads, reference) = match self.payloads(route).await {
            Ok(Some(encoded)) => encoded,
            Ok(None) => return Tried::End(rejected("TOO_LONG")),
            Err(error) => {
                tracing::warn!(%error, "a message cannot be submitted yet");
                return Tried::End(End::Released);
            }
        };
        let parts = payloads.short_messages.len();
        let submission = Submission {
            message_id: self.message.message_id,
            version: self.message.version,
            route: Some(route.settings.name.clone()),
            parts: i32::try_from(parts).unwrap_or(i32::MAX),
            reference: reference.map(i32::from),
            recipient_keys: vec![self.app.contact_keys.index(self.number)],
            mail_id: None,
            return_key: None,
        };
        match submissions::submit(&self.reports.submissions, submission).await {
            Some(version) => self.message.version = version,
            None => return Tried::End(End::Released),
        }
        let verdict = self.parts(route, place, &payloads).await;
        self.conclude(route, verdict)
    }

    /// The parts as the route takes them; none when there are too many.
    async fn payloads(&self, route: &Route) -> Result<Option<(Payloads, Option<u16>)>> {
        let Ok(alone) = route.payloads(&self.text, 0) else { return Ok(None) };
        if alone.short_messages.len() < 2 {
            return Ok(Some((alone, None)));
        }
        // What goes out of a message later is joined to what went before.
        let known = self.known.first().filter(|part| part.route == route.settings.name);
        let reference = match known.and_then(|part| part.reference) {
            Some(reference) => reference,
            None => {
                let key = self.app.contact_keys.index(self.number);
                let mut reader = self.app.db.read(&Call::system("send-messages")).await?;
                parts::update_next_reference(&mut reader, &key).await?
            }
        };
        let reference = u16::try_from(reference).unwrap_or_default();
        let joined = route.payloads(&self.text, reference).ok();
        Ok(joined.map(|payloads| (payloads, Some(reference))))
    }

    /// Submits one part after the other, as long as each is accepted.
    async fn parts(&mut self, route: &Route, place: Place<'_>, payloads: &Payloads) -> Verdict {
        let mut place = Some(place);
        let until = Instant::now() + PARTS_WITHIN;
        for number in (1_i16..).take(payloads.short_messages.len()) {
            if self.known.iter().any(|part| part.number == number && part.carrier_id.is_some()) {
                continue;
            }
            let held = match place.take() {
                Some(place) => place,
                None => match timeout_at(until, route.gate.enter(self.priority)).await {
                    Ok(Some(place)) => place,
                    Ok(None) | Err(_) => return Verdict::NotSent,
                },
            };
            if timeout_at(until, route.gate.pace(self.priority)).await.is_err() {
                return Verdict::NotSent;
            }
            let message_id = self.message.message_id;
            let part = Part { message_id, number, to: self.number, text: &self.text, payloads };
            let answered = route.submit(&part).await;
            drop(held);
            let verdict = answer::verdict(answered.answer);
            told(route, answered.answer, verdict);
            match verdict {
                Verdict::Accepted => {
                    route.gate.took();
                    let id = answered.carrier_id.unwrap_or_default();
                    self.accepted.push((number, route.settings.receipt_ids.of_answer(&id)));
                }
                Verdict::RouteWaits(wanted) => {
                    route.gate.pause(wanted);
                    return verdict;
                }
                verdict => return verdict,
            }
        }
        Verdict::Accepted
    }

    fn conclude(&self, route: &Route, verdict: Verdict) -> Tried {
        let is_begun = !self.accepted.is_empty() || self.known.iter().any(|part| part.carrier_id.is_some());
        let only = |bound: bool| (bound || is_begun).then(|| route.settings.name.clone());
        let now = self.app.foundation.clock.now();
        match verdict {
            Verdict::Accepted => {
                let promised = route.settings.receipts != ReceiptsOf::None;
                Tried::End(End::Accepted(promised.then(|| now + RECEIPT_WITHIN)))
            }
            Verdict::Unknown => {
                Tried::End(End::Failed(message::Ended::Unknown, Some("NO_ANSWER".to_owned())))
            }
            Verdict::Rejected(Refusal::ByThisRoute) if !is_begun => Tried::Next(rejected("REFUSED")),
            Verdict::Rejected(Refusal::NoSuchNumber) => Tried::End(rejected(NO_SUCH_NUMBER)),
            Verdict::Rejected(_) => Tried::End(rejected("REFUSED")),
            Verdict::RouteWaits(_) => {
                Tried::End(End::Later(Later { route: only(false), ..Later::default() }))
            }
            Verdict::Deferred { same_route } => Tried::End(match put_off(self.app, self.message, true) {
                End::Later(later) => End::Later(Later { route: only(same_route), ..later }),
                end => end,
            }),
            Verdict::NotSent if !is_begun => Tried::Next(put_off(self.app, self.message, false)),
            Verdict::NotSent => Tried::End(End::Later(Later {
                due_at: Some(now + WAIT_FOR_OTHERS),
                route: only(true),
                ..Later::default()
            })),
        }
    }
}

fn rejected(reason: &str) -> End {
    End::Failed(message::Ended::Rejected, Some(reason.to_owned()))
}

/// Counts what a carrier answered, and logs what somebody may want to look at.
fn told(route: &Route, answer: Answer, verdict: Verdict) {
    let outcome = match verdict {
        Verdict::Accepted => "ACCEPTED",
        Verdict::RouteWaits(_) => "ROUTE_WAITS",
        Verdict::Deferred { .. } => "DEFERRED",
        Verdict::Rejected(_) => "REJECTED",
        Verdict::Unknown => "UNKNOWN",
        Verdict::NotSent => "NOT_SENT",
    };
    let name = route.settings.name.clone();
    metrics::counter!("careway_segments_total", "route" => name.clone(), "outcome" => outcome).increment(1);
    if !matches!(verdict, Verdict::Accepted | Verdict::RouteWaits(_)) {
        tracing::warn!(route = name, ?answer, outcome, "a carrier did not take a message");
    }
}
