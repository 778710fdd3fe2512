//! A document of the visit: kept, cited by the claim, and read again by those who may, of which the member's log tells.

use std::collections::BTreeSet;

use anyhow::ensure;
use careway_standalone::seed::{Answer, until};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    people::{Patient, People, Person},
    report,
    steps::Steps,
    words::text,
};

/// A document as it was kept.
pub(super) struct Kept {
    pub(super) id: String,
    content: Vec<u8>,
}

/// The laboratory's report comes in.
pub(super) async fn add(steps: &mut Steps, people: &People, patient: &Patient) -> anyhow::Result<Kept> {
    steps.step(format!(
        "The laboratory's report is there: {} keeps it with the visit",
        people.clinician.name()
    ));
    let content = report::laboratory(&patient.member.member_number, &patient.visit_number);
    let path = format!(
        "{}/documents?kind=LAB_RESULT&title=Laboratory%20report&fileName=laboratory.pdf",
        patient.visit
    );
    steps.asks("POST", &path, &Value::from(format!("a PDF of {} bytes", content.len())));
    let upload = people.clinician.rest.upload(&path, "application/pdf", content.clone());
    let added = steps.hears(upload.key(&Uuid::new_v4().to_string()).await?, 201)?;
    let sha256 = sha256(&content);
    ensure!(added.text("document.sha256") == sha256, "the document should be kept as it was sent: {}", added);
    steps.means(format!(
        "found to be {}, and kept sealed; SHA-256 {sha256}",
        added.text("document.mediaType")
    ));
    Ok(Kept { id: added.text("document.documentId").to_owned(), content })
}

/// Who may read it again, who may not, and what the member can learn of that.
pub(super) async fn read(
    steps: &mut Steps,
    people: &People,
    patient: &Patient,
    kept: &Kept,
) -> anyhow::Result<()> {
    let path = format!("/v1/documents/{}/content", kept.id);
    steps.step("The report is read again. Not by the front desk, which has no business with it");
    let refused = steps.get(&people.desk.rest, &path, 403).await?;
    ensure!(refused.reason() == "PERMISSION_DENIED", "the desk should not read documents: {refused}");
    steps.means(format!("{} may add documents and not read them", people.desk.name()));

    steps.step(format!("But by {}, who treats the patient", people.clinician.name()));
    download(steps, &people.clinician, &path, kept).await?;
    steps.step(format!("And by {}, because the claim cites it", people.reviewer.name()));
    download(steps, &people.reviewer, &path, kept).await?;

    steps.step(format!("Who looked? {} reads the member's access log", people.officer.name()));
    let path = format!("/v1/members/{}/access-log?pageSize=200", patient.member_id);
    let log = until("the reads to be in the member's access log", async || {
        let log = people.officer.rest.get(&path).await?;
        let known = of_visit(&log, patient).iter().filter(|it| it["action"] == "document.download").count();
        Ok((known >= 2 || !log.status.is_success()).then_some(log))
    });
    steps.asks("GET", &path, &Value::Null);
    let log = steps.hears(log.await?, 200)?;
    show(steps, people, &of_visit(&log, patient));
    Ok(())
}

async fn download(steps: &Steps, by: &Person, path: &str, kept: &Kept) -> anyhow::Result<()> {
    let answer = steps.get(&by.rest, path, 200).await?;
    ensure!(answer.content == kept.content, "the document should come back as it was sent");
    steps.means(format!(
        "{} bytes, SHA-256 {}: as it was sent",
        answer.content.len(),
        sha256(&answer.content)
    ));
    Ok(())
}

/// Those accesses that were for this visit, the latest first.
fn of_visit<'a>(log: &'a Answer, patient: &Patient) -> Vec<&'a Value> {
    let visit = patient.visit.rsplit('/').next().unwrap_or_default();
    log.list("accesses").iter().filter(|it| it["visitId"] == visit).collect()
}

/// Each of the people once with each thing they did.
fn show(steps: &Steps, people: &People, accesses: &[&Value]) {
    let mut seen = BTreeSet::new();
    let mut rows = Vec::new();
    for access in accesses.iter().rev() {
        let account = text(&access["accessedBy"]);
        // Who follows the link in an SMS has not signed in.
        let who =
            if account.is_empty() { "the member's link" } else { people.name_of(&account).unwrap_or("") };
        let row = [text(&access["action"]), who.to_owned(), text(&access["organizationName"])];
        if seen.insert(row.clone()) {
            rows.push(row);
        }
    }
    steps.shows(["WHAT", "WHO", "OF"], rows);
    steps.means("each stands there with its time; what was read is not in it");
}

fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}
