//! Words planted in cases, in notes, in other organizations' cases, in mails and in held mail, and every reference: nobody else's
//! answer has them, no event, no mail to others, and no line of the log.

use std::collections::{BTreeMap, BTreeSet};

use async_nats::jetstream;
use careway_testing::{LmtpClient, capture_logs};
use careway_tests::{Events, Message, Rest, Support, TestPlatform, accepted};
use futures::TryStreamExt;
use serde_json::json;

/// A partner's subject, words and mailed words.
const OF_PARTNER: [&str; 3] = ["quockerwodger", "taradiddle", "collywobbles"];
/// Another partner's.
const OF_OTHER: [&str; 2] = ["snollygoster", "gobemouche"];
/// Support's: a note, the name and the content of its file, a note by mail, and a mail that is held.
const OF_SUPPORT: [&str; 5] = ["zanthoxylum", "ebracteate", "widdershins", "mumpsimus", "floccinaucinihil"];

const PEOPLE: [&str; 6] = ["tanvir", "farhana", "nusrat", "linh", "grace", "paul"];

/// A mail of somebody's of the platform's tests.
fn mail(from: &str, verdict: &str, words: &str) -> String {
    let address = Support::address(from);
    format!(
        "Authentication-Results: mx.careway.example; dmarc={verdict}\r\nFrom: {address}\r\n\
         Message-ID: <{words}@careway.example>\r\nSubject: Re\r\n\r\n{words}\r\n"
    )
}

/// Everything about cases that somebody may ask, whatever the answer is.
async fn answers(by: &Rest, things: &[String]) -> String {
    let words = OF_PARTNER.iter().chain(&OF_OTHER).chain(&OF_SUPPORT);
    let searches = words.map(|word| format!("/v1/cases?q={word}"));
    let lists = ["/v1/cases", "/v1/held-mail", "/v1/case-forms"].map(str::to_owned);
    let mut told = String::new();
    for path in lists.into_iter().chain(searches).chain(things.iter().cloned()) {
        let answer = by.get(&path).await.expect("an answer, whatever it is");
        told += &format!("{path}: {:?} {}\n", answer.headers, String::from_utf8_lossy(&answer.content));
    }
    // What was asked for is no answer.
    told.lines()
        .map(|line| line.split_once(": ").map_or(line, |(_, answer)| answer).to_owned() + "\n")
        .collect()
}

/// What a watch tells up to a case.
async fn watched(mut watch: Events, case: &str) -> String {
    let mut told = String::new();
    while !told.contains(case) {
        told += &format!("{:?}\n", watch.next().await.expect("the next event"));
    }
    told
}

/// All that is in the platform's streams.
async fn published(platform: &TestPlatform) -> String {
    let jetstream = jetstream::new(platform.foundation().nats.clone());
    let ours = format!("{}_", platform.foundation().prefix.to_uppercase());
    let names: Vec<String> = jetstream.stream_names().try_collect().await.unwrap();
    let mut told = String::new();
    for name in names.iter().filter(|name| name.starts_with(&ours)) {
        let stream = jetstream.get_stream(name).await.unwrap();
        let state = stream.cached_info().state.clone();
        for place in state.first_sequence..=state.last_sequence {
            let Ok(message) = stream.direct_get(place).await else { continue };
            told += &format!(
                "{} {:?} {}\n",
                message.subject,
                message.headers,
                String::from_utf8_lossy(&message.payload)
            );
        }
    }
    assert!(told.contains("CaseMessageAdded") && told.contains("CaseNoteAdded"), "events were published");
    told
}

fn references(mails: &[Message]) -> BTreeSet<String> {
    let answers = mails.iter().filter_map(|mail| mail.headers.get("Reply-To"));
    answers.filter_map(|to| Some(to.split_once('+')?.1.split_once('@')?.0.to_owned())).collect()
}

fn has_none(what: &str, text: &str, words: impl IntoIterator<Item = impl AsRef<str>>) {
    for word in words {
        let found: Vec<_> = text.lines().filter(|line| line.contains(word.as_ref())).take(3).collect();
        assert!(found.is_empty(), "{what} has {}: {found:#?}", word.as_ref());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_in_cases_is_nobody_elses_to_hear() {
    let logs = capture_logs();
    let socket = std::env::temp_dir().join(format!("careway-{}.lmtp", std::process::id()));
    let platform = TestPlatform::with(&[
        ("CAREWAY_CASES_AUTHSERV_ID", "mx.careway.example"),
        ("CAREWAY_CASES_LMTP_LISTEN", &format!("unix:{}", socket.display())),
    ])
    .await;
    let support = Support::of(&platform).await;
    let Support { tanvir, farhana, nusrat, linh, grace, paul, .. } = &support;
    let watches = [tanvir, linh].map(async |by| Events::open(by, "/v1/cases/watch", None).await.unwrap());
    let [by_tanvir, by_linh] = watches;
    let (by_tanvir, by_linh) = (by_tanvir.await, by_linh.await);
    let mut conversation = LmtpClient::connect(&socket).await.unwrap();
    let mut deliver = async |from: &str, to: &str, raw: String| {
        let from = Support::address(from);
        let replies = conversation.deliver(&from, &[to], raw.as_bytes()).await.unwrap();
        replies[0].split(' ').nth(2).unwrap_or_default().to_owned()
    };

    let case = support.open(&json!({"subject": OF_PARTNER[0], "description": OF_PARTNER[1]})).await;
    let other = support.opening(linh, &json!({"subject": OF_OTHER[0], "description": OF_OTHER[1]}));
    let other = accepted(201, other).await;
    let [path, other_path] = [&case, &other].map(|case| format!("/v1/cases/{}", case.text("case.caseId")));
    // Support is told of a new case as long as nobody has it.
    platform.sent().await;
    accepted(200, grace.post(&format!("{path}/assign"), json!({}))).await;
    let file = format!("{path}/attachments?fileName={}.txt", OF_SUPPORT[1]);
    let file = accepted(
        201,
        grace
            .upload(&file, "text/plain", format!("{} it is", OF_SUPPORT[2]))
            .key("a-file-of-a-note-like-no-other"),
    )
    .await;
    let file = file.text("attachment.attachmentId").to_owned();
    let note = json!({"body": OF_SUPPORT[0], "internal": true, "attachmentIds": [file]});
    let note = accepted(200, grace.post(&format!("{path}/messages"), note)).await;
    let note = note.text("message.messageId").to_owned();
    platform.sent().await;
    let reply_to = |mails: &[Message]| mails.last().unwrap().headers["Reply-To"].clone();
    let told = platform.messages_to(&Support::address("tanvir")).await;
    assert_eq!(deliver("tanvir", &reply_to(&told), mail("tanvir", "pass", OF_PARTNER[2])).await, "APPENDED");
    platform.sent().await;
    let told = platform.messages_to("grace@careway.example").await;
    assert_eq!(deliver("grace", &reply_to(&told), mail("grace", "pass", OF_SUPPORT[3])).await, "APPENDED");
    assert_eq!(
        deliver("tanvir", "support@careway.example", mail("tanvir", "fail", OF_SUPPORT[4])).await,
        "HELD"
    );
    let reason = json!({"message": "It is mended."});
    accepted(200, grace.post(&format!("{path}/solve"), reason)).await;
    let [last, last_other] =
        [tanvir, linh].map(async |by| accepted(201, support.opening(by, &json!({}))).await);
    let (last, last_other) = (last.await, last_other.await);
    platform.sent().await;

    let mut mails = BTreeMap::new();
    for who in PEOPLE {
        mails.insert(who, platform.messages_to(&Support::address(who)).await);
    }
    let all: BTreeSet<String> = mails.values().flat_map(|mails| references(mails)).collect();
    assert!(all.len() >= 4, "everybody who is told of a case has a reference of it: {all:?}");
    let support_knows = |word: &str| mails["grace"].iter().any(|mail| mail.text.contains(word));
    assert!(OF_PARTNER[1..].iter().all(|word| support_knows(word)), "mails carry words");

    // Mails: one's own organization's words, and one's own references.
    for (who, mails) in &mails {
        let own = references(mails);
        let text: String = mails
            .iter()
            .map(|mail| format!("{:?} {} {:?}\n", mail.subject, mail.text, mail.headers))
            .collect();
        has_none(&format!("mail to {who}"), &text, all.difference(&own));
        match *who {
            "linh" => has_none("mail to linh", &text, OF_PARTNER.iter().chain(&OF_SUPPORT)),
            "grace" | "paul" => has_none("mail to support", &text, [OF_SUPPORT[4]]),
            who => has_none(&format!("mail to {who}"), &text, OF_OTHER.iter().chain(&OF_SUPPORT)),
        }
    }
    // Answers, and what watches tell.
    let mut things: Vec<String> = [&path, &other_path]
        .into_iter()
        .flat_map(|path| ["", "/messages", "/history"].map(|of| format!("{path}{of}")))
        .collect();
    things.extend([format!("{path}/messages/{note}/original"), format!("/v1/case-attachments/{file}")]);
    things.push(format!("/v1/case-attachments/{file}/content"));
    for (who, by) in [
        ("tanvir", tanvir),
        ("farhana", farhana),
        ("nusrat", nusrat),
        ("linh", linh),
        ("grace", grace),
        ("paul", paul),
    ] {
        let mut told = answers(by, &things).await;
        has_none(&format!("an answer to {who}"), &told, &all);
        match who {
            "grace" | "paul" => {
                assert!(OF_SUPPORT.iter().all(|word| told.contains(word)), "{who} reads all of it");
                continue;
            }
            "linh" => {
                assert!(OF_OTHER.iter().all(|word| told.contains(word)), "she reads her own");
                has_none("an answer to linh", &told, OF_PARTNER.iter().chain(&[case.text("case.number")]));
            }
            who => {
                assert!(OF_PARTNER.iter().all(|word| told.contains(word)), "{who} reads the partner's own");
                has_none(&format!("an answer to {who}"), &told, OF_OTHER);
            }
        }
        told.make_ascii_lowercase();
        has_none(&format!("an answer to {who}"), &told, OF_SUPPORT);
    }
    let told = watched(by_tanvir, last.text("case.caseId")).await;
    has_none("tanvir's watch", &told, OF_OTHER.iter().chain(&OF_SUPPORT).chain(&[other.text("case.caseId")]));
    let told = watched(by_linh, last_other.text("case.caseId")).await;
    has_none("linh's watch", &told, OF_PARTNER.iter().chain(&OF_SUPPORT).chain(&[case.text("case.caseId")]));

    // Events and the log have nobody's.
    let everything = OF_PARTNER.iter().chain(&OF_OTHER).chain(&OF_SUPPORT).map(|word| (*word).to_owned());
    let everything: Vec<String> = everything.chain(all).collect();
    has_none("an event", &published(&platform).await, &everything);
    let told = logs.text();
    assert!(told.len() > 100_000, "the logs were not captured: {} bytes", told.len());
    has_none("the log", &told, &everything);
    let _ = std::fs::remove_file(&socket);
}
