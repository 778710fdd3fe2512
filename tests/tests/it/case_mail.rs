//! Mail through REST: what it becomes, what waits for a person, and an answer to a mail of ours that finds its case.

use std::{fs, time::Duration};

use careway_tests::{
    Answer, Mail, Message, Request, Rest, SUPPORT, Support, TestPlatform, accepted, refused, until,
};
use serde_json::{Value, json};
use uuid::Uuid;

/// A mail of somebody with an id of its own.
fn mail(name: &str, subject: &str, text: &str) -> Mail {
    Mail::new(&Support::address(name), subject, text, &Uuid::new_v4().to_string())
}

/// Delivers a mail; what it became, why and of which case.
async fn deliver(platform: &TestPlatform, mail: &Mail, to: &str) -> (String, String, String) {
    let answer = mail.deliver(&platform.operator().await, to).await.unwrap().ok().unwrap();
    let field = |name: &str| answer.text(&format!("outcomes.0.{name}")).to_owned();
    (field("outcome"), field("reason"), field("caseId"))
}

async fn became(platform: &TestPlatform, mail: &Mail, to: &str, outcome: &str, reason: &str) -> String {
    let (found, why, case) = deliver(platform, mail, to).await;
    assert_eq!((&*found, &*why), (outcome, reason));
    case
}

/// The mails about a case to somebody, the oldest first.
async fn about(platform: &TestPlatform, name: &str, number: &str) -> Vec<Message> {
    platform.sent().await;
    let mut mails = platform.messages_to(&Support::address(name)).await;
    mails.retain(|mail| mail.subject.as_deref().is_some_and(|subject| subject.contains(number)));
    mails
}

async fn messages(by: &Rest, case: &str) -> Answer {
    accepted(200, by.get(&format!("/v1/cases/{case}/messages"))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_a_mail_of_ours_is_in_its_case_and_others_are_told() {
    let platform = TestPlatform::start().await;
    let support = Support::of(&platform).await;
    let opened = support.open(&json!({})).await;
    let (case, number) = (opened.text("case.caseId").to_owned(), opened.text("case.number").to_owned());
    let farhana = support.account(&support.farhana).await;
    let with = support.tanvir.put(&format!("/v1/cases/{case}/participants/{farhana}"), json!({}));
    accepted(200, with).await;
    let words = json!({"body": "Which clinic do you mean?"});
    accepted(200, support.grace.post(&format!("/v1/cases/{case}/messages"), words)).await;
    let told = about(&platform, "tanvir", &number).await.pop().unwrap();
    assert!(told.text.contains("Which clinic do you mean?"));

    // To the address that it came from, with what it quotes.
    platform.advance(Duration::from_secs(60));
    let marker = told.text.lines().next().unwrap();
    let text = format!("The one in Dhanmondi.\n\n{marker}\n> Which clinic do you mean?");
    let subject = format!("Re: {}", told.subject.as_deref().unwrap());
    let answer = mail("tanvir", &subject, &text).answering(&told.headers["Message-ID"]);
    assert_eq!(became(&platform, &answer, &told.headers["Reply-To"], "APPENDED", "").await, case);
    assert_eq!(became(&platform, &answer, &told.headers["Reply-To"], "DUPLICATE", "").await, case);
    // The plus is stripped, and the reference is in nothing but the mail that is answered.
    let other = mail("farhana", &subject, "Since Sunday.").answering(&told.headers["Message-ID"]);
    assert_eq!(became(&platform, &other, SUPPORT, "APPENDED", "").await, case);
    let said = messages(&support.nusrat, &case).await;
    let bodies: Vec<_> = said.list("messages").iter().map(|it| it["body"].as_str().unwrap()).collect();
    assert_eq!(bodies[2..], ["The one in Dhanmondi.", "Since Sunday."], "without what is quoted");
    assert!(said.list("messages")[2..].iter().all(|it| it["channel"] == "MAIL"));
    let of_farhana = about(&platform, "farhana", &number).await;
    assert!(of_farhana.iter().any(|mail| mail.text.contains("The one in Dhanmondi.")));

    // The mail itself is support's to read, as it came.
    let original = said.text("messages.2.messageId");
    let original = format!("/v1/cases/{case}/messages/{original}/original");
    let read = accepted(200, support.grace.get(&original)).await;
    assert!(String::from_utf8_lossy(&read.content).contains("> Which clinic do you mean?"));
    refused(403, "PERMISSION_DENIED", support.tanvir.get(&original)).await;

    // Of support's people a mail is a note.
    let to_grace = about(&platform, "grace", &number).await.pop().unwrap();
    let note = mail("grace", &subject, "He is right.").answering(&to_grace.headers["Message-ID"]);
    assert_eq!(became(&platform, &note, SUPPORT, "APPENDED", "").await, case);
    assert_eq!(messages(&support.tanvir, &case).await.list("messages").len(), 4);
    assert_eq!(messages(&support.grace, &case).await.list("messages").len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_opens_a_case_and_none_is_added_to_a_closed_one() {
    let platform = TestPlatform::start().await;
    let support = Support::of(&platform).await;
    let written =
        mail("tanvir", "Opening hours", "As in the file.").with_file("hours.txt", "text/plain", "10-17");
    let case = became(&platform, &written, SUPPORT, "NEW_CASE", "").await;
    let path = format!("/v1/cases/{case}");
    let opened = accepted(200, support.farhana.get(&path)).await;
    let number = opened.text("case.number").to_owned();
    assert_eq!((opened.text("case.channel"), opened.text("case.topic")), ("MAIL", "mail"));
    assert_eq!(opened.text("case.subject"), "Opening hours");
    let said = messages(&support.farhana, &case).await;
    assert_eq!(said.text("messages.0.attachments.0.fileName"), "hours.txt");
    let receipt = about(&platform, "tanvir", &number).await;
    assert_eq!(receipt.len(), 1, "its author reads that it came");
    assert_eq!(receipt[0].headers["Auto-Submitted"], "auto-replied");
    assert_eq!(receipt[0].headers["Return-Path"], "<>", "nothing answers an answer");

    accepted(200, support.tanvir.post(&format!("{path}/close"), json!({}))).await;
    platform.sent().await;
    let to = &receipt[0].headers["Reply-To"];
    let before = about(&platform, "tanvir", &number).await.len();
    for words in ["One more thing.", "Did you get it?"] {
        platform.advance(Duration::from_secs(60));
        assert_eq!(
            became(&platform, &mail("tanvir", "Re: Opening hours", words), to, "REFUSED", "CASE_CLOSED")
                .await,
            case
        );
    }
    assert_eq!(about(&platform, "tanvir", &number).await.len(), before + 1, "told once a day");
    let more = json!({"description": "The hours of Friday are missing."});
    let followed = accepted(201, support.tanvir.post(&format!("{path}/follow-ups"), more)).await;
    let late = mail("tanvir", "Re: Opening hours", "From ten to two.");
    assert_eq!(became(&platform, &late, to, "APPENDED", "").await, followed.text("case.caseId"));

    // A reader's mail is kept and refused, another partner's is held: what finds a case gives no right.
    let number = followed.text("case.number");
    let reader = mail("nusrat", &format!("Re: [{number}]"), "May I say something?");
    became(&platform, &reader, SUPPORT, "REFUSED", "READ_ONLY").await;
    let stranger = mail("linh", "Re: Opening hours", "Let me in.");
    became(&platform, &stranger, to, "HELD", "SENDER_OF_OTHER_ORGANIZATION").await;
    let guessed = mail("linh", &format!("Re: [{number}]"), "Let me in by the number.");
    assert_ne!(became(&platform, &guessed, SUPPORT, "NEW_CASE", "").await, followed.text("case.caseId"));
    assert_eq!(messages(&support.tanvir, followed.text("case.caseId")).await.list("messages").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_is_decided_by_a_person_once() {
    let platform = TestPlatform::start().await;
    let support = Support::of(&platform).await;
    let Support { tanvir, grace, paul, linh, .. } = &support;
    let forged = mail("tanvir", "Our account", "Please pay to the new one.").forged();
    became(&platform, &forged, SUPPORT, "HELD", "NOT_AUTHENTICATED").await;
    let unknown = Mail::new("somebody@elsewhere.example", "Hello", "Who are you?", "hello-1");
    became(&platform, &unknown, SUPPORT, "HELD", "SENDER_UNKNOWN").await;
    assert_eq!(deliver(&platform, &unknown, "nobody@careway.example").await.0, "NOT_OURS");

    refused(403, "PERMISSION_DENIED", tanvir.get("/v1/held-mail")).await;
    let held = accepted(200, grace.get("/v1/held-mail")).await;
    let id_of = |subject: &str| {
        let found = held.list("heldMail").iter().find(|it| it["subject"] == subject).unwrap();
        assert!(found["decision"].is_null(), "{found}");
        found["inboundMailId"].as_str().unwrap().to_owned()
    };
    let (forged, unknown) = (id_of("Our account"), id_of("Hello"));
    let path = |id: &str, verb: &str| format!("/v1/held-mail/{id}/{verb}");

    let tanvir_id = support.account(tanvir).await;
    let accept = json!({"organizationId": support.partner, "accountId": tanvir_id});
    refused(403, "SUPPORT_ONLY", grace.post(&path(&forged, "accept"), accept.clone())).await;
    let foreign = json!({"organizationId": support.partner, "accountId": support.account(linh).await});
    refused(422, "PARTICIPANT_NOT_MEMBER", paul.post(&path(&forged, "accept"), foreign)).await;
    let reader =
        json!({"organizationId": support.partner, "accountId": support.account(&support.nusrat).await});
    refused(422, "PARTICIPANT_NOT_MEMBER", paul.post(&path(&forged, "accept"), reader)).await;
    let both = json!({"organizationId": support.partner, "caseId": forged, "accountId": tanvir_id});
    refused(400, "INVALID_REQUEST", paul.post(&path(&forged, "accept"), both)).await;
    let key = "a-held-mail-that-is-accepted";
    let taken = accepted(200, paul.post(&path(&forged, "accept"), accept.clone()).key(key)).await;
    let again = accepted(200, paul.post(&path(&forged, "accept"), accept.clone()).key(key)).await;
    assert_eq!(taken.body, again.body);
    let said = messages(tanvir, taken.text("caseId")).await;
    assert_eq!(said.text("messages.0.body"), "Please pay to the new one.");
    assert_eq!(said.text("messages.0.authorId"), tanvir_id);

    accepted(204, grace.post(&path(&unknown, "discard"), json!({}))).await;
    for (id, verb, body) in
        [(&forged, "accept", &accept), (&forged, "discard", &json!({})), (&unknown, "accept", &accept)]
    {
        refused(409, "MAIL_DECIDED", paul.post(&path(id, verb), body.clone())).await;
    }
    let nothing = "01890a5d-ac96-774b-bcce-b302099a8057";
    refused(404, "NOT_FOUND", grace.post(&path(nothing, "discard"), json!({}))).await;
    assert_eq!(accepted(200, grace.get("/v1/held-mail")).await.at("heldMail"), &Value::Array(vec![]));
    assert!(
        platform.messages_to("somebody@elsewhere.example").await.is_empty(),
        "outsiders are not written to"
    );
    refused(403, "PERMISSION_DENIED", grace.upload("/v1/inbound-mail?rcptTo=x", "message/rfc822", "x")).await;
}

/// Every gateway has heard of it within a moment.
async fn soon(status: u16, reason: &str, ask: impl Fn() -> Request) {
    let refused = until(reason, async || {
        let answer = ask().await?;
        Ok((answer.status.as_u16() == status && answer.reason() == reason).then_some(()))
    });
    refused.await.unwrap();
}

/// While it lasts no mail can be delivered.
struct Away<'p>(&'p TestPlatform);

impl<'p> Away<'p> {
    async fn begin(platform: &'p TestPlatform) -> Self {
        platform.sent().await;
        fs::rename(platform.folder(), platform.folder().with_extension("aside")).unwrap();
        Self(platform)
    }

    async fn end(self) {
        let Self(platform) = self;
        fs::rename(platform.folder().with_extension("aside"), platform.folder()).unwrap();
        platform.advance(Duration::from_secs(600));
        platform.sent().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_loses_access_loses_portal_mail_and_what_is_queued_at_once() {
    let platform = TestPlatform::start().await;
    let support = Support::of(&platform).await;
    let Support { tanvir, farhana, nusrat, grace, .. } = &support;
    let opened = support.open(&json!({})).await;
    let (path, number) =
        (format!("/v1/cases/{}", opened.text("case.caseId")), opened.text("case.number").to_owned());
    let (tanvir_id, nusrat_id) = (support.account(tanvir).await, support.account(nusrat).await);
    accepted(200, tanvir.put(&format!("{path}/participants/{nusrat_id}"), json!({}))).await;
    accepted(200, nusrat.put(&format!("{path}/watch"), json!({}))).await;
    let receipt = about(&platform, "tanvir", &number).await.pop().unwrap();
    let to = receipt.headers["Reply-To"].clone();
    let say = async |words: &str| {
        platform.advance(Duration::from_secs(60));
        accepted(200, grace.post(&format!("{path}/messages"), json!({"body": words}))).await;
    };

    // Fewer roles: he reads on and writes no more, here and by mail.
    let account = format!("/v1/accounts/{tanvir_id}");
    let version = accepted(200, farhana.get(&account)).await;
    let shrunk = farhana.patch(&account, json!({"roles": ["READER"]})).if_match(version.etag());
    accepted(200, shrunk).await;
    // Nothing is said: while he may, that is what is wrong.
    let messages = format!("{path}/messages");
    soon(403, "PERMISSION_DENIED", || tanvir.post(&messages, json!({}))).await;
    became(&platform, &mail("tanvir", "Re: price", "May I still write?"), &to, "REFUSED", "READ_ONLY").await;
    accepted(200, tanvir.get(&path)).await;
    assert_eq!(accepted(200, grace.get(&path)).await.list("case.participantIds").len(), 2);

    // Disabled: nothing of what waits for the mail server comes, and she takes part no more.
    let before = about(&platform, "nusrat", &number).await.len();
    let away = Away::begin(&platform).await;
    say("For those who may read.").await;
    accepted(200, farhana.post(&format!("/v1/accounts/{nusrat_id}/disable"), json!({}))).await;
    soon(401, "TOKEN_REJECTED", || nusrat.get(&path)).await;
    platform.settle().await;
    let left = accepted(200, grace.get(&path)).await;
    assert_eq!(
        (left.at("case.participantIds"), left.at("case.watcherIds")),
        (&json!([tanvir_id]), &json!([]))
    );
    away.end().await;
    assert_eq!(about(&platform, "nusrat", &number).await.len(), before);
    let told = about(&platform, "tanvir", &number).await;
    assert!(told.last().unwrap().text.contains("For those who may read."), "others are told");
    became(&platform, &mail("nusrat", "Re: price", "Hello?"), &to, "HELD", "ACCESS_REVOKED").await;

    // Suspended: the same for all of the organization, and what was to be sent does not come when it is back.
    accepted(200, tanvir.put(&format!("{path}/watch"), json!({}))).await;
    let before = told.len();
    let away = Away::begin(&platform).await;
    say("For nobody.").await;
    let operator = platform.operator().await;
    let organization = format!("/v1/organizations/{}", support.partner);
    let set = async |status: &str| {
        let version = accepted(200, operator.get(&organization)).await;
        let set = operator.patch(&organization, json!({"status": status})).if_match(version.etag());
        accepted(200, set).await;
        platform.settle().await;
    };
    set("SUSPENDED").await;
    soon(401, "TOKEN_REJECTED", || tanvir.get(&path)).await;
    became(&platform, &mail("farhana", "Re: price", "Are you there?"), &to, "HELD", "ACCESS_REVOKED").await;
    assert_eq!(accepted(200, grace.get(&path)).await.at("case.watcherIds"), &json!([]));
    set("ACTIVE").await;
    away.end().await;
    assert_eq!(about(&platform, "tanvir", &number).await.len(), before);
    say("And you are back.").await;
    assert_eq!(about(&platform, "tanvir", &number).await.len(), before + 1, "he takes part as before");
}
