//! What is dear is asked for before it is done: the payer's rules say of what, and a reviewer allows a part.

use anyhow::ensure;
use careway_standalone::seed::Answer;
use serde_json::{Value, json};

use super::{
    people::{Patient, People},
    steps::Steps,
    words::{codes, figure, instant, reasons, text},
};

/// From the doctor's request to the SMS that tells what the payer allows; the number that the claim cites.
pub(super) async fn tell(
    steps: &mut Steps,
    people: &mut People,
    patient: &mut Patient,
) -> anyhow::Result<String> {
    let clinician = &people.clinician.rest;
    // A stone in the ureter: ultrasound, a scan, and a second look at what the scan shows.
    let line = |code: &str| json!({"code": code, "diagnoses": ["N20.1"]});
    let lines = json!(["IMG-USABD", "IMG-CTABD", "IMG-MRI"].map(line));

    steps.step("The doctor suspects a ureteric stone, and pictures are dear: must the payer be asked first?");
    let check = format!("{}/preauthorizations/check", patient.visit);
    let told = steps.post(clinician, &check, json!({"lines": lines}), 200).await?;
    let row = |line: &Value| {
        let needed = if line["needed"] == true { "yes" } else { "no" };
        [text(&line["code"]), figure(&text(&line["unitPrice"])), needed.to_owned(), text(&line["because"])]
    };
    steps.shows(["CODE", "PRICE", "ASK", "WHY"], told.list("lines").iter().map(row).collect());
    ensure!(told.at("needed") == true, "the scan should need a pre-authorization: {}", told);

    steps.step(format!("{} asks, with the reason", people.clinician.name()));
    let body = json!({
        "lines": lines, "urgency": "URGENT",
        "justification": "Colic since yesterday, blood in the urine; a stone is suspected.",
    });
    let asked = steps.post(clinician, &format!("{}/preauthorizations", patient.visit), body, 201).await?;
    let number = asked.text("preauthorization.number").to_owned();
    ensure!(asked.text("preauthorization.state") == "PENDED", "a person should decide: {}", asked);
    steps.means(format!(
        "too dear for the payer's rules: a person decides {number}, by {}",
        instant(asked.at("preauthorization.dueAt"))
    ));

    steps.step(format!("{} of {} has mail", people.reviewer.name(), people.reviewer.organization));
    let mail = people.reviewer.mail.about(&number).await?;
    steps.reads(&mail);

    steps.step("The reviewer decides line by line: the scan, and no second look");
    let path = format!("/v1/preauthorizations/{}", asked.text("preauthorization.preauthorizationId"));
    let decision = json!({"lines": [
        {"sequence": 2, "decision": "APPROVE", "days": 7},
        {"sequence": 3, "decision": "REJECT", "reasonCode": "MNEC-001", "text": "The scan will show it."},
    ]});
    let decided = steps.post(&people.reviewer.rest, &format!("{path}/decide"), decision, 200).await?;
    show(steps, &decided)?;

    steps.step("The patient's phone rings");
    let sms = patient.phone.about(&number).await?;
    steps.reads(&sms);
    Ok(number)
}

/// What was decided of each line, and what is held for it.
fn show(steps: &Steps, decided: &Answer) -> anyhow::Result<()> {
    let lines = decided.list("lines");
    let row = |line: &Value| {
        let allowed = line["outcome"] == "APPROVED";
        let held = if allowed { figure(&text(&line["amounts"]["payer"])) } else { String::new() };
        [text(&line["code"]), text(&line["outcome"]), held, codes(&line["refusals"])]
    };
    steps.shows(["CODE", "OUTCOME", "PAYER", "WHY NOT"], lines.iter().map(row).collect());
    for reason in reasons(lines.iter().map(|line| (&line["code"], &line["refusals"]))) {
        steps.means(reason);
    }
    let outcomes: Vec<_> = lines.iter().map(|line| text(&line["outcome"])).collect();
    ensure!(
        decided.text("preauthorization.state") == "PARTIALLY_APPROVED"
            && outcomes == ["NOT_REQUIRED", "APPROVED", "REJECTED"],
        "one line should need nothing, one be approved, one rejected: {}",
        decided
    );
    steps.means(format!(
        "valid until {}; what is approved is held of the member's benefits until the claim takes it",
        decided.text("preauthorization.validTo"),
    ));
    Ok(())
}
