//! What people are told of cases by mail: everybody but the author, in one thread, and nobody who lost access.

use std::{collections::BTreeSet, fs, time::Duration};

use careway_contract::renewals::v1::{
    ReportBounceRequest, notification_service_client::NotificationServiceClient,
    report_bounce_response::Outcome,
};
use careway_standalone::seed::acts::{self, Person};
use careway_tests::{Answer, Credentials, Rest, TestPlatform, accepted, refused};
use serde_json::{Value, json};

const PASSWORD: &str = "umuganda ku wa gatandatu";
const TANVIR: &str = "tanvir@shondhan.example.org";
const FARHANA: &str = "farhana@shondhan.example.org";
const GRACE: &str = "grace@careway.example";

/// A partner with two people, and an agent of support.
struct Help {
    tanvir: Rest,
    farhana: Rest,
    grace: Rest,
}

impl Help {
    async fn of(platform: &TestPlatform) -> Self {
        let operator = platform.operator().await;
        let partner = json!({
            "kind": "PARTNER", "name": "Shondhan Appointments", "country": "BD", "timeZone": "Asia/Dhaka", "locale": "en",
            "codes": [{"kind": "MERCHANT", "value": "BD-SHONDHAN-77"}],
        });
        let partner = acts::register(&operator, partner, "BD-SHONDHAN-77").await.expect("it is registered");
        let farhana =
            hire(platform, &operator, Some(&partner), ("Farhana Rahman", FARHANA, "ADMINISTRATOR")).await;
        let tanvir = hire(platform, &farhana, None, ("Tanvir Hossain", TANVIR, "EDITOR")).await;
        let grace = hire(platform, &operator, None, ("Grace Uwera", GRACE, "SUPPORT_AGENT")).await;
        platform.settle().await;
        Self { tanvir, farhana, grace }
    }

    async fn open(&self) -> Answer {
        let case = json!({
            "kind": "COMPLAINT", "topic": "appointments", "formVersion": 1, "subject": "Wrong price of an ultrasound",
            "description": "The page says 40 taka,\nthe tariff 35.", "answers": {"problem": "OTHER"},
        });
        accepted(201, self.tanvir.post("/v1/cases", case)).await
    }
}

async fn hire(
    platform: &TestPlatform,
    inviter: &Rest,
    organization: Option<&str>,
    (name, email, role): (&str, &str, &str),
) -> Rest {
    let person = Person { name: name.to_owned(), email: email.to_owned(), roles: vec![role.to_owned()] };
    let hired = acts::hire(inviter, organization, platform.inbox(), &person, PASSWORD).await;
    let credentials: Credentials = hired.expect("a person follows the invitation");
    platform.rest().sign_in(&credentials).await.expect("a hired person signs in")
}

/// The mails about cases to somebody, the oldest first, as the folder has them.
async fn mails(platform: &TestPlatform, to: &str) -> Vec<Value> {
    platform.settle().await;
    let mut names: Vec<_> =
        fs::read_dir(platform.folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let read = |path| serde_json::from_slice::<Value>(&fs::read(path).unwrap()).unwrap();
    let mails = names.iter().map(read).filter(|mail| mail["to"] == to);
    mails.filter(|mail| mail["subject"].as_str().is_some_and(|subject| subject.starts_with("[S"))).collect()
}

fn header<'a>(mail: &'a Value, name: &str) -> &'a str {
    mail["headers"][name].as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_but_the_author_is_told_of_a_case_in_one_thread_that_answers_find() {
    let platform = TestPlatform::start().await;
    let help = Help::of(&platform).await;
    let opened = help.open().await;
    let (number, path) =
        (opened.text("case.number").to_owned(), format!("/v1/cases/{}", opened.text("case.caseId")));
    let receipts = mails(&platform, TANVIR).await;
    assert_eq!(receipts.len(), 1, "who opens a case reads that it came");
    assert_eq!(header(&receipts[0], "Auto-Submitted"), "");
    let news = mails(&platform, GRACE).await;
    assert_eq!(news.len(), 1, "support hears of it");
    assert!(
        news[0]["text"].as_str().unwrap().contains("Shondhan Appointments opened case"),
        "{}",
        news[0]["text"]
    );

    platform.advance(Duration::from_secs(60));
    let words = "Dear Tanvir,\n\nwhich clinic do you mean?";
    accepted(200, help.grace.post(&format!("{path}/messages"), json!({"body": words}))).await;
    let told = mails(&platform, TANVIR).await;
    let answer = &told[1];
    assert_eq!(answer["subject"], format!("[{number}] Wrong price of an ultrasound"));
    assert_eq!(answer["subject"], receipts[0]["subject"], "mail programs keep them together");
    let text = answer["text"].as_str().unwrap();
    assert!(text.contains(words) && text.contains(&number), "{text}");
    let reference = text.lines().next().unwrap().trim_start_matches("[[ ").trim_end_matches(" ]]");
    assert!(reference.starts_with("cwr-"), "{text}");
    assert_eq!(header(answer, "Reply-To"), format!("support+{reference}@careway.example"));
    assert_eq!(header(answer, "From"), "Grace Uwera <support@careway.example>");
    assert_eq!(header(answer, "Auto-Submitted"), "", "it is her mail");
    assert_eq!(header(answer, "X-Careway-Loop"), "careway.example");
    assert_eq!(header(answer, "X-Auto-Response-Suppress"), "All");
    assert!(header(answer, "Return-Path").starts_with("<bounces+b."), "{answer}");
    let root = header(&receipts[0], "References");
    let receipt = header(&receipts[0], "Message-ID");
    assert_eq!(header(answer, "References"), format!("{root} {receipt}"));
    assert_eq!(header(answer, "In-Reply-To"), receipt, "the newest that he knows");
    assert_eq!(mails(&platform, GRACE).await.len(), 1, "nobody is told what she did herself");

    platform.advance(Duration::from_secs(60));
    let note = json!({"body": "He is right, but do not say so yet.", "internal": true});
    accepted(200, help.grace.post(&format!("{path}/messages"), note)).await;
    accepted(200, help.farhana.post(&format!("{path}/messages"), json!({"body": "The one in Dhanmondi."})))
        .await;
    let told = mails(&platform, TANVIR).await;
    assert_eq!(told.len(), 3);
    assert_eq!(header(&told[2], "From"), "Farhana Rahman <support@careway.example>");
    for mail in &told {
        assert!(!mail.to_string().contains("do not say so"), "{mail}");
    }
    let ids: BTreeSet<_> = told.iter().map(|mail| header(mail, "Message-ID")).collect();
    assert_eq!(ids.len(), 3);
    let threads: BTreeSet<_> =
        told.iter().map(|mail| header(mail, "References").split(' ').next().unwrap()).collect();
    assert_eq!(threads, BTreeSet::from([root]), "References tie them together");
    assert!(mails(&platform, FARHANA).await.is_empty(), "she wrote, and takes no part yet");

    platform.advance(Duration::from_secs(60));
    let solved = json!({"message": "The page is mended."});
    accepted(200, help.grace.post(&format!("{path}/solve"), solved)).await;
    let told = mails(&platform, TANVIR).await;
    assert_eq!(told.len(), 4, "one mail for each command");
    assert!(told[3]["text"].as_str().unwrap().contains("is solved"), "{}", told[3]["text"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lost_access_gets_nothing_of_what_is_queued() {
    let platform = TestPlatform::start().await;
    let help = Help::of(&platform).await;
    let opened = help.open().await;
    let path = format!("/v1/cases/{}", opened.text("case.caseId"));
    let before = mails(&platform, TANVIR).await;
    let account = opened.text("case.requesterId").to_owned();

    // Nothing can be delivered meanwhile.
    let aside = platform.folder().with_extension("aside");
    fs::rename(platform.folder(), &aside).unwrap();
    accepted(200, help.grace.post(&format!("{path}/messages"), json!({"body": "For Tanvir alone."}))).await;
    platform.settle().await;
    accepted(200, help.farhana.post(&format!("/v1/accounts/{account}/disable"), json!({}))).await;
    fs::rename(&aside, platform.folder()).unwrap();
    platform.advance(Duration::from_secs(600));
    platform.sent().await;
    assert_eq!(mails(&platform, TANVIR).await, before);
    let operator = platform.operator().await;
    let suppressed = accepted(200, operator.get("/v1/messages?state=SUPPRESSED")).await;
    let reasons: Vec<_> =
        suppressed.list("messages").iter().map(|message| message["reason"].as_str()).collect();
    assert_eq!(reasons, [Some("WITHDRAWN")]);
}

/// What a mail server reports to a return address: there is no such mailbox.
async fn report_unknown_user(platform: &TestPlatform, return_address: &str, recipient: &str) -> i32 {
    let mail = format!(
        "From: MAILER-DAEMON@mx.example.org\r\nTo: <{return_address}>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n\
         Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    );
    let foundation = platform.foundation();
    let request = ReportBounceRequest { mail: mail.into_bytes(), return_address: return_address.to_owned() };
    let mut renewals = NotificationServiceClient::new(foundation.registry.upstream("renewals"));
    let reported =
        renewals.report_bounce(foundation.identity.request(request)).await.expect("a report is taken");
    platform.settle().await;
    reported.into_inner().outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_does_not_exist_is_written_to_no_more_until_an_agent_says_so() {
    let platform = TestPlatform::start().await;
    let help = Help::of(&platform).await;
    let opened = help.open().await;
    let path = format!("/v1/cases/{}", opened.text("case.caseId"));
    let recipient = format!("/v1/notice-recipients/{}", opened.text("case.requesterId"));
    let say = async |words: &str| {
        platform.advance(Duration::from_secs(60));
        accepted(200, help.grace.post(&format!("{path}/messages"), json!({"body": words}))).await;
        mails(&platform, TANVIR).await.len()
    };
    let receipts = mails(&platform, TANVIR).await;
    let return_address = header(&receipts[0], "Return-Path").trim_matches(['<', '>']).to_owned();
    // A report about somebody else's mailbox is no reason.
    let forged = return_address.replace("+b.", "+b.0");
    assert_eq!(report_unknown_user(&platform, &forged, TANVIR).await, Outcome::NotOurs as i32);
    assert_eq!(report_unknown_user(&platform, &return_address, TANVIR).await, Outcome::Bounced as i32);
    let stopped = accepted(200, help.grace.get(&recipient)).await;
    assert_eq!(stopped.text("recipient.stoppedFor"), "HARD");
    refused(403, "PERMISSION_DENIED", help.tanvir.get(&recipient)).await;
    assert_eq!(say("Do you hear me?").await, 1, "the account is stopped");
    let resumed = accepted(200, help.grace.delete(&format!("{recipient}/stop"))).await;
    assert_eq!(resumed.at("recipient.stoppedAt"), &Value::Null);
    assert_eq!(say("And now?").await, 2);
}
