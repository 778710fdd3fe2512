//! How can we help: words in any of the six languages, folded, the form that they speak of most first.

use careway_kernel::Language;
use serde_json::json;

use super::{parse, words};
use crate::case_forms::domain::{CaseForm, Definition, Texts, search::find};

fn form(topic: &str, position: i32, titles: &[(Language, &str)], keywords: &str, question: &str) -> CaseForm {
    let schema = json!({"type": "object", "properties": {"q": {"x-title": words(question)}}});
    CaseForm {
        topic: topic.to_owned(),
        version: 1,
        definition: Definition {
            position,
            hidden: false,
            titles: titles.iter().map(|(language, title)| (*language, (*title).to_owned())).collect(),
            keywords: Texts::from([(Language::En, keywords.to_owned())]),
            schema: parse(schema).unwrap(),
        },
        created_at: "2026-11-28T00:00:00Z".parse().unwrap(),
    }
}

fn forms() -> Vec<CaseForm> {
    use Language::{Bn, En, Fr, Vi};
    let billing = [(En, "Invoices and payments"), (Vi, "Hóa đơn và thanh toán"), (Bn, "চালান ও অর্থপ্রদান")];
    let bookings = [(En, "Appointments and bookings"), (Fr, "Rendez-vous et réservations"), (Bn, "কাল")];
    let hidden = form("mail", 1, &[(En, "Invoices by mail")], "", "anything");
    vec![
        form("billing", 30, &billing, "money refund", "which invoice of a booking"),
        form("appointments", 20, &bookings, "price cancel", "what went wrong"),
        form("account", 40, &[(En, "Access and accounts"), (Bn, "কলা")], "password", "whose account"),
        CaseForm { definition: Definition { hidden: true, ..hidden.definition }, ..hidden },
    ]
}

fn found(words: &str) -> Vec<String> {
    find(forms(), words).into_iter().map(|form| form.topic).collect()
}

#[test]
fn without_words_all_are_shown_in_their_order() {
    for nothing in ["", "  ", "?"] {
        assert_eq!(found(nothing), ["appointments", "billing", "account"]);
    }
}

#[test]
fn a_form_is_found_by_what_people_type() {
    for (words, topic) in [
        ("HOA DON", "billing"),
        ("hóa đơn", "billing"),
        ("reservation annulée", "appointments"),
        ("I forgot my password!", "account"),
        ("refunds", "billing"),
        ("rendezvous", "appointments"),
        ("rendez\u{2011}vous", "appointments"),
        ("l’invoice", "billing"),
        ("appoint", "appointments"),
        ("চালান", "billing"),
    ] {
        assert_eq!(found(words).first().map(String::as_str), Some(topic), "{words}");
    }
    assert_eq!(found("কাল"), ["appointments"], "a vowel sign of Bengali is no accent");
    assert!(found("zebra").is_empty());
    assert!(found("mail").is_empty(), "what is hidden is not found");
}

#[test]
fn a_title_counts_more_than_a_question_and_a_rare_word_more_than_a_common_one() {
    assert_eq!(found("booking"), ["appointments", "billing"]);
    assert_eq!(found("and password").first().map(String::as_str), Some("account"));
}
