//! What people were sent, as the tests of notices look at it: each person's own, in the language that was set, and what is
//! so of every message there is.

use std::fs;

use careway_service::Call;
use careway_tests::{Member, Network, Rest, TestPlatform, accepted, until};
use serde_json::{Value, json};

use crate::deliveries::publish_again;

/// Sets the language that a member is written to in.
pub(crate) async fn member_reads(network: &Network, member: &Member, language: &str) {
    change_member(network, member, json!({"language": language})).await;
}

/// Changes what the payer knows of a member.
pub(crate) async fn change_member(network: &Network, member: &Member, change: Value) {
    let (officer, path) = (&network.payer.officer, format!("/v1/members/{}", member.id));
    let now = accepted(200, officer.get(&path)).await;
    accepted(200, officer.patch(&path, change).if_match(now.etag())).await;
}

/// Sets the language that an organization's people are written to in.
pub(crate) async fn organization_reads(platform: &TestPlatform, id: &str, language: &str) {
    change_organization(platform, id, json!({"locale": language})).await;
}

/// Changes an organization, and waits until everybody has heard.
pub(crate) async fn change_organization(platform: &TestPlatform, id: &str, change: Value) {
    let (operator, path) = (platform.operator().await, format!("/v1/organizations/{id}"));
    let now = accepted(200, operator.get(&path)).await;
    accepted(200, operator.patch(&path, change).if_match(now.etag())).await;
    platform.settle().await;
}

/// The address that somebody signs in with.
pub(crate) async fn address(person: &Rest) -> String {
    accepted(200, person.get("/v1/me")).await.text("account.email").to_owned()
}

/// Subject and text of the mails that somebody was sent, but for the invitation; the oldest first.
pub(crate) async fn mails(platform: &TestPlatform, person: &Rest) -> Vec<(String, String)> {
    let mails = platform.messages_to(&address(person).await).await;
    let mails = mails.into_iter().filter(|mail| mail.link().is_none());
    mails.map(|mail| (mail.subject.unwrap_or_default(), mail.text)).collect()
}

/// The latest of them.
pub(crate) async fn last_mail(platform: &TestPlatform, person: &Rest) -> (String, String) {
    mails(platform, person).await.pop().expect("a mail")
}

/// The mail that comes by the clock: the `count`-th that somebody is sent.
pub(crate) async fn next_mail(platform: &TestPlatform, person: &Rest, count: usize) -> (String, String) {
    let mail = until("a mail", async || Ok(mails(platform, person).await.into_iter().nth(count - 1)));
    mail.await.unwrap()
}

/// What a member was sent, but for codes; the oldest first.
pub(crate) async fn texts(platform: &TestPlatform, member: &Member) -> Vec<String> {
    let messages = platform.messages_to(&member.phone).await;
    messages.into_iter().filter(|sms| sms.code().is_none()).map(|sms| sms.text).collect()
}

/// That nothing was sent but these many texts and mails, codes and invitations left out; that none of them tells a secret,
/// and every number is E.164; and that nobody is told anything twice when every event comes again.
pub(crate) async fn told_once(platform: &TestPlatform, expected: (usize, usize), secrets: &[&str]) {
    platform.settle().await;
    let sent = sent(platform);
    let told = |channel: &str| sent.iter().filter(|it| it["channel"] == channel && is_notice(it)).count();
    assert_eq!((told("SMS"), told("EMAIL")), expected, "{sent:#?}");
    for message in &sent {
        let text = format!("{} {}", message["subject"], message["text"]);
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} is told: {message:#}");
        }
        if message["channel"] == "SMS" {
            let digits = message["to"].as_str().unwrap().strip_prefix('+').expect("E.164");
            assert!((8..=15).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit()));
        }
    }

    for context in ["identity", "visits"] {
        publish_again(platform, context).await;
    }
    platform.settle().await;
    assert_eq!(self::sent(platform).len(), sent.len(), "told twice");
    let mut reader = platform.database("renewals").read(&Call::system("tests")).await.unwrap();
    let parked: i64 =
        sqlx::query_scalar("select count(*) from dead_letter").fetch_one(&mut *reader).await.unwrap();
    assert_eq!(parked, 0);
}

/// What became of the messages of a template that were not sent.
pub(crate) async fn unsent(platform: &TestPlatform, template: &str) -> Vec<String> {
    platform.settle().await;
    let mut reader = platform.database("renewals").read(&Call::system("tests")).await.unwrap();
    let states = "select state from message where template = $1 and state <> 'ACCEPTED' order by created_at";
    sqlx::query_scalar(states).bind(template).fetch_all(&mut *reader).await.unwrap()
}

/// Every message in the folder.
fn sent(platform: &TestPlatform) -> Vec<Value> {
    let files = fs::read_dir(platform.folder()).unwrap().map(|file| file.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|it| it == "json"));
    files.map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap()).collect()
}

/// Neither a code nor an invitation.
fn is_notice(message: &Value) -> bool {
    let text = message["text"].as_str().unwrap();
    let code = text
        .split(|it: char| !it.is_ascii_alphanumeric())
        .any(|word| word.len() == 6 && word.bytes().all(|it| it.is_ascii_digit()));
    if message["channel"] == "SMS" { !code } else { !text.contains("http") }
}
