//! Documents that claims and pre-authorizations cite: from then on the payer reads these, and no others.

use careway_tests::{Network, Rest, accepted, refused};
use serde_json::{Value, json};

use crate::claim_parties::{ClaimParties, Patient, claim, lines, path};

const PDF: &str = "application/pdf";

impl ClaimParties {
    /// The clerk adds a document of this title to a patient's visit; its id.
    async fn document(&self, patient: &Patient, title: &str) -> String {
        let content = format!("%PDF-1.7\n{title}");
        let path = format!("{}/documents?kind=LAB_RESULT&title={title}", patient.visit);
        let key = uuid::Uuid::new_v4().to_string();
        let added = accepted(201, self.clerk.upload(&path, PDF, content).key(&key)).await;
        added.text("document.documentId").to_owned()
    }

    /// The titles of the patient's documents that somebody is shown, the oldest first. Each of them, and no other of
    /// these, can be read and downloaded.
    async fn shown(&self, by: &Rest, patient: &Patient, all: &[&String]) -> Vec<String> {
        let listed = accepted(200, by.get(&format!("{}/documents", patient.visit))).await;
        let listed = listed.list("documents");
        let known = |id: &str| listed.iter().any(|it| it["documentId"] == id);
        for id in all {
            let (document, content) = (format!("/v1/documents/{id}"), format!("/v1/documents/{id}/content"));
            if known(id) {
                accepted(200, by.get(&document)).await;
                accepted(200, by.get(&content)).await;
            } else {
                refused(404, "NOT_FOUND", by.get(&document)).await;
                refused(404, "NOT_FOUND", by.get(&content)).await;
            }
        }
        listed.iter().rev().map(|it| it["title"].as_str().unwrap().to_owned()).collect()
    }
}

/// A claim of these codes that cites these documents.
fn citing(codes: &[&str], documents: &[&String]) -> Value {
    let mut claim = claim(codes);
    claim["documentIds"] = json!(documents);
    claim
}

#[tokio::test(flavor = "multi_thread")]
async fn the_payer_reads_what_a_claim_cites_once_it_is_submitted_and_nothing_else() {
    let parties = ClaimParties::with_rules("0").await;
    let patient = parties.patient().await;
    let (count, scan) = (parties.document(&patient, "Count").await, parties.document(&patient, "Scan").await);
    let letter = parties.document(&patient, "Letter").await;
    let all = [&count, &scan, &letter];
    let officer = &parties.network.payer.officer;

    // A draft shows nobody anything; nor does a document that is cited no more when the draft is sent.
    let mut draft = citing(&["CONS"], &[&count, &letter]);
    draft["submit"] = json!(false);
    let draft = accepted(201, parties.clerk.post(&format!("{}/claims", patient.visit), draft)).await;
    let change = parties.clerk.patch(&path(&draft), json!({"documentIds": [count]})).if_match(draft.etag());
    accepted(200, change).await;
    assert!(parties.shown(officer, &patient, &all).await.is_empty());

    let sent = accepted(200, parties.ask(&draft, "submit", json!({}))).await;
    assert_eq!(*sent.at("claim.documentIds"), json!([count]));
    for by in [officer, &parties.reviewer] {
        assert_eq!(parties.shown(by, &patient, &all).await, ["Count"]);
        assert_eq!(*accepted(200, by.get(&path(&draft))).await.at("claim.documentIds"), json!([count]));
    }
    let strangers = Network::of(&parties.platform).await;
    refused(404, "NOT_FOUND", strangers.payer.officer.get(&format!("{}/documents", patient.visit))).await;
    refused(404, "NOT_FOUND", strangers.payer.officer.get(&format!("/v1/documents/{count}"))).await;

    // The appeal shows one more.
    let reject = json!({"lines": [{"line": 1, "decision": "REJECT", "reasonCode": "MNEC-003"}]});
    accepted(200, parties.reviewer.post(&format!("{}/review", path(&draft)), reject)).await;
    let appeal = json!({"reason": "The scan shows why.", "documentIds": [scan]});
    accepted(200, parties.ask(&draft, "appeal", appeal)).await;
    assert_eq!(parties.shown(officer, &patient, &all).await, ["Count", "Scan"]);

    // Whoever looked at the patient's documents is in the patient's log, the payer's own people too.
    parties.platform.settle().await;
    let log = officer.get(&format!("/v1/members/{}/access-log?pageSize=200", patient.member.id));
    let log = accepted(200, log).await;
    let payer = |action: &str| {
        let own = |it: &&Value| it["action"] == action && it["organizationId"] == parties.network.payer.id;
        log.list("accesses").iter().filter(own).count()
    };
    // Four looks at a list; of each, what it held was read and downloaded.
    assert_eq!((payer("documents.list"), payer("document.read"), payer("document.download")), (4, 4, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_payer_was_shown_it_can_still_show_after_a_recall() {
    let parties = ClaimParties::with_rules("1000000").await;
    let patient = parties.patient().await;
    let (count, scan) = (parties.document(&patient, "Count").await, parties.document(&patient, "Scan").await);
    let all = [&count, &scan];
    let first = citing(&["CONS"], &[&count]);
    let first = accepted(201, parties.clerk.post(&format!("{}/claims", patient.visit), first)).await;
    assert_eq!(parties.shown(&parties.reviewer, &patient, &all).await, ["Count"]);

    // The payer still has the claim it decided, and what it decided it by; of anything else it hears nothing.
    accepted(200, parties.ask(&first, "recall", json!({"reason": "Wrong visit"}))).await;
    let read = accepted(200, parties.reviewer.get(&path(&first))).await;
    assert_eq!((read.text("claim.state"), read.at("claim.documentIds")), ("RECALLED", &json!([count])));
    assert_eq!(parties.shown(&parties.reviewer, &patient, &all).await, ["Count"]);

    // A draft that is recalled was never sent: it shows nothing.
    let mut draft = citing(&["LAB"], &[&scan]);
    draft["submit"] = json!(false);
    let draft = accepted(201, parties.clerk.post(&format!("{}/claims", patient.visit), draft)).await;
    accepted(200, parties.ask(&draft, "recall", json!({"reason": "Not needed"}))).await;
    assert_eq!(parties.shown(&parties.reviewer, &patient, &all).await, ["Count"]);

    // A document of another patient, put where it does not belong, is marked for those who have seen it.
    let retract = json!({"reason": "another patient's"});
    accepted(200, parties.clerk.post(&format!("/v1/documents/{count}/retract"), retract)).await;
    let marked = accepted(200, parties.reviewer.get(&format!("/v1/documents/{count}"))).await;
    assert_eq!(marked.text("document.retractionReason"), "another patient's");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_document_of_the_visit_that_stands_can_be_cited() {
    let parties = ClaimParties::with_rules("1000000").await;
    let (patient, other) = (parties.patient().await, parties.patient().await);
    let (own, theirs) = (parties.document(&patient, "Count").await, parties.document(&other, "Count").await);
    let gone = parties.document(&patient, "Mistake").await;
    let retract = json!({"reason": "another patient's"});
    accepted(200, parties.clerk.post(&format!("/v1/documents/{gone}/retract"), retract)).await;

    let nobodys = uuid::Uuid::now_v7().to_string();
    let claims = format!("{}/claims", patient.visit);
    for unknown in [&theirs, &gone, &nobodys] {
        let claim = citing(&["CONS"], &[&own, unknown]);
        let told = refused(422, "DOCUMENT_UNKNOWN", parties.clerk.post(&claims, claim)).await;
        assert_eq!(told.text("documentId"), unknown);
    }
    let wrong = json!({"lines": lines(&["CONS"]), "submit": true, "documentIds": [own, "a scan"]});
    let wrong = refused(400, "INVALID_REQUEST", parties.clerk.post(&claims, wrong)).await;
    assert_eq!(wrong.text("violations.0.field"), "documentIds[1]");
    // Nothing of a refused claim is left: neither a claim, nor a franc, nor a look at the document beside it.
    assert!(accepted(200, parties.clerk.get("/v1/claims")).await.list("claims").is_empty());
    assert_eq!(parties.used(&patient).await, "0");
    assert!(parties.shown(&parties.reviewer, &patient, &[&own, &gone]).await.is_empty());

    // The same document may support several claims, and one names it once.
    for code in ["CONS", "LAB"] {
        let claim = citing(&[code], &[&own, &own]);
        let made = accepted(201, parties.clerk.post(&claims, claim)).await;
        assert_eq!(*made.at("claim.documentIds"), json!([own]));
    }
    assert_eq!(parties.shown(&parties.reviewer, &patient, &[&own, &gone]).await, ["Count"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preauthorization_shows_what_it_cites_and_what_an_answer_brings() {
    let parties = ClaimParties::with_rules("0").await;
    let patient = parties.inpatient().await;
    let (count, scan) = (parties.document(&patient, "Count").await, parties.document(&patient, "Scan").await);
    let letter = parties.document(&patient, "Letter").await;
    let all = [&count, &scan, &letter];
    let wish = json!({
        "lines": [{"code": "SURGERY", "diagnoses": ["J35.0"]}], "justification": "Seven episodes",
        "documentIds": [count], "draft": true,
    });
    let asked = parties.clerk.post(&format!("{}/preauthorizations", patient.visit), wish);
    let it = accepted(201, asked).await.header("location").unwrap().to_owned();
    refused(404, "NOT_FOUND", parties.reviewer.get(&it)).await;
    assert!(parties.shown(&parties.reviewer, &patient, &all).await.is_empty());

    accepted(200, parties.clerk.post(&format!("{it}/submit"), json!({}))).await;
    assert_eq!(parties.shown(&parties.reviewer, &patient, &all).await, ["Count"]);
    let question = json!({"question": "What does the scan show?", "documents": ["IMAGING"]});
    accepted(200, parties.reviewer.post(&format!("{it}/request-information"), question)).await;
    let answer = json!({"answer": "What the letter says", "documentIds": [scan]});
    accepted(200, parties.clerk.post(&format!("{it}/respond"), answer)).await;
    assert_eq!(parties.shown(&parties.reviewer, &patient, &all).await, ["Count", "Scan"]);
    let read = accepted(200, parties.reviewer.get(&it)).await;
    assert_eq!(*read.at("questions.0.documentIds"), json!([scan]));
}
