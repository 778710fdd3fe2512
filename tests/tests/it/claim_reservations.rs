//! What a pre-authorization holds, and what claims make of it, as the ledger's own route tells after every step.

use std::time::Duration;

use careway_tests::{Answer, accepted, until};
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};

use crate::claim_parties::{ClaimParties, Entry, Patient, path};

const DAY: Duration = Duration::from_secs(24 * 3600);

impl ClaimParties {
    /// Asks for so much of a code, and the payer's reviewer approves it.
    async fn approved(&self, patient: &Patient, code: &str, quantity: &str) -> Answer {
        self.approved_until(patient, (code, quantity), "").await
    }

    /// The same, for care until this day.
    async fn approved_until(&self, patient: &Patient, (code, quantity): (&str, &str), day: &str) -> Answer {
        let wish = json!({"lines": [line(code, quantity)], "justification": "Seven episodes within a year"});
        let asked = self.clerk.post(&format!("{}/preauthorizations", patient.visit), wish);
        let asked = accepted(201, asked).await;
        assert_eq!(asked.text("preauthorization.state"), "PENDED", "{}", asked.body);
        let word = json!({"lines": [{"sequence": 1, "decision": "APPROVE"}], "validTo": day});
        accepted(200, self.reviewer.post(&format!("{}/decide", approval(&asked)), word)).await
    }

    /// What the clerk reads of an approval: its state, and how much claims have taken.
    async fn taken(&self, approved: &Answer) -> (String, String) {
        let read = accepted(200, self.clerk.get(&approval(approved))).await;
        (read.text("preauthorization.state").to_owned(), read.text("lines.0.usedQuantity").to_owned())
    }

    /// Claims one line of the patient's care.
    async fn claimed(&self, patient: &Patient, line: Value) -> Answer {
        let claim = json!({"lines": [line], "submit": true});
        accepted(201, self.clerk.post(&format!("{}/claims", patient.visit), claim)).await
    }

    /// Waits until the clock has brought an approval into this state.
    async fn until_state(&self, approved: &Answer, wanted: &str) {
        let reached = async || Ok((self.taken(approved).await.0 == wanted).then_some(()));
        until("a state", reached).await.unwrap();
    }

    async fn recalled(&self, claim: &Answer) {
        accepted(200, self.ask(claim, "recall", json!({"reason": "Wrong visit"}))).await;
    }

    /// The day so many days from now.
    fn in_days(&self, days: i64) -> String {
        (self.today().parse::<NaiveDate>().unwrap() + TimeDelta::days(days)).to_string()
    }
}

/// `/v1/preauthorizations/{preauthorization_id}`.
fn approval(answer: &Answer) -> String {
    format!("/v1/preauthorizations/{}", answer.text("preauthorization.preauthorizationId"))
}

/// So much of a code.
fn line(code: &str, quantity: &str) -> Value {
    json!({"code": code, "quantity": quantity, "diagnoses": ["J35.0"]})
}

/// The same on this day.
fn on(day: &str, code: &str, quantity: &str) -> Value {
    let mut line = line(code, quantity);
    line["date"] = json!(day);
    line
}

fn entry(kind: &str, used: i64, reserved: i64) -> Entry {
    (kind.to_owned(), used, reserved)
}

fn state(claim: &Answer) -> (&str, &str) {
    (claim.text("claim.state"), claim.text("claim.amounts.payer"))
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_draw_on_what_was_approved_a_recall_gives_it_back_and_a_cancel_frees_the_rest() {
    // What costs the payer more than a bed and a half, a person decides.
    let parties = ClaimParties::with_rules("75000").await;
    let patient = parties.inpatient().await;
    let four = parties.approved(&patient, "BED", "4").await;
    let mut ledger = vec![entry("RESERVE", 0, 200_000)];
    assert_eq!(parties.ledger(&patient).await, ledger);

    // The rules decide the first night, and it is taken from what is held.
    let first = parties.claimed(&patient, line("BED", "1")).await;
    assert_eq!(state(&first), ("APPROVED", "50000"));
    ledger.push(entry("COMMIT", 50_000, -50_000));
    assert_eq!(parties.ledger(&patient).await, ledger);
    assert_eq!(parties.taken(&four).await, ("APPROVED".to_owned(), "1".to_owned()));

    // The next three wait for the reviewer, and take nothing until then; with them all is used that was approved.
    parties.platform.advance(DAY);
    let second = parties.claimed(&patient, on(&parties.in_days(0), "BED", "3")).await;
    assert_eq!(state(&second), ("IN_REVIEW", "150000"));
    assert_eq!(parties.ledger(&patient).await, ledger);
    accepted(200, parties.reviewer.post(&format!("{}/review", path(&second)), json!({}))).await;
    ledger.push(entry("COMMIT", 150_000, -150_000));
    assert_eq!(parties.ledger(&patient).await, ledger);
    assert_eq!(parties.taken(&four).await, ("USED".to_owned(), "4".to_owned()));

    // A fifth night was not approved, and nothing of it is paid, though the ceiling is far away.
    parties.platform.advance(DAY);
    let fifth = parties.claimed(&patient, on(&parties.in_days(0), "BED", "1")).await;
    assert_eq!(state(&fifth), ("REJECTED", "0"));
    assert_eq!(fifth.text("claim.lines.0.refusals.0.code"), "AUTH-006");
    assert_eq!(parties.ledger(&patient).await, ledger);

    // Recalled, the three are held again, and another claim may take two of them.
    parties.recalled(&second).await;
    ledger.push(entry("REVERSE", -150_000, 150_000));
    assert_eq!(parties.ledger(&patient).await, ledger);
    assert_eq!(parties.taken(&four).await, ("APPROVED".to_owned(), "1".to_owned()));
    let two = parties.claimed(&patient, on(&parties.in_days(-1), "BED", "2")).await;
    accepted(200, parties.reviewer.post(&format!("{}/review", path(&two)), json!({}))).await;
    ledger.push(entry("COMMIT", 100_000, -100_000));
    assert_eq!(parties.ledger(&patient).await, ledger);

    // Cancelled, what no claim took is free; what claims took stays taken.
    let cancel = json!({"reason": "The patient decided otherwise"});
    accepted(200, parties.clerk.post(&format!("{}/cancel", approval(&four)), cancel)).await;
    ledger.push(entry("RELEASE", 0, -50_000));
    assert_eq!(parties.ledger(&patient).await, ledger);

    // What is given back now is nobody's: the promise it was taken from is gone.
    parties.recalled(&two).await;
    parties.recalled(&first).await;
    ledger.extend([entry("REVERSE", -100_000, 0), entry("REVERSE", -50_000, 0)]);
    assert_eq!(parties.ledger(&patient).await, ledger);
    assert_eq!(parties.used(&patient).await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_claims_left_of_an_approval_is_free_when_its_validity_ends() {
    let parties = ClaimParties::with_rules("0").await;
    let patient = parties.inpatient().await;
    let four = parties.approved(&patient, "BED", "4").await;

    // All four nights, for less than was held for them: the difference stays held as long as the approval is valid.
    let mut cheaper = line("BED", "4");
    cheaper["unitPrice"] = json!("40000");
    let claim = parties.claimed(&patient, cheaper).await;
    accepted(200, parties.reviewer.post(&format!("{}/review", path(&claim)), json!({}))).await;
    let mut ledger = vec![entry("RESERVE", 0, 200_000), entry("COMMIT", 160_000, -160_000)];
    assert_eq!(parties.ledger(&patient).await, ledger);
    assert_eq!(parties.taken(&four).await, ("USED".to_owned(), "4".to_owned()));

    parties.platform.advance(DAY * 31);
    ledger.push(entry("RELEASE", 0, -40_000));
    let benefits = format!("{}/benefits", patient.visit);
    let freed = until("the rest to be free", async || {
        let told = accepted(200, parties.clerk.get(&benefits)).await;
        let reserved = told.text("statement.ceilings.0.limit.reserved.amount.amount");
        Ok((reserved == "0").then_some(()))
    });
    freed.await.unwrap();
    assert_eq!(parties.ledger(&patient).await, ledger);
    assert_eq!(parties.taken(&four).await.0, "USED", "what was used was not in vain");

    parties.recalled(&claim).await;
    ledger.push(entry("REVERSE", -160_000, 0));
    assert_eq!(parties.ledger(&patient).await, ledger);
    // Now that no claim uses it, it has just expired.
    parties.until_state(&four, "EXPIRED").await;
    assert_eq!(parties.ledger(&patient).await, ledger);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_promised_is_kept_though_nothing_else_is_left() {
    let parties = ClaimParties::with_rules("10000").await;
    let patient = parties.inpatient().await;
    // A million for the family's year, and all of it is promised.
    let surgery = parties.approved(&patient, "SURGERY", "1").await;
    let nights = parties.approved(&patient, "BED", "12").await;
    let mut ledger = vec![entry("RESERVE", 0, 400_000), entry("RESERVE", 0, 600_000)];
    assert_eq!(parties.ledger(&patient).await, ledger);

    // So nothing of a consultation the same day is paid.
    parties.platform.advance(Duration::from_secs(61));
    let outpatient = parties.admitted(patient.member.clone(), "OUTPATIENT").await;
    let unpaid = parties.claimed(&outpatient, line("CONS", "1")).await;
    assert_eq!(state(&unpaid), ("REJECTED", "0"));
    assert_eq!(unpaid.text("claim.lines.0.refusals.0.code"), "BENX-004");

    // The operation is, in full.
    let operated = parties.claimed(&patient, line("SURGERY", "1")).await;
    let reviewed = parties.reviewer.post(&format!("{}/review", path(&operated)), json!({}));
    assert_eq!(state(&accepted(200, reviewed).await), ("APPROVED", "400000"));
    ledger.push(entry("COMMIT", 400_000, -400_000));
    assert_eq!(parties.ledger(&patient).await, ledger);
    assert_eq!(parties.taken(&surgery).await.0, "USED");

    // Once the nights are cancelled there is room for the consultation.
    let cancel = json!({"reason": "Home the same day"});
    accepted(200, parties.clerk.post(&format!("{}/cancel", approval(&nights)), cancel)).await;
    ledger.push(entry("RELEASE", 0, -600_000));
    let again = json!({"lines": [line("CONS", "1")]});
    let paid = accepted(201, parties.clerk.post(&format!("{}/resubmit", path(&unpaid)), again)).await;
    assert_eq!(state(&paid), ("APPROVED", "8100"));
    ledger.push(entry("COMMIT", 8_100, 0));
    assert_eq!(parties.ledger(&patient).await, ledger);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_is_good_for_its_own_patient_service_and_days() {
    let parties = ClaimParties::with_rules("0").await;
    let (patient, other) = (parties.inpatient().await, parties.inpatient().await);
    let night = parties.approved_until(&patient, ("BED", "1"), &parties.in_days(2)).await;
    let number = night.text("preauthorization.number").to_owned();
    let held = vec![entry("RESERVE", 0, 50_000)];
    let refused = async |patient: &Patient, line: Value, code: &str| {
        let claim = parties.claimed(patient, line).await;
        assert_eq!(state(&claim), ("REJECTED", "0"));
        assert_eq!(claim.text("claim.lines.0.refusals.0.code"), code);
    };
    let naming = |mut line: Value| {
        line["preauthorizationNumber"] = json!(number);
        line
    };
    refused(&other, line("BED", "1"), "AUTH-001").await;
    refused(&other, naming(line("BED", "1")), "AUTH-004").await;
    refused(&patient, naming(line("SURGERY", "1")), "AUTH-005").await;
    assert_eq!((parties.ledger(&patient).await, parties.ledger(&other).await), (held.clone(), vec![]));

    parties.platform.advance(DAY * 4);
    parties.until_state(&night, "EXPIRED").await;
    refused(&patient, on(&parties.in_days(0), "BED", "1"), "AUTH-002").await;
    // A night of its days is paid all the same, out of what is left: there was leave for it.
    let late = parties.claimed(&patient, line("BED", "1")).await;
    let late = parties.reviewer.post(&format!("{}/review", path(&late)), json!({}));
    assert_eq!(state(&accepted(200, late).await), ("APPROVED", "50000"));
    let released = [entry("RELEASE", 0, -50_000), entry("COMMIT", 50_000, 0)];
    assert_eq!(parties.ledger(&patient).await, [held, released.to_vec()].concat());
}
