//! What becomes of each mail and each sequence, in a world that is in memory.

use std::collections::BTreeMap;

use careway_kernel::{AccountId, CaseId, OrganizationId};
use serde_json::Value;

use super::{
    super::{
        fingerprint,
        mail::Mail,
        outcome::{Answer, Frequency, Outcome},
    },
    bytes, ours,
    placeholders::{filled, value},
    vectors,
    world::{World, id, list, text},
};

/// Mails one after the other, as the database remembers them.
struct Inbox {
    world: World,
    /// By fingerprint, case that was matched, and standing.
    kept: BTreeMap<([u8; 32], Option<CaseId>, bool), String>,
    words: BTreeMap<(String, Option<CaseId>, [u8; 32]), i64>,
    answered: Vec<(Option<CaseId>, String)>,
}

impl Inbox {
    fn new() -> Self {
        Self { world: World::new(), kept: BTreeMap::new(), words: BTreeMap::new(), answered: Vec::new() }
    }

    /// What becomes of a mail, which answer goes back, and which one it repeats.
    fn take(&mut self, step: &Value) -> (Mail, Outcome, Option<Answer>, Option<String>) {
        let file = text(&step["file"]);
        let mail_from = text(&step["envelope"]["mailFrom"]);
        let recipient = String::from_utf8(filled(text(&step["envelope"]["rcptTo"][0]).as_bytes())).unwrap();
        let mail = Mail::read(&filled(&bytes(&format!("mails/{file}"))), mail_from, &ours());
        let address = mail.author.address().map(|address| address.as_str().to_owned()).unwrap_or_default();
        let is_authenticated = mail.is_authenticated.unwrap();
        let sender = if is_authenticated { self.world.sender(&address) } else { Default::default() };
        let found = self.world.found(&mail, &recipient, &sender);
        let matched = found.as_ref().map(|found| found.id);
        let key = (mail.fingerprint, matched, is_authenticated);
        if let Some(first) = self.kept.get(&key) {
            return (mail, Outcome::Duplicate, None, Some(first.clone()));
        }
        let outcome = Outcome::of(&mail, is_authenticated, &sender, found.as_ref());
        let words = (address.clone(), matched, fingerprint::of_words(&mail.words.visible));
        let same_words = self.words.get(&words).copied().unwrap_or_default();
        let outcome = outcome.unless_loop(Frequency { same_words, within_hour: 0 });
        *self.words.entry(words).or_default() += 1;
        self.kept.insert(key, file.to_owned());
        let answer = outcome.answer(&mail).filter(|_| !self.answered.contains(&(matched, address.clone())));
        self.answered.extend(answer.filter(|_| matched.is_some()).map(|_| (matched, address)));
        (mail, outcome, answer, None)
    }
}

#[test]
fn every_mail_becomes_what_it_is_expected_to() {
    for row in vectors("mails.jsonl") {
        let (mail, outcome, answer, _) = Inbox::new().take(&row);
        check(text(&row["file"]), &row["expect"], &mail, &outcome, answer);
    }
}

#[test]
fn sequences_become_what_they_are_expected_to() {
    for row in vectors("sequences.jsonl") {
        let mut inbox = Inbox::new();
        for step in list(&row["steps"]) {
            inbox.world.disabled.extend(step["disable"].as_str().map(str::to_owned));
            if step["file"].is_null() {
                continue;
            }
            let (mail, outcome, answer, first) = inbox.take(step);
            let name = format!("{} {}", text(&row["id"]), text(&step["file"]));
            check(&name, &step["expect"], &mail, &outcome, answer);
            if let Some(of) = step["expect"]["of"].as_str() {
                assert_eq!(first.as_deref(), Some(of), "{name}");
            }
        }
    }
}

fn check(name: &str, expect: &Value, mail: &Mail, outcome: &Outcome, answer: Option<Answer>) {
    let case = |column: &str| expect[column].as_str().map(|key| CaseId::from_uuid(id(key)));
    assert_eq!(outcome.as_str(), expect["outcome"], "{name}: {outcome:?}");
    assert_eq!(outcome.reason(), expect["reason"].as_str(), "{name}");
    if !matches!(outcome, Outcome::NewCase { .. }) {
        assert_eq!(outcome.case(), case("case"), "{name}");
    }
    if let (Outcome::Appended { by, .. } | Outcome::NewCase { by, .. }, Some(author)) =
        (outcome, expect["author"].as_str())
    {
        assert_eq!(*by, AccountId::from_uuid(id(author)), "{name}");
    }
    match outcome {
        Outcome::Appended { is_internal, answered, .. } => {
            assert_eq!(*is_internal, expect["internal"] == true, "{name}");
            assert_eq!(*answered, case("answered"), "{name}");
        }
        Outcome::NewCase { organization, .. } => {
            assert_eq!(*organization, OrganizationId::from_uuid(id(text(&expect["organization"]))), "{name}");
        }
        _ => {}
    }
    if let Some(expected) = expect.get("answer") {
        let answer = answer.map(Answer::as_str);
        assert_eq!(answer, expected.as_str(), "{name}");
    }
    for mention in list(&expect["mentions"]) {
        assert!(mail.hints.mentioned.contains(&value(&format!("number {}", text(mention)))), "{name}");
    }
}
