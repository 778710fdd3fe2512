//! Medicines: prescribed in a visit, warned of, found by a pharmacy, handed out fill by fill, never twice.

use std::time::Duration;

use careway_tests::{Facility, Network, Treatment, accepted, refused, today};
use chrono::Days;
use futures::future::join_all;
use serde_json::{Value, json};

const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::test(flavor = "multi_thread")]
async fn a_prescription_is_issued_found_and_handed_out_in_parts() {
    let treatment = Treatment::open().await;
    let issued = accepted(201, treatment.prescribe(&[amoxicillin(21, 7, 0)], false)).await;
    let path = format!("/v1/prescriptions/{}", issued.text("prescription.prescriptionId"));
    assert_eq!(issued.header("location"), Some(path.as_str()));
    let of = |field: &str| issued.text(&format!("prescription.{field}")).to_owned();
    assert_eq!((of("state"), of("lines.0.formulary")), ("ISSUED".to_owned(), "COVERED".to_owned()));
    assert_eq!((of("lines.0.name"), of("lines.0.strength")), ("Amoxicillin".to_owned(), "500 mg".to_owned()));
    assert!(of("prescriptionNumber").starts_with('R') && of("visitNumber").starts_with('V'));
    assert_eq!(of("expiresOn"), (today(&treatment.platform) + Days::new(30)).to_string());

    // Nobody else's, until its number and the patient's are known.
    let (pharmacy, pharmacist) = treatment.pharmacy().await;
    refused(404, "NOT_FOUND", pharmacist.get(&path)).await;
    let mistyped = json!({"prescriptionNumber": "R26-0000001-00", "memberNumber": treatment.member.number});
    refused(400, "INVALID_REQUEST", pharmacist.post("/v1/prescriptions/find", mistyped)).await;
    let foreign = json!({"prescriptionNumber": of("prescriptionNumber"), "memberNumber": "UM-000001"});
    refused(404, "NOT_FOUND", pharmacist.post("/v1/prescriptions/find", foreign)).await;
    let shown = json!({
        "prescriptionNumber": of("prescriptionNumber").to_lowercase().replace('-', " "),
        "memberNumber": treatment.member.number,
    });
    let found = accepted(200, pharmacist.post("/v1/prescriptions/find", shown)).await;
    assert_eq!(found.text("prescription.lines.0.dose"), "1 capsule");
    assert!(found.at("prescription.lines.0.diagnoses").as_array().is_none_or(Vec::is_empty), "no reasons");

    // A part, the rest, and no more.
    let hand = |quantity: &str| json!({"lines": [{"lineNumber": 1, "quantity": quantity}]});
    let dispense = format!("{path}/dispense");
    let part = accepted(200, pharmacist.post(&dispense, hand("10.5"))).await;
    assert_eq!(part.text("prescription.state"), "PARTIALLY_DISPENSED");
    assert_eq!(part.text("prescription.lines.0.left"), "10.5");
    refused(409, "MORE_THAN_LEFT", pharmacist.post(&dispense, hand("11"))).await;
    let rest = json!({"lines": [{"lineNumber": 1}]});
    let done = accepted(200, pharmacist.post(&dispense, rest.clone())).await;
    assert_eq!(done.text("prescription.state"), "DISPENSED");
    assert_eq!(done.list("prescription.dispensings").len(), 2);
    assert_eq!(done.text("prescription.dispensings.1.facilityId"), pharmacy.id);
    refused(409, "NOTHING_LEFT", pharmacist.post(&dispense, rest)).await;

    // Who read it is in the member's log.
    let log = treatment.access_log().await;
    let by = |action: &str| {
        log.list("accesses").iter().any(|it| {
            it["action"] == action
                && (action == "prescription.issue") != (it["organizationId"] == json!(pharmacy.id))
        })
    };
    for action in ["prescription.issue", "prescription.find", "prescription.dispense"] {
        assert!(by(action), "{action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_checks_find_must_be_acknowledged() {
    let treatment = Treatment::open().await;
    let vitamins = json!({
        "name": "Vitamin C", "dose": "1 tablet", "frequency": "daily", "days": 10, "quantity": "10",
    });
    let refusal = refused(
        409,
        "WARNINGS_NOT_ACKNOWLEDGED",
        treatment.prescribe(std::slice::from_ref(&vitamins), false),
    )
    .await;
    assert!(refusal.text("detail").contains("not in the payer's formulary"), "{}", refusal.body);
    let issued = accepted(201, treatment.prescribe(&[vitamins], true)).await;
    assert_eq!(issued.text("prescription.warnings.0.kind"), "NOT_IN_FORMULARY");

    // The same medicine, and another of the same therapy, while the first still runs.
    let first = accepted(201, treatment.prescribe(&[amoxicillin(21, 7, 0)], false)).await;
    refused(409, "WARNINGS_NOT_ACKNOWLEDGED", treatment.prescribe(&[amoxicillin(21, 7, 0)], false)).await;
    let again =
        accepted(201, treatment.prescribe(&[amoxicillin(21, 7, 0), medicine("AMPI-500", 20, 5, 0)], true))
            .await;
    let kinds: Vec<_> = again
        .list("prescription.warnings")
        .iter()
        .map(|it| (it["lineNumber"].as_i64().unwrap(), it["kind"].as_str().unwrap().to_owned()))
        .collect();
    let expected = [(1, "DUPLICATE_MEDICINE"), (2, "DUPLICATE_THERAPY"), (2, "SAME_THERAPY_TWICE")];
    assert_eq!(kinds, expected.map(|(line, kind)| (line, kind.to_owned())));
    assert_eq!(
        again.text("prescription.warnings.0.prescriptionNumber"),
        first.text("prescription.prescriptionNumber")
    );
    // What was cancelled runs no more.
    for it in [&first, &again] {
        let cancel = format!("/v1/prescriptions/{}/cancel", it.text("prescription.prescriptionId"));
        let as_read =
            |etag: &str| treatment.clinician.post(&cancel, json!({"reason": "Allergy"})).if_match(etag);
        refused(412, "STALE_VERSION", as_read("\"v7\"")).await;
        let cancelled = accepted(200, as_read(it.etag())).await;
        assert_eq!(cancelled.text("prescription.state"), "CANCELLED");
        refused(
            409,
            "PRESCRIPTION_CANCELLED",
            treatment.clinician.post(&cancel, json!({"reason": "Allergy"})),
        )
        .await;
    }
    accepted(201, treatment.prescribe(&[amoxicillin(21, 7, 0)], false)).await;

    let wrong = json!({
        "dose": "", "frequency": "x".repeat(201), "days": 400, "quantity": "0", "refills": 13,
        "diagnoses": ["fever"],
    });
    let named = refused(400, "INVALID_REQUEST", treatment.prescribe(&[wrong], false)).await;
    let fields: Vec<_> =
        named.list("violations").iter().map(|it| it["field"].as_str().unwrap().to_owned()).collect();
    let all = ["name", "dose", "frequency", "days", "quantity", "refills", "diagnoses[0]"];
    for field in all.map(|field| format!("lines[0].{field}")) {
        assert!(fields.contains(&field), "{field} is not among {fields:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refill_is_handed_out_once_however_many_pharmacies_ask_at_once() {
    let treatment = Treatment::open().await;
    let issued = accepted(201, treatment.prescribe(&[amoxicillin(30, 30, 2)], false)).await;
    let path = format!("/v1/prescriptions/{}/dispense", issued.text("prescription.prescriptionId"));
    let find = json!({
        "prescriptionNumber": issued.text("prescription.prescriptionNumber"), "memberNumber": treatment.member.number,
    });
    let ((_, one), (_, other)) = tokio::join!(treatment.pharmacy(), treatment.pharmacy());
    accepted(200, one.post("/v1/prescriptions/find", find.clone())).await;
    accepted(200, other.post("/v1/prescriptions/find", find)).await;

    let read = path.trim_end_matches("/dispense");
    for fill in 1..=3 {
        // Whose token has died meanwhile signs in once, not twenty times.
        accepted(200, one.get(read)).await;
        accepted(200, other.get(read)).await;
        let race = (0..20).map(|turn| {
            let pharmacist = if turn % 2 == 0 { &one } else { &other };
            let asked = pharmacist.post(&path, json!({"lines": [{"lineNumber": 1}]}));
            async move { asked.await.expect("an answer") }
        });
        let answers = join_all(race).await;
        let won: Vec<_> = answers.iter().filter(|it| it.status.as_u16() == 200).collect();
        assert_eq!(won.len(), 1, "fill {fill}");
        let handed = won[0].list("prescription.dispensings");
        assert_eq!(handed.last().unwrap()["fill"], fill);
        let lost = if fill == 3 { "NOTHING_LEFT" } else { "REFILL_TOO_SOON" };
        for refused in answers.iter().filter(|it| it.status.as_u16() != 200) {
            assert_eq!(refused.reason(), lost, "fill {fill}");
        }
        treatment.platform.advance(DAY * 22);
        if fill < 3 {
            refused(409, "REFILL_TOO_SOON", one.post(&path, json!({"lines": [{"lineNumber": 1}]}))).await;
        }
        treatment.platform.advance(DAY);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_does_only_their_part() {
    let treatment = Treatment::open().await;
    let Network { payer, facility, desk } = &treatment.network;
    let body = treatment.request(&[amoxicillin(21, 7, 0)], false);
    let issue = format!("{}/prescriptions", treatment.visit);
    refused(403, "PERMISSION_DENIED", desk.post(&issue, body.clone())).await;
    refused(403, "PERMISSION_DENIED", payer.officer.post(&issue, body.clone())).await;
    let issued = accepted(201, treatment.prescribe(&[amoxicillin(21, 7, 0)], false)).await;
    let path = format!("/v1/prescriptions/{}", issued.text("prescription.prescriptionId"));

    // A facility without a contract finds nothing, though it knows both numbers.
    let stranger = Facility::of(&treatment.platform).await;
    let pharmacist = stranger.staff(&treatment.platform, &["PHARMACIST", "CLINICIAN"]).await;
    let find = json!({
        "prescriptionNumber": issued.text("prescription.prescriptionNumber"), "memberNumber": treatment.member.number,
    });
    refused(404, "NOT_FOUND", pharmacist.post("/v1/prescriptions/find", find)).await;
    refused(404, "NOT_FOUND", pharmacist.get(&path)).await;
    refused(404, "NOT_FOUND", pharmacist.post(&issue, body.clone())).await;
    let hand = json!({"lines": [{"lineNumber": 1}]});
    refused(404, "NOT_FOUND", pharmacist.post(&format!("{path}/dispense"), hand.clone())).await;
    refused(404, "NOT_FOUND", pharmacist.post(&format!("{path}/cancel"), json!({"reason": "x"}))).await;
    refused(403, "PERMISSION_DENIED", treatment.clinician.post(&format!("{path}/dispense"), hand.clone()))
        .await;

    // The payer's reviewer reads; the facility's own pharmacist hands out.
    let reviewer = payer.staff(&treatment.platform, &["MEDICAL_REVIEWER"]).await;
    let read = accepted(200, reviewer.get(&path)).await;
    assert_eq!(*read.at("prescription.lines.0.diagnoses"), json!(["J06.9"]));
    let own = facility.staff(&treatment.platform, &["PHARMACIST"]).await;
    let key = "dispense-once-0123456789";
    let dispense = || own.post(&format!("{path}/dispense"), hand.clone()).key(key);
    let first = accepted(200, dispense()).await;
    assert_eq!(accepted(200, dispense()).await.body, first.body, "the same key, the same answer");

    // After the visit and its grace the facility reads it no more; nothing is prescribed in a visit that is over.
    accepted(200, desk.post(&format!("{}/discharge", treatment.visit), json!({}))).await;
    refused(409, "WRONG_STATE", treatment.clinician.post(&issue, body)).await;
    accepted(200, treatment.clinician.get(&path)).await;
    treatment.platform.advance(DAY * 4);
    refused(409, "VISIT_OVER", treatment.clinician.get(&path)).await;
    accepted(200, reviewer.get(&path)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_handed_out_after_the_last_day() {
    let treatment = Treatment::open().await;
    let mut body = treatment.request(&[amoxicillin(21, 7, 0)], false);
    body["validDays"] = json!(2);
    let issued =
        accepted(201, treatment.clinician.post(&format!("{}/prescriptions", treatment.visit), body)).await;
    let own = treatment.network.facility.staff(&treatment.platform, &["PHARMACIST"]).await;
    let dispense = format!("/v1/prescriptions/{}/dispense", issued.text("prescription.prescriptionId"));
    treatment.platform.advance(DAY * 3);
    refused(409, "PRESCRIPTION_EXPIRED", own.post(&dispense, json!({"lines": [{"lineNumber": 1}]}))).await;
}

fn amoxicillin(quantity: i32, days: i32, refills: i32) -> Value {
    medicine("AMOX-500", quantity, days, refills)
}

fn medicine(code: &str, quantity: i32, days: i32, refills: i32) -> Value {
    json!({
        "code": code, "dose": "1 capsule", "frequency": "three times a day", "days": days,
        "quantity": quantity.to_string(), "refills": refills, "diagnoses": ["J06.9"],
    })
}
