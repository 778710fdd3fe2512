//! The page behind the link of a decision's SMS, where a member reads who pays what and why.

use careway_tests::{TestPlatform, accepted, refused};
use serde_json::{Value, json};

use crate::{
    claim_parties::ClaimParties,
    dispute_page::{between, read, speaks_every_language_alone},
};

#[tokio::test(flavor = "multi_thread")]
async fn the_link_leads_to_a_page_that_finds_what_it_shows() {
    let parties = ClaimParties::with_rules("1000000").await;
    let patient = parties.patient().await;
    let claim = accepted(201, parties.submit(&patient, &["CONS", "LAB"])).await;
    let sms = parties.platform.messages_to(&patient.member.phone).await;
    let link = sms.last().and_then(|sms| sms.link()).expect("a link to the explanation");
    let (page, token) = link.split_once('#').expect("the token is in the fragment: no log has it");
    let page = page.strip_prefix("https://careway.example").unwrap();
    let page = read(&parties.platform, page, "fr").await.text().await.unwrap();

    // What the page's script asks, and what it takes from the answer.
    let asked = between(&page, "await ask('", "', {token, language: document.documentElement.lang})");
    let body = json!({"token": token, "language": "fr"});
    let told = accepted(200, parties.platform.rest().post(&format!("/{asked}"), body).without_key()).await;
    let explanation = told.at("explanation");
    for field in words(&page, "told.") {
        assert!(!explanation[field].is_null(), "{field} is not in {explanation}");
    }
    let line = &explanation["lines"][0];
    for field in words(&page, "line.") {
        // Only a line that is not paid in full has reasons.
        assert!(!line[field].is_null() || field == "refusals", "{field} is not in {line}");
    }
    for field in words(&page, "step.") {
        assert!(line["trace"].as_array().unwrap().iter().all(|step| !step[field].is_null()), "{field}");
    }
    assert_eq!(*told.at("explanation.claimNumber"), json!(claim.text("claim.number")));
    let sentences = |of: &Value| {
        of["summary"].as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        sentences(explanation)[..3],
        ["L'établissement a facturé RWF 15,000.", "Votre assureur paie RWF 11,700.", "Vous payez RWF 3,300."]
    );
    assert_eq!(sentences(line)[1], "Votre assureur paie RWF 8,100.");

    // Taken back, there is nothing to read any more; the page says so of any refusal.
    accepted(200, parties.ask(&claim, "recall", json!({"reason": "Wrong visit"}))).await;
    let gone = parties.platform.rest().post("/v1/explanations", json!({"token": token})).without_key();
    refused(404, "NOT_FOUND", gone).await;
}

/// The fields that a script reads of an object.
fn words<'p>(page: &'p str, of: &str) -> Vec<&'p str> {
    let script = between(page, "<script>", "</script>");
    let mut found: Vec<_> = script
        .match_indices(of)
        .filter(|(at, _)| !script[..*at].ends_with(|it: char| it.is_alphanumeric() || it == '.'))
        .map(|(at, _)| {
            let rest = &script[at + of.len()..];
            &rest[..rest.find(|it: char| !it.is_alphanumeric()).unwrap_or(rest.len())]
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    assert!(!found.is_empty(), "nothing of {of} is read");
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_speaks_its_readers_language_and_needs_nothing_but_itself() {
    let platform = TestPlatform::start().await;
    let title = |page: &str| between(page, "<h1>", "</h1>").to_owned();
    let said = [
        "Ibyavuye mu busabe bwo kwishyurwa",
        "What became of your claim",
        "Ce qu’est devenue votre demande de remboursement",
        "Kết quả hồ sơ thanh toán của bạn",
        "Ce s-a întâmplat cu cererea dumneavoastră",
        "আপনার দাবির কী হলো",
    ];
    speaks_every_language_alone(&platform, "/explanation", title, said).await;
}
