//! What is dear is asked for before it is done: the payer's rules say of what, and a reviewer allows a part.

use anyhow::ensure;
use careway_standalone::seed::Answer;
use serde_json::{Value, json};

use super::{
    cast::{Cast, Patient},
    story::Story,
    words::{codes, figure, instant, reasons, text},
};

/// From the doctor's request to the SMS that tells what the payer allows; the number that the claim cites.
pub(super) async fn tell(
    story: &mut Story,
    cast: &mut Cast,
    patient: &mut Patient,
) -> anyhow::Result<String> {
    let clinician = &cast.clinician.rest;
    // A stone in the ureter: ultrasound, a scan, and a second look at what the scan shows.
    let line = |code: &str| json!({"code": code, "diagnoses": ["N20.1"]});
    let lines = json!(["IMG-USABD", "IMG-CTABD", "IMG-MRI"].map(line));

    story.step("The doctor suspects a ureteric stone, and pictures are dear: must the payer be asked first?");
    let check = format!("{}/preauthorizations/check", patient.visit);
    let told = story.post(clinician, &check, json!({"lines": lines}), 200).await?;
    let row = |line: &Value| {
        let needed = if line["needed"] == true { "yes" } else { "no" };
        [text(&line["code"]), figure(&text(&line["unitPrice"])), needed.to_owned(), text(&line["because"])]
    };
    story.shows(["CODE", "PRICE", "ASK", "WHY"], told.list("lines").iter().map(row).collect());
    ensure!(told.at("needed") == true, "the scan should need a pre-authorization: {}", told);

    story.step(format!("{} asks, with the reason", cast.clinician.name()));
    let body = json!({
        "lines": lines, "urgency": "URGENT",
        "justification": "Colic since yesterday, blood in the urine; a stone is suspected.",
    });
    let asked = story.post(clinician, &format!("{}/preauthorizations", patient.visit), body, 201).await?;
    let number = asked.text("preauthorization.number").to_owned();
    ensure!(asked.text("preauthorization.state") == "PENDED", "a person should decide: {}", asked);
    story.means(format!(
        "too dear for the payer's rules: a person decides {number}, by {}",
        instant(asked.at("preauthorization.dueAt"))
    ));

    story.step(format!("{} of {} has mail", cast.reviewer.name(), cast.reviewer.organization));
    let mail = cast.reviewer.mail.about(&number).await?;
    story.reads(&mail);

    story.step("The reviewer decides line by line: the scan, and no second look");
    let path = format!("/v1/preauthorizations/{}", asked.text("preauthorization.preauthorizationId"));
    let decision = json!({"lines": [
        {"sequence": 2, "decision": "APPROVE", "days": 7},
        {"sequence": 3, "decision": "REJECT", "reasonCode": "MNEC-001", "text": "The scan will show it."},
    ]});
    let decided = story.post(&cast.reviewer.rest, &format!("{path}/decide"), decision, 200).await?;
    show(story, &decided)?;

    story.step("The patient's phone rings");
    let sms = patient.phone.about(&number).await?;
    story.reads(&sms);
    Ok(number)
}

/// What was decided of each line, and what is held for it.
fn show(story: &Story, decided: &Answer) -> anyhow::Result<()> {
    let lines = decided.list("lines");
    let row = |line: &Value| {
        let allowed = line["outcome"] == "APPROVED";
        let held = if allowed { figure(&text(&line["amounts"]["payer"])) } else { String::new() };
        [text(&line["code"]), text(&line["outcome"]), held, codes(&line["refusals"])]
    };
    story.shows(["CODE", "OUTCOME", "PAYER", "WHY NOT"], lines.iter().map(row).collect());
    for reason in reasons(lines.iter().map(|line| (&line["code"], &line["refusals"]))) {
        story.means(reason);
    }
    let outcomes: Vec<_> = lines.iter().map(|line| text(&line["outcome"])).collect();
    ensure!(
        decided.text("preauthorization.state") == "PARTIALLY_APPROVED"
            && outcomes == ["NOT_REQUIRED", "APPROVED", "REJECTED"],
        "one line should need nothing, one be approved, one rejected: {}",
        decided
    );
    story.means(format!(
        "valid until {}; what is approved is held of the member's benefits until the claim takes it",
        decided.text("preauthorization.validTo"),
    ));
    Ok(())
}
