//! What `mails.jsonl` says of a mail itself; what becomes of it needs the world.

use serde_json::{Value, json};

use super::{
    super::{machine::Machine, mail::Mail, words::chosen::Unreadable},
    bytes, ours,
    placeholders::{filled, value},
    trimmed, vectors,
};

#[test]
fn a_mail_says_what_it_is_expected_to() {
    for row in vectors("mails.jsonl") {
        let file = row["file"].as_str().unwrap();
        let mail = Mail::read(
            &filled(&bytes(&format!("mails/{file}"))),
            row["envelope"]["mailFrom"].as_str().unwrap(),
            &ours(),
        );
        assert_eq!(mail.too_complex, None, "{file}");
        expect(file, &mail, &row["expect"]);
    }
}

fn expect(file: &str, mail: &Mail, expect: &Value) {
    let text = |column: &str| {
        expect[column].as_str().map(|text| String::from_utf8(filled(text.as_bytes())).unwrap())
    };
    let outcome = expect["outcome"].as_str().unwrap();
    let expected_machine = matches!(outcome, "RECORDED" | "BOUNCE");
    assert_eq!(mail.machine.is_some(), expected_machine, "{file}: {:?}", mail.machine);
    assert_eq!(mail.machine == Some(Machine::DeliveryReport), outcome == "BOUNCE", "{file}");
    if !expected_machine {
        let forged = matches!(text("reason").as_deref(), Some("NOT_AUTHENTICATED" | "SENDER_UNCLEAR"));
        assert_eq!(mail.is_authenticated, Some(!forged), "{file}");
        let is_unclear = expect["reason"] == "SENDER_UNCLEAR";
        assert_eq!(mail.author.address().is_none(), is_unclear, "{file}");
    }
    if outcome == "NEW_CASE" {
        assert_eq!(mail.forbids_answer, expect["answer"].is_null(), "{file}");
    }
    if let Some(subject) = text("subject").or_else(|| text("messageSubject")) {
        let shown = if mail.subject.is_empty() { "(no subject)" } else { &mail.subject };
        assert_eq!(shown, careway_kernel::text::nfc(&subject), "{file}");
    }
    if let Some(visible) = text("visible") {
        assert_eq!(trimmed(&mail.words.visible), trimmed(&visible), "{file}");
    }
    for words in expect["visibleContains"].as_array().into_iter().flatten() {
        assert!(mail.words.visible.contains(words.as_str().unwrap()), "{file}: {}", mail.words.visible);
    }
    for acting in expect["htmlWithout"].as_array().into_iter().flatten() {
        let html = mail.html.as_deref().unwrap().to_lowercase();
        assert!(!html.contains(&acting.as_str().unwrap().to_lowercase()), "{file}: {html}");
    }
    if let Some(sent_by) = text("sentBy") {
        assert_eq!(mail.sent_by, Some(sent_by), "{file}");
    }
    for other in expect["alsoSentTo"].as_array().into_iter().flatten() {
        assert!(mail.recipients.iter().any(|to| json!(to.address) == *other), "{file}");
    }
    assert_eq!(mail.unreadable == Some(Unreadable::Encrypted), expect["unreadable"] == "ENCRYPTED", "{file}");
    if let Some(attachments) = expect["attachments"].as_array() {
        let found: Vec<Value> = mail.files.iter().map(described).collect();
        assert_eq!(&found, attachments, "{file}");
    }
    if let Some(mentions) = expect["mentions"].as_array() {
        let numbers: Vec<String> =
            mentions.iter().map(|case| value(&format!("number {}", case.as_str().unwrap()))).collect();
        assert_eq!(mail.hints.mentioned, numbers, "{file}");
    }
}

fn described(file: &super::super::files::File) -> Value {
    let mut described = json!({
        "name": file.name, "mediaType": file.media_type, "inline": file.is_inline,
    });
    if let Some(container) = &file.container {
        described["from"] = json!(container);
    }
    if file.is_blocked() {
        described["blocked"] = json!(true);
    }
    described
}
