//! Medicines: prescribed, told to the patient, found by a pharmacy elsewhere, handed out in two parts and no more.

use anyhow::ensure;
use careway_standalone::seed::Answer;
use serde_json::{Value, json};

use super::{
    people::{Patient, People},
    steps::Steps,
    words::text,
};

/// From the prescription to the last tablet.
pub(super) async fn tell(steps: &mut Steps, people: &People, patient: &mut Patient) -> anyhow::Result<()> {
    let issued = issue(steps, people, patient).await?;
    let number = issued.text("prescription.prescriptionNumber").to_owned();

    steps.step("The patient's phone rings");
    let sms = patient.phone.about(&number).await?;
    steps.reads(&sms);

    let pharmacist = &people.pharmacist.rest;
    steps.step(format!(
        "At {}, the patient shows both numbers to {}",
        people.pharmacist.organization,
        people.pharmacist.name()
    ));
    let path = format!("/v1/prescriptions/{}", issued.text("prescription.prescriptionId"));
    let shown = json!({"prescriptionNumber": number, "memberNumber": patient.member.member_number});
    let found = steps.post(pharmacist, "/v1/prescriptions/find", shown, 200).await?;
    show(steps, &found);
    let told: Vec<_> =
        found.list("prescription.lines").iter().filter(|it| !it["diagnoses"][0].is_null()).collect();
    ensure!(told.is_empty(), "a pharmacy is not told why: {}", found);
    steps.means("what to take and how much; not why");

    steps.step("There are ten tablets of the one left on the shelf");
    let dispense = format!("{path}/dispense");
    let part = json!({"lines": [{"lineNumber": 1, "quantity": "10"}, {"lineNumber": 2}]});
    let handed = steps.post(pharmacist, &dispense, part, 200).await?;
    show(steps, &handed);
    let left = text(&handed.at("prescription.lines")[0]["left"]);
    ensure!(
        handed.text("prescription.state") == "PARTIALLY_DISPENSED" && left == "10",
        "ten should be left: {}",
        handed
    );

    steps.step("The next delivery has come: the rest");
    let rest = json!({"lines": [{"lineNumber": 1}]});
    let handed = steps.post(pharmacist, &dispense, rest.clone(), 200).await?;
    show(steps, &handed);
    ensure!(handed.text("prescription.state") == "DISPENSED", "nothing should be left: {}", handed);

    steps.step("And once more, here or in any other pharmacy?");
    let refused = steps.post(pharmacist, &dispense, rest, 409).await?;
    ensure!(refused.reason() == "NOTHING_LEFT", "nothing should be left to hand out: {refused}");
    steps.means("no: whatever was prescribed is handed out once, however many pharmacies ask");
    Ok(())
}

/// Prescribes. Who was a patient of this demo before is warned of: their medicines still run.
async fn issue(steps: &mut Steps, people: &People, patient: &Patient) -> anyhow::Result<Answer> {
    steps.step(format!("{} prescribes against the pain, and an antibiotic", people.clinician.name()));
    let path = format!("{}/prescriptions", patient.visit);
    let body = |acknowledged: bool| {
        json!({
            "prescriber": {"name": people.clinician.name(), "licence": "RMDC-10422"},
            "lines": [
                {"code": "DICLO-50", "dose": "1 tablet", "frequency": "twice a day, after meals", "days": 10,
                 "quantity": "20", "diagnoses": ["N20.1"]},
                {"code": "CIPRO-500", "dose": "1 tablet", "frequency": "twice a day", "days": 7,
                 "quantity": "14", "diagnoses": ["N39.0"]},
            ],
            "acknowledgeWarnings": acknowledged,
        })
    };
    let clinician = &people.clinician.rest;
    let asked = clinician.post(&path, body(false)).await?;
    steps.asks("POST", &path, &body(false));
    let issued = if asked.reason() == "WARNINGS_NOT_ACKNOWLEDGED" {
        let warned = steps.hears(asked, 409)?;
        steps.means(warned.text("detail"));
        steps.step("The doctor has seen the warnings, and prescribes all the same");
        steps.post(clinician, &path, body(true), 201).await?
    } else {
        steps.hears(asked, 201)?
    };
    show(steps, &issued);
    let covered = |line: &Value| line["formulary"] == "COVERED";
    ensure!(issued.list("prescription.lines").iter().all(covered), "both should be covered: {}", issued);
    steps.means(format!(
        "{}, good until {}",
        issued.text("prescription.prescriptionNumber"),
        issued.text("prescription.expiresOn")
    ));
    Ok(issued)
}

/// Each medicine, and what is left of it.
fn show(steps: &Steps, answer: &Answer) {
    let row = |line: &Value| {
        let medicine = format!("{} {}", text(&line["name"]), text(&line["strength"]));
        let taken = format!("{}, {}", text(&line["dose"]), text(&line["frequency"]));
        [medicine, taken, text(&line["quantity"]), text(&line["dispensed"]), text(&line["left"])]
    };
    let headers = ["MEDICINE", "TO TAKE", "PRESCRIBED", "HANDED OUT", "LEFT"];
    steps.shows(headers, answer.list("prescription.lines").iter().map(row).collect());
}
