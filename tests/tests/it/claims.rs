//! Claims through the gateway: from the lint to the payment, and everything that may come between.

use std::time::Duration;

use careway_tests::{Network, accepted, refused};
use serde_json::{Value, json};

use crate::claim_parties::{ClaimParties, claim, lines, path};

const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_is_linted_submitted_decided_explained_and_paid() {
    let parties = ClaimParties::with_rules("1000000").await;
    let patient = parties.patient().await;

    // What would become of it, before anything is sent.
    let mut wish = json!({"visitId": patient.visit_id, "lines": lines(&["CONS", "LAB", "NONE"])});
    let told = accepted(200, parties.clerk.post("/v1/claims/lint", wish.clone())).await;
    assert_eq!((told.text("state"), told.text("amounts.payer")), ("PARTIALLY_APPROVED", "11700"));
    assert_eq!(told.text("lines.2.refusals.0.code"), "PRCE-001");
    assert_eq!(parties.used(&patient).await, "0");
    wish["lines"] = lines(&["CONS", "LAB"]);
    let told = accepted(200, parties.clerk.post("/v1/claims/lint", wish)).await;
    assert_eq!(told.text("state"), "APPROVED");
    assert!(accepted(200, parties.clerk.get("/v1/claims")).await.list("claims").is_empty());

    // Submitted and decided in one request.
    let mut body = claim(&["CONS", "LAB"]);
    body["externalReference"] = json!("INV-1");
    let made = accepted(201, parties.clerk.post(&format!("{}/claims", patient.visit), body)).await;
    assert_eq!(made.header("location"), Some(path(&made).as_str()));
    assert_eq!((made.text("claim.state"), made.at("claim.amounts")), ("APPROVED", told.at("amounts")));
    assert_eq!(made.text("claim.visitNumber"), patient.visit_number);
    assert_eq!(parties.used(&patient).await, made.text("claim.amounts.payer"));
    let cancel = parties.network.desk.post(&format!("{}/cancel", patient.visit), json!({"reason": "left"}));
    refused(409, "VISIT_HAS_CLAIMS", cancel).await;

    // Both parties read the same; nobody else reads anything.
    for reader in [&parties.clerk, &parties.reviewer, &parties.network.payer.officer] {
        assert_eq!(accepted(200, reader.get(&path(&made))).await.at("claim"), made.at("claim"));
    }
    refused(403, "PERMISSION_DENIED", parties.network.desk.get(&path(&made))).await;
    let strangers = Network::of(&parties.platform).await;
    let stranger = strangers.facility.staff(&parties.platform, &["CLAIMS_CLERK"]).await;
    refused(404, "NOT_FOUND", stranger.get(&path(&made))).await;
    refused(404, "NOT_FOUND", strangers.payer.officer.get(&path(&made))).await;

    // The member's explanation, in a language of the member's.
    let explained =
        accepted(200, parties.clerk.get(&format!("{}/explanation?language=fr", path(&made)))).await;
    assert_eq!(explained.text("explanation.stateText"), "La demande est acceptée.");
    assert_eq!(explained.text("explanation.lines.0.name"), "Consultation médicale");
    assert!(!explained.body.to_string().contains("J06"));
    let wrong = parties.platform.rest().post("/v1/explanations", json!({"token": "nonsense"}));
    refused(404, "NOT_FOUND", wrong).await;

    // One advice, whose lines add up; then it is paid.
    let officer = &parties.network.payer.officer;
    let wish = json!({"facilityId": parties.network.facility.id, "claimIds": [made.text("claim.claimId")], "reference": "BATCH-1"});
    refused(403, "PERMISSION_DENIED", parties.reviewer.post("/v1/payment-advices", wish.clone())).await;
    let advice = accepted(201, officer.post("/v1/payment-advices", wish)).await;
    let number = |value: &Value| value.as_str().unwrap().parse::<i64>().unwrap();
    let of_lines: i64 =
        advice.list("paymentAdvice.claims.0.lines").iter().map(|line| number(&line["amount"])).sum();
    assert_eq!(of_lines, number(advice.at("paymentAdvice.total")));
    assert_eq!(advice.at("paymentAdvice.total"), made.at("claim.amounts.payer"));
    let advice_path = advice.header("location").unwrap().to_owned();
    assert_eq!(accepted(200, parties.clerk.get(&advice_path)).await.body, advice.body);
    assert_eq!(accepted(200, parties.clerk.get("/v1/payment-advices")).await.list("paymentAdvices").len(), 1);
    refused(404, "NOT_FOUND", stranger.get(&advice_path)).await;
    let paid = json!({"reference": "TRF-1", "paidOn": parties.today()});
    let marked = accepted(200, officer.post(&format!("{advice_path}/mark-paid"), paid.clone())).await;
    assert_eq!(marked.text("paymentAdvice.state"), "PAID");
    let read = accepted(200, parties.clerk.get(&path(&made))).await;
    assert_eq!((read.text("claim.state"), read.text("claim.paymentReference")), ("PAID", "TRF-1"));
    refused(409, "WRONG_STATE", officer.post(&format!("{}/mark-paid", path(&made)), paid)).await;
    refused(409, "WRONG_STATE", parties.ask(&made, "recall", json!({"reason": "too late"}))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_changed_submitted_reviewed_and_recalled() {
    let parties = ClaimParties::with_rules("0").await;
    let patient = parties.patient().await;
    let mut body = claim(&["CONS"]);
    body["submit"] = json!(false);
    let draft = accepted(201, parties.clerk.post(&format!("{}/claims", patient.visit), body)).await;
    assert_eq!(draft.text("claim.state"), "DRAFT");
    refused(404, "NOT_FOUND", parties.reviewer.get(&path(&draft))).await;
    let change = json!({"lines": lines(&["CONS", "LAB", "XRAY"])});
    refused(428, "PRECONDITION_REQUIRED", parties.clerk.patch(&path(&draft), change.clone())).await;
    let changed = parties.clerk.patch(&path(&draft), change.clone()).if_match(draft.etag());
    let changed = accepted(200, changed).await;
    refused(412, "STALE_VERSION", parties.clerk.patch(&path(&draft), change).if_match(draft.etag())).await;
    let wrong = json!({"lines": [{"code": "CONS", "diagnoses": ["flu"], "quantity": "0"}, {"code": ""}]});
    let wrong = parties.clerk.patch(&path(&draft), wrong).if_match(changed.etag());
    assert_eq!(refused(400, "INVALID_REQUEST", wrong).await.list("violations").len(), 4);

    let submitted = accepted(200, parties.ask(&draft, "submit", json!({}))).await;
    assert_eq!(submitted.text("claim.state"), "IN_REVIEW");
    assert_eq!(submitted.text("claim.reviewReasons.0"), "ABOVE_AUTOMATIC_LIMIT");
    assert_eq!(parties.used(&patient).await, "0");
    refused(409, "CLAIM_NOT_DECIDED", parties.clerk.get(&format!("{}/explanation", path(&draft)))).await;
    let waiting = accepted(200, parties.reviewer.get("/v1/claims?state=IN_REVIEW")).await;
    assert_eq!(waiting.list("claims").len(), 1);
    assert!(waiting.list("claims.0.lines").is_empty(), "nothing of what was done is in a list");

    let decisions = json!({"lines": [
        {"line": 2, "decision": "REJECT", "reasonCode": "MNEC-001", "text": "Not called for by the record."},
        {"line": 3, "decision": "ADJUST", "unitPrice": "15000", "text": "As agreed last year."},
    ]});
    refused(403, "PERMISSION_DENIED", parties.ask(&draft, "review", decisions.clone())).await;
    let review = format!("{}/review", path(&draft));
    let mut unknown = decisions.clone();
    unknown["lines"][0]["reasonCode"] = json!("NONE-001");
    refused(400, "INVALID_REQUEST", parties.reviewer.post(&review, unknown)).await;
    let reviewed = accepted(200, parties.reviewer.post(&review, decisions)).await;
    assert_eq!(reviewed.text("claim.state"), "PARTIALLY_APPROVED");
    assert_eq!(reviewed.text("claim.lines.1.refusals.0.code"), "MNEC-001");
    assert_eq!(reviewed.text("claim.lines.2.reviews.0.decision.unitPrice"), "15000");
    assert_eq!(reviewed.text("claim.lines.2.tariffPrice"), "20000");
    assert_eq!(parties.used(&patient).await, reviewed.text("claim.amounts.payer"));

    let recalled = accepted(200, parties.ask(&draft, "recall", json!({"reason": "Wrong visit"}))).await;
    assert_eq!(recalled.text("claim.state"), "RECALLED");
    assert_eq!(parties.used(&patient).await, "0");
    let cancel = parties.network.desk.post(&format!("{}/cancel", patient.visit), json!({"reason": "left"}));
    accepted(200, cancel).await;
    refused(409, "WRONG_STATE", parties.submit(&patient, &["CONS"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_claimed_is_not_claimed_again_whatever_the_key() {
    let parties = ClaimParties::with_rules("1000000").await;
    let patient = parties.patient().await;
    let mut body = claim(&["CONS"]);
    body["externalReference"] = json!("INV-1");
    let claims = format!("{}/claims", patient.visit);
    let key = "the-key-of-this-very-claim";
    let first = accepted(201, parties.clerk.post(&claims, body.clone()).key(key)).await;
    let replayed = accepted(201, parties.clerk.post(&claims, body.clone()).key(key)).await;
    assert_eq!((replayed.header("idempotency-replayed"), &replayed.body), (Some("true"), &first.body));
    for codes in [&["LAB"][..], &["CONS"]] {
        let mut other = claim(codes);
        if codes == ["LAB"] {
            other["externalReference"] = json!("INV-1");
        }
        let duplicate = refused(409, "DUPLICATE_CLAIM", parties.clerk.post(&claims, other)).await;
        assert_eq!(duplicate.text("claimId"), first.text("claim.claimId"));
        assert_eq!(duplicate.text("claimNumber"), first.text("claim.number"));
    }
    assert_eq!(accepted(200, parties.clerk.get("/v1/claims")).await.list("claims").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_claim_is_resubmitted_in_bounds_and_an_appeal_has_its_time() {
    let parties = ClaimParties::with_rules("0").await;
    let patient = parties.patient().await;
    let reject =
        |line: i32| json!({"lines": [{"line": line, "decision": "REJECT", "reasonCode": "MNEC-003"}]});
    let first = accepted(201, parties.submit(&patient, &["CONS"])).await;
    let reviewed = accepted(200, parties.reviewer.post(&format!("{}/review", path(&first)), reject(1))).await;
    assert_eq!(reviewed.text("claim.state"), "REJECTED", "a rejection is an answer, not a problem");

    let corrected = json!({"lines": lines(&["CONS"])});
    let second = accepted(201, parties.ask(&first, "resubmit", corrected.clone())).await;
    assert_eq!(second.text("claim.resubmitsClaimId"), first.text("claim.claimId"));
    refused(409, "ALREADY_RESUBMITTED", parties.ask(&first, "resubmit", corrected.clone())).await;
    accepted(200, parties.reviewer.post(&format!("{}/review", path(&second)), reject(1))).await;
    refused(409, "RESUBMISSIONS_EXHAUSTED", parties.ask(&second, "resubmit", corrected)).await;

    let appeal = json!({"reason": "The record shows why."});
    let appealed = accepted(200, parties.ask(&second, "appeal", appeal.clone())).await;
    assert_eq!(appealed.text("claim.state"), "APPEALED");
    let answer = format!("{}/decide-appeal", path(&second));
    let overturned = json!({
        "outcome": "OVERTURNED", "text": "It does.", "lines": [{"line": 1, "decision": "ACCEPT"}],
    });
    refused(403, "PERMISSION_DENIED", parties.network.payer.officer.post(&answer, overturned.clone())).await;
    let overturned = accepted(200, parties.reviewer.post(&answer, overturned)).await;
    assert_eq!(overturned.text("claim.state"), "OVERTURNED");
    assert_eq!(overturned.list("claim.lines.0.reviews").len(), 2, "both decisions stay to be seen");
    assert_eq!(parties.used(&patient).await, overturned.text("claim.amounts.payer"));
    refused(409, "WRONG_STATE", parties.ask(&second, "appeal", appeal.clone())).await;

    let third = accepted(201, parties.submit(&patient, &["LAB"])).await;
    accepted(200, parties.reviewer.post(&format!("{}/review", path(&third)), reject(1))).await;
    parties.platform.advance(DAY * 32);
    let late = refused(409, "APPEAL_TOO_LATE", parties.ask(&third, "appeal", appeal)).await;
    assert!(!late.text("deadline").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_claim_is_refused_with_the_day_it_was_due() {
    let parties = ClaimParties::with_rules("1000000").await;
    let patient = parties.patient().await;
    let wish = json!({"visitId": patient.visit_id, "lines": lines(&["CONS"])});
    let by =
        accepted(200, parties.clerk.post("/v1/claims/lint", wish.clone())).await.text("submitBy").to_owned();
    parties.platform.advance(DAY * 47);
    let late = refused(409, "SUBMISSION_TOO_LATE", parties.submit(&patient, &["CONS"])).await;
    assert_eq!((late.text("deadline"), late.text("code")), (by.as_str(), "TIME-001"));
    let told = accepted(200, parties.clerk.post("/v1/claims/lint", wish)).await;
    assert_eq!(told.text("problems.0.reason"), "SUBMISSION_TOO_LATE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_members_dispute_freezes_the_claims_of_the_visit() {
    let parties = ClaimParties::with_rules("1000000").await;
    let patient = parties.patient().await;
    let made = accepted(201, parties.submit(&patient, &["CONS"])).await;
    // "This was not me", by the link in the SMS of the admission; that of the claim may have overtaken it.
    let sms = parties.platform.messages_to(&patient.member.phone).await;
    let mut sms = sms.iter().filter(|message| message.text.contains(&patient.visit_number));
    let token = sms.find_map(|message| dispute_token(&message.text)).expect("a link to dispute");
    accepted(200, parties.platform.rest().post("/v1/visit-disputes", json!({"token": token}))).await;

    refused(409, "VISIT_DISPUTED", parties.submit(&patient, &["LAB"])).await;
    refused(409, "VISIT_DISPUTED", parties.ask(&made, "recall", json!({"reason": "wrong visit"}))).await;
    let wish = json!({"facilityId": parties.network.facility.id, "claimIds": [made.text("claim.claimId")]});
    let officer = &parties.network.payer.officer;
    refused(409, "VISIT_DISPUTED", officer.post("/v1/payment-advices", wish.clone())).await;
    assert_eq!(accepted(200, parties.clerk.get(&path(&made))).await.at("claim.frozen"), true);
    let dismissed = json!({"outcome": "DISMISSED"});
    accepted(200, officer.post(&format!("{}/dispute/resolve", patient.visit), dismissed)).await;
    accepted(201, officer.post("/v1/payment-advices", wish)).await;
    // The same link reads what became of the claim.
    let told = parties.platform.rest().post("/v1/explanations", json!({"token": token, "language": "rw"}));
    assert_eq!(accepted(200, told).await.text("explanation.claimNumber"), made.text("claim.number"));
}

/// The last word of a message's link.
fn dispute_token(text: &str) -> Option<String> {
    let link = text.split_whitespace().find(|word| word.starts_with("http"))?;
    let token = link.trim_end_matches('.').rsplit(['/', '=', '#']).next()?;
    (token.len() >= 30).then(|| token.to_owned())
}
