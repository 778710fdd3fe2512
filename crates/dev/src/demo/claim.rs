//! The care is claimed: tried first, then submitted, reviewed line by line, and explained to the member.

use anyhow::{Context, ensure};
use careway_standalone::seed::Answer;
use serde_json::{Value, json};

use super::{
    documents::Kept,
    people::{Patient, People},
    steps::Steps,
    words::{codes, figure, reasons, text, texts},
};

/// What the references of the demo's claims begin with: what is found by it is taken back by the next demo.
pub(super) const REFERENCE: &str = "DEMO-";

/// What a claim has a right to: the pre-authorization's number, and the document that supports it.
pub(super) struct Support<'a> {
    pub(super) preauthorization: &'a str,
    pub(super) document: &'a Kept,
}

/// A decided claim.
pub(super) struct Decided {
    /// `/v1/claims/{claim_id}`.
    pub(super) path: String,
    /// What the payer pays, in francs.
    pub(super) payer: i64,
}

/// From the lint to the explanation that the member reads.
pub(super) async fn tell(
    steps: &mut Steps,
    people: &mut People,
    patient: &mut Patient,
    support: Support<'_>,
) -> anyhow::Result<Decided> {
    let reference = format!("{REFERENCE}{}", patient.visit_number);
    steps.step(format!("{} writes the claim, and first tries what would become of it", people.clerk.name()));
    let mistyped = lines("LAB-CRE", support.preauthorization);
    let visit = patient.visit.rsplit('/').next().unwrap_or_default();
    let body = json!({"visitId": visit, "lines": mistyped, "externalReference": reference});
    let told = steps.post(&people.clerk.rest, "/v1/claims/lint", body, 200).await?;
    show(steps, told.list("lines"));
    ensure!(told.list("problems").is_empty(), "it could be submitted: {}", told);
    ensure!(
        text(&told.at("lines")[1]["refusals"][0]["code"]) == "PRCE-001",
        "LAB-CRE has no price: {}",
        told
    );
    steps.means(
        "LAB-CRE is mistyped, and nothing has happened yet; the blood count is dearer than was agreed",
    );

    steps.step("Corrected, and submitted with the laboratory's report");
    let body = json!({
        "lines": lines("LAB-CREAT", support.preauthorization), "documentIds": [support.document.id],
        "externalReference": reference, "submit": true,
    });
    let made = steps.post(&people.clerk.rest, &format!("{}/claims", patient.visit), body, 201).await?;
    let number = made.text("claim.number").to_owned();
    ensure!(made.text("claim.state") == "IN_REVIEW", "a reviewer should decide: {}", made);
    steps.means(format!(
        "it is {number}, and waits for a reviewer: {}; smaller ones are decided in the same answer",
        texts(made.list("claim.reviewReasons"))
    ));

    let decided = review(steps, people, &made).await?;
    explain(steps, people, patient, &decided).await?;
    let payer = decided.text("claim.amounts.payer");
    let payer =
        payer.parse().with_context(|| format!("what the payer pays should be a number, not {payer:?}"))?;
    Ok(Decided { path: path(&made), payer })
}

/// Five lines: one dearer than agreed, one that the diagnosis does not call for, one that was asked for before.
fn lines(creatinine: &str, preauthorization: &str) -> Value {
    json!([
        {"code": "CONS-SPEC", "diagnoses": ["N20.1"]},
        {"code": creatinine, "diagnoses": ["N20.1"]},
        {"code": "LAB-FBC", "unitPrice": "6000", "diagnoses": ["N20.1", "R31"]},
        {"code": "LAB-HPYLORI", "diagnoses": ["N20.1"]},
        {"code": "IMG-CTABD", "diagnoses": ["N20.1"], "preauthorizationNumber": preauthorization},
    ])
}

fn path(made: &Answer) -> String {
    format!("/v1/claims/{}", made.text("claim.claimId"))
}

/// The payer's reviewer decides, and the facility is told.
async fn review(steps: &mut Steps, people: &mut People, made: &Answer) -> anyhow::Result<Answer> {
    steps.step(format!(
        "{} decides: a stone in the ureter is no reason to look for a germ in the stomach",
        people.reviewer.name()
    ));
    let decisions = json!({"lines": [{
        "line": 4, "decision": "REJECT", "reasonCode": "MNEC-001", "text": "Nothing points to the stomach.",
    }]});
    let review = format!("{}/review", path(made));
    let decided = steps.post(&people.reviewer.rest, &review, decisions, 200).await?;
    show(steps, decided.list("claim.lines"));
    ensure!(decided.text("claim.state") == "PARTIALLY_APPROVED", "a part should be paid: {}", decided);
    let reasons = [2, 3].map(|line| text(&decided.at("claim.lines")[line]["refusals"][0]["code"]));
    ensure!(reasons == ["PRCE-002", "MNEC-001"], "two lines should have their reasons: {}", decided);
    let [submitted, write_off, patient, payer] =
        ["submitted", "writeOff", "patient", "payer"].map(|of| decided.text(&format!("claim.amounts.{of}")));
    steps.means(format!(
        "of {} the payer pays {}, the patient {}; {} are the facility's own loss",
        figure(submitted),
        figure(payer),
        figure(patient),
        figure(write_off),
    ));
    let parts: Result<Vec<i64>, _> = [write_off, patient, payer].into_iter().map(str::parse).collect();
    let all: i64 = parts?.into_iter().sum();
    ensure!(submitted == all.to_string(), "every franc should be in one part: {}", decided);

    steps.step(format!("{} has mail", people.clerk.name()));
    let mail = people.clerk.mail.about(made.text("claim.number")).await?;
    steps.reads(&mail);
    Ok(decided)
}

/// The member is told by SMS, and reads on behind its link.
async fn explain(
    steps: &mut Steps,
    people: &People,
    patient: &mut Patient,
    decided: &Answer,
) -> anyhow::Result<()> {
    steps.step("The patient's phone rings");
    let sms = patient.phone.about(decided.text("claim.number")).await?;
    steps.reads(&sms);

    steps.step("The patient opens the first link: what the page behind it asks, without any sign-in");
    let token = sms.token().context("the SMS has no link")?;
    let body = json!({"token": token, "language": "en"});
    let told = steps.post(&people.anybody, "/v1/explanations", body, 200).await?;
    ensure!(
        told.text("explanation.claimNumber") == decided.text("claim.number")
            && told.at("explanation.amounts") == decided.at("claim.amounts"),
        "the member should be told what was decided: {}",
        told
    );
    steps.means(format!("{}: {}", told.text("explanation.title"), told.text("explanation.stateText")));
    for sentence in told.list("explanation.summary") {
        steps.means(text(sentence));
    }
    for line in told.list("explanation.lines").iter().filter(|line| !line["refusals"][0].is_null()) {
        steps.means(format!("{}: {}", text(&line["name"]), text(&line["refusals"][0]["text"])));
    }
    Ok(())
}

/// Each line, and where its money goes.
fn show(steps: &Steps, lines: &[Value]) {
    let row = |line: &Value| {
        let amount = |of: &str| figure(&text(&line["amounts"][of]));
        [
            text(&line["claimed"]["code"]),
            amount("submitted"),
            amount("payer"),
            amount("patient"),
            amount("writeOff"),
            codes(&line["refusals"]),
        ]
    };
    let headers = ["CODE", "CLAIMED", "PAYER", "PATIENT", "FACILITY", "WHY NOT ALL"];
    steps.shows(headers, lines.iter().map(row).collect());
    for reason in reasons(lines.iter().map(|line| (&line["claimed"]["code"], &line["refusals"]))) {
        steps.means(reason);
    }
}
