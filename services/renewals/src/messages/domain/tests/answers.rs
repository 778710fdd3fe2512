//! What a carrier's answers make of a message.

use std::time::Duration;

use super::{
    super::sms::answer::{
        Answer, BindVerdict, HttpAnswer, Refusal, Verdict, bind_pause, bind_verdict, verdict,
    },
    text, vectors,
};

const ENQUIRE_EVERY: Duration = Duration::from_secs(30);

#[test]
fn an_answer_makes_of_a_message_what_the_vectors_say() {
    for row in vectors("submit-answers.jsonl") {
        let (answer, then) = (text(&row, "answer"), text(&row["expect"], "then"));
        if let Some(bind) = answer.strip_prefix("bind: ") {
            assert_eq!(text(&row["expect"], "outcome"), "NOT_SENT");
            assert!(follows_a_bind(bind_verdict(status(bind)), then), "{}: {then}", row["id"]);
            continue;
        }
        let found = read(answer);
        assert_eq!(outcome(found), text(&row["expect"], "outcome"), "{}: {answer}", row["id"]);
        assert!(follows(found, then), "{}: {found:?} is not: {then}", row["id"]);
    }
}

/// The answer in the words of the vectors.
fn read(answer: &str) -> Verdict {
    let http = |status| HttpAnswer { status, ..HttpAnswer::default() };
    let answer = match answer {
        // Each part is judged by itself: what was accepted is not submitted again.
        "two parts accepted, the third throttled" => Answer::Smpp(0x58),
        "no answer before the time-out"
        | "connection lost after the PDU was written"
        | "enquire_link unanswered" => Answer::Missing,
        "connection refused before anything was written" => Answer::NotWritten,
        "200 with an id" => Answer::Http(HttpAnswer { has_id: true, ..http(200) }),
        "200 without an id and with status=failed" => Answer::Http(http(200)),
        "429 Retry-After: 30" => {
            Answer::Http(HttpAnswer { retry_after: Some(Duration::from_secs(30)), ..http(429) })
        }
        "504, the provider takes a client id" => {
            Answer::Http(HttpAnswer { takes_client_id: true, ..http(504) })
        }
        smpp if smpp.starts_with("ESME_") => Answer::Smpp(status(smpp)),
        status => Answer::Http(http(status[..3].parse().unwrap())),
    };
    verdict(answer)
}

/// `ESME_ROK 0x00`.
fn status(answer: &str) -> u32 {
    u32::from_str_radix(answer.rsplit("0x").next().unwrap(), 16).unwrap()
}

fn outcome(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted => "ACCEPTED",
        Verdict::RouteWaits(_) | Verdict::Deferred { .. } => "DEFERRED",
        Verdict::Rejected(_) => "REJECTED",
        Verdict::Unknown => "UNKNOWN",
        Verdict::NotSent => "NOT_SENT",
    }
}

fn follows(verdict: Verdict, then: &str) -> bool {
    match then {
        "the whole route waits; no attempt is counted; the message keeps its place"
        | "as throttled"
        // Which part is submitted again follows from the parts' own verdicts.
        | "only the third part is submitted again, with the same reference" => {
            verdict == Verdict::RouteWaits(None)
        }
        "the route waits 30 s" => verdict == Verdict::RouteWaits(Some(Duration::from_secs(30))),
        "counts an attempt" => verdict == Verdict::Deferred { same_route: false },
        "repeated with the same client id, on this route only" => {
            verdict == Verdict::Deferred { same_route: true }
        }
        "the number becomes suspect" => verdict == Verdict::Rejected(Refusal::NoSuchNumber),
        "no other route" => verdict == Verdict::Rejected(Refusal::ForGood),
        "next route, for it was definitely refused" => verdict == Verdict::Rejected(Refusal::ByThisRoute),
        "next route at once" => verdict == Verdict::NotSent,
        "never sent again, on no route; a late answer or a receipt settles it"
        | "as a time-out"
        | "not repeated"
        | "for what was under way; close and bind anew; queued messages stay queued" => {
            verdict == Verdict::Unknown
        }
        "keep the id of each part" | "a 200 alone is no acceptance" | "" => true,
        other => panic!("nobody shows: {other}"),
    }
}

fn follows_a_bind(verdict: BindVerdict, then: &str) -> bool {
    let pause = |refusals| bind_pause(verdict, refusals, ENQUIRE_EVERY);
    match then {
        "unbind and close the old session, wait at least its enquire_link interval, bind once" => {
            verdict == BindVerdict::AlreadyBound && pause(1) >= ENQUIRE_EVERY
        }
        "route down, alarm; binds again with growing pauses, five minutes and more"
        | "route down, alarm, growing pauses" => {
            let five_minutes = Duration::from_secs(300);
            verdict == BindVerdict::Refused && pause(1) >= five_minutes && pause(2) > pause(1)
        }
        other => panic!("nobody shows: {other}"),
    }
}
