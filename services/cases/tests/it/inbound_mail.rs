//! Every mail and every sequence of the vectors, in their world on a real database.

use std::{collections::HashMap, time::Duration};

use careway_contract::cases::v1::{
    AcceptHeldMailRequest, DiscardHeldMailRequest, DownloadOriginalMailRequest, ListHeldMailRequest,
    MailOutcome, mail_outcome::Outcome,
};
use careway_testing::{eventually, refusal};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    test_inbox::TestInbox,
    test_world::{list, read, rows, text},
};

#[tokio::test(flavor = "multi_thread")]
async fn every_mail_becomes_what_it_is_expected_to() {
    // A world takes a while to make: mails that change no case of it share one, but not so many that no answer goes back.
    const MOST_IN_A_WORLD: usize = 8;
    let (mut inbox, mut taken) = (TestInbox::start().await, 0);
    for row in rows("mails.jsonl") {
        if row["expect"]["stateAfter"].is_string() || taken == MOST_IN_A_WORLD {
            (inbox, taken) = (TestInbox::start().await, 0);
        }
        let mail = take(&inbox, &row, &mut HashMap::new()).await;
        if row["expect"]["notices"].is_array() {
            inbox.tells(text(&row["file"]), mail, &row["expect"]["notices"]).await;
        }
        taken += 1;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sequences_become_what_they_are_expected_to() {
    for row in rows("sequences.jsonl") {
        let inbox = TestInbox::start().await;
        let (mut kept, mut is_away, mut unsent) = (HashMap::new(), false, Vec::new());
        for step in list(&row["steps"]) {
            if let Some(who) = step["disable"].as_str() {
                inbox.world.disable(who);
            }
            is_away = step["mailServer"].as_str().map_or(is_away, |server| server == "away");
            if step["file"].is_string() {
                let mail = take(&inbox, step, &mut kept).await;
                unsent.push((mail, step));
            }
            // Who is told is decided when it is sent.
            if !is_away {
                for (mail, sent) in unsent.drain(..).filter(|(_, sent)| sent["expect"]["notices"].is_array())
                {
                    inbox.tells(text(&sent["file"]), mail, &sent["expect"]["notices"]).await;
                }
            }
        }
    }
}

/// Delivers a mail and checks what became of it; the mail as it is kept.
async fn take(inbox: &TestInbox, step: &Value, kept: &mut HashMap<String, String>) -> Uuid {
    let file = text(&step["file"]);
    let raw = inbox.filled(&read(&format!("mails/{file}")));
    let recipient = inbox.filled_text(text(&step["envelope"]["rcptTo"][0]));
    let outcomes = inbox.deliver(text(&step["envelope"]["mailFrom"]), &[&recipient], &raw).await.unwrap();
    let [outcome] = outcomes.as_slice() else { panic!("{file}: {outcomes:?}") };
    check(inbox, file, &step["expect"], outcome, kept).await;
    kept.entry(file.to_owned()).or_insert(outcome.inbound_mail_id.clone());
    Uuid::parse_str(&outcome.inbound_mail_id).unwrap()
}

async fn check(
    inbox: &TestInbox,
    file: &str,
    expect: &Value,
    found: &MailOutcome,
    kept: &HashMap<String, String>,
) {
    assert_eq!(found.outcome().as_str_name(), expect["outcome"], "{file}: {found:?}");
    assert_eq!(found.reason, expect["reason"].as_str().unwrap_or_default(), "{file}");
    if let Some(of) = expect["of"].as_str() {
        assert_eq!(found.inbound_mail_id, kept[of], "{file}");
        return;
    }
    let mail = Uuid::parse_str(&found.inbound_mail_id).unwrap();
    let case = Uuid::parse_str(&found.case_id).ok();
    match found.outcome() {
        Outcome::NewCase => {
            let shown = case.unwrap();
            let organization: Uuid =
                scalar(inbox, "select organization_id from support_case where case_id = $1", shown).await;
            assert_eq!(
                organization,
                inbox.world.organization(text(&expect["organization"])).uuid(),
                "{file}"
            );
        }
        Outcome::Bounce => assert!(!inbox.world.reports().is_empty(), "{file}"),
        _ => assert_eq!(case, expect["case"].as_str().map(|key| inbox.case(key)), "{file}"),
    }
    if let (Some(state), Some(case)) = (expect["stateAfter"].as_str(), case) {
        assert_eq!(inbox.state(case).await, state, "{file}");
    }
    if let Some(author) = expect["author"].as_str() {
        let by: Option<Uuid> =
            scalar(inbox, "select author_id from case_message where inbound_mail_id = $1", mail).await;
        assert_eq!(by, Some(inbox.world.account(author).uuid()), "{file}");
        said(inbox, file, expect, case.unwrap()).await;
    }
    if let Some(answer) = expect.get("answer") {
        let sent: Option<String> =
            scalar(inbox, "select (select answer from automatic_answer where inbound_mail_id = $1)", mail)
                .await;
        assert_eq!(sent.as_deref(), answer.as_str(), "{file}");
    }
    if let Some(mentions) = expect["mentions"].as_array() {
        let linked: Value =
            scalar(inbox, "select identifiers from support_case where case_id = $1", case.unwrap()).await;
        let linked: Vec<&str> = list(&linked).iter().map(|identifier| text(&identifier[1])).collect();
        let numbers: Vec<String> =
            mentions.iter().map(|key| inbox.filled_text(&format!("{{{{number {}}}}}", text(key)))).collect();
        assert_eq!(linked, numbers, "{file}");
    }
    if let Some(files) = expect["attachments"].as_array() {
        let kept: Vec<String> = sqlx::query_scalar(
            "select media_type from case_attachment where case_id = $1 order by attachment_id",
        )
        .bind(case)
        .fetch_all(&inbox.admin)
        .await
        .unwrap();
        assert_eq!(kept.len(), files.len(), "{file}: {kept:?}");
    }
    if let Some(participants) = expect["participants"].as_array() {
        let mut expected: Vec<Uuid> =
            participants.iter().map(|who| inbox.world.account(text(who)).uuid()).collect();
        let mut found: Vec<Uuid> =
            sqlx::query_scalar("select account_id from case_participant where case_id = $1")
                .bind(case)
                .fetch_all(&inbox.admin)
                .await
                .unwrap();
        expected.sort();
        found.sort();
        assert_eq!(found, expected, "{file}");
    }
}

/// What the message says, as support reads it.
async fn said(inbox: &TestInbox, file: &str, expect: &Value, case: Uuid) {
    let messages = inbox.messages("paul", &case.to_string()).await;
    let last = messages.last().unwrap();
    assert!(last.has_original, "{file}");
    assert_eq!(last.internal, expect["internal"] == true, "{file}");
    if let Some(visible) = expect["visible"].as_str() {
        let lines: Vec<&str> = last.body.lines().map(str::trim_end).collect();
        assert_eq!(lines.join("\n"), inbox.filled_text(visible), "{file}");
    }
}

async fn scalar<T>(inbox: &TestInbox, query: &'static str, id: Uuid) -> T
where
    T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    sqlx::query_scalar(query).bind(id).fetch_one(&inbox.admin).await.unwrap()
}

/// A mail of a member that was not authenticated, to no case.
async fn held(inbox: &TestInbox, number: usize) -> String {
    let raw =
        format!("From: tanvir@shondhan.example.org\r\nSubject: Held {number}\r\n\r\nWords {number}.\r\n");
    let outcome =
        inbox.deliver("x@y.example", &["support@careway.example"], raw.as_bytes()).await.unwrap().remove(0);
    assert_eq!((outcome.outcome(), outcome.reason.as_str()), (Outcome::Held, "NOT_AUTHENTICATED"));
    outcome.inbound_mail_id
}

#[tokio::test(flavor = "multi_thread")]
async fn held_mail_is_accepted_or_discarded_once() {
    let inbox = TestInbox::start().await;
    let (first, second) = (held(&inbox, 1).await, held(&inbox, 2).await);
    let listed =
        inbox.mail().list_held_mail(inbox.by("grace", ListHeldMailRequest::default())).await.unwrap();
    let listed = listed.into_inner().held_mail;
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().any(|mail| mail.subject == "Held 1" && mail.text == "Words 1."));
    assert!(listed.iter().all(|mail| mail.author == "tanvir@shondhan.example.org"));

    let account_id = inbox.world.account("tanvir").to_string();
    let organization_id = inbox.world.organization("shondhan").to_string();
    let accept = AcceptHeldMailRequest {
        inbound_mail_id: first.clone(),
        organization_id,
        account_id: account_id.clone(),
        ..Default::default()
    };
    // Nobody looked whether it is his: a lead takes that upon himself.
    let refused = inbox.mail().accept_held_mail(inbox.by("grace", accept.clone())).await;
    assert_eq!(refusal(refused).reason(), "SUPPORT_ONLY");
    let accepted =
        inbox.mail().accept_held_mail(inbox.by("paul", accept.clone())).await.unwrap().into_inner();
    let messages = inbox.messages("tanvir", &accepted.case_id).await;
    assert_eq!(
        (messages[0].body.as_str(), messages[0].author_id.as_str()),
        ("Words 1.", account_id.as_str())
    );
    let again = inbox.mail().accept_held_mail(inbox.by("paul", accept)).await;
    assert_eq!(refusal(again).reason(), "MAIL_DECIDED");

    let discard = DiscardHeldMailRequest { inbound_mail_id: second.clone() };
    inbox.mail().discard_held_mail(inbox.by("grace", discard.clone())).await.unwrap();
    let again = inbox.mail().discard_held_mail(inbox.by("grace", discard)).await;
    assert_eq!(refusal(again).reason(), "MAIL_DECIDED");
    let case_id = inbox.case("K1").to_string();
    let accept = AcceptHeldMailRequest { inbound_mail_id: second, case_id, account_id, ..Default::default() };
    assert_eq!(
        refusal(inbox.mail().accept_held_mail(inbox.by("paul", accept)).await).reason(),
        "MAIL_DECIDED"
    );
    let left = inbox.mail().list_held_mail(inbox.by("grace", ListHeldMailRequest::default())).await.unwrap();
    assert!(left.into_inner().held_mail.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn that_mail_waits_is_told_once_a_day() {
    let inbox = TestInbox::start().await;
    let told = async || inbox.count("select count(*) from case_notice where kind = 'MAIL_HELD'").await;
    held(&inbox, 1).await;
    eventually("it is told", async || told().await == 1).await;
    let early = "select count(*) from case_notice where kind = 'MAIL_HELD'
        and raised_at < (select min(received_at) from inbound_mail where outcome = 'HELD')";
    assert_eq!(inbox.count(early).await, 0, "the timer ran before any mail waited");
    held(&inbox, 2).await;
    inbox.clock.advance(Duration::from_secs(24 * 3600));
    eventually("it is told again", async || told().await == 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_original_is_support_s_to_read_as_it_came() {
    let inbox = TestInbox::start().await;
    let raw = inbox.filled(&read("mails/thread-01-reply.eml"));
    let recipient = inbox.filled_text("support+{{token K1 tanvir}}@careway.example");
    inbox.deliver("tanvir@shondhan.example.org", &[&recipient], &raw).await.unwrap();
    let case_id = inbox.case("K1").to_string();
    let message_id = inbox.messages("tanvir", &case_id).await.pop().unwrap().message_id;
    assert_eq!(inbox.original(&case_id, &message_id).await.unwrap(), raw);
    let original = DownloadOriginalMailRequest { case_id, message_id };
    let refused = inbox.mail().download_original_mail(inbox.by("tanvir", original)).await;
    assert_eq!(refusal(refused).reason(), "PERMISSION_DENIED");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_forged_mails_do_not_block_the_genuine_one() {
    let inbox = TestInbox::start().await;
    let raw = inbox.filled(&read("mails/thread-01-reply.eml"));
    let recipient = inbox.filled_text("support+{{token K1 tanvir}}@careway.example");
    let forged = String::from_utf8(raw.clone()).unwrap().replace("dmarc=pass", "dmarc=fail");
    for expected in [Outcome::Held, Outcome::Duplicate] {
        let outcome = inbox.deliver("x@evil.example", &[&recipient], forged.as_bytes()).await.unwrap();
        assert_eq!(outcome[0].outcome(), expected);
    }
    let outcome = inbox.deliver("tanvir@shondhan.example.org", &[&recipient], &raw).await.unwrap();
    assert_eq!(outcome[0].outcome(), Outcome::Appended);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_gets_ten_automatic_answers_in_three_hours() {
    let inbox = TestInbox::start().await;
    let answers = "select count(*) from automatic_answer";
    let before = inbox.count(answers).await;
    for number in 0..12 {
        let raw = format!(
            "Authentication-Results: mx.careway.example; dmarc=pass\r\nFrom: linh@lotus.example.com\r\n\
             Message-ID: <{number}@lotus.example.com>\r\nSubject: {number}\r\n\r\nMatter {number}.\r\n"
        );
        let outcome =
            inbox.deliver("linh@lotus.example.com", &["support@careway.example"], raw.as_bytes()).await;
        assert_eq!(outcome.unwrap()[0].outcome(), Outcome::NewCase);
    }
    assert_eq!(inbox.count(answers).await - before, 10);
}
