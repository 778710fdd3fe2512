//! A document of the visit: kept, cited by the claim, and read again by those who may, of which the member's log tells.

use std::collections::BTreeSet;

use anyhow::ensure;
use careway_standalone::seed::{Answer, until};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    cast::{Cast, Patient, Person},
    report,
    story::Story,
    words::text,
};

/// A document as it was kept.
pub(super) struct Kept {
    pub(super) id: String,
    content: Vec<u8>,
}

/// The laboratory's report comes in.
pub(super) async fn add(story: &mut Story, cast: &Cast, patient: &Patient) -> anyhow::Result<Kept> {
    story
        .step(format!("The laboratory's report is there: {} keeps it with the visit", cast.clinician.name()));
    let content = report::laboratory(&patient.member.member_number, &patient.visit_number);
    let path = format!(
        "{}/documents?kind=LAB_RESULT&title=Laboratory%20report&fileName=laboratory.pdf",
        patient.visit
    );
    story.asks("POST", &path, &Value::from(format!("a PDF of {} bytes", content.len())));
    let upload = cast.clinician.rest.upload(&path, "application/pdf", content.clone());
    let added = story.hears(upload.key(&Uuid::new_v4().to_string()).await?, 201)?;
    let sha256 = sha256(&content);
    ensure!(added.text("document.sha256") == sha256, "the document should be kept as it was sent: {}", added);
    story.means(format!(
        "found to be {}, and kept sealed; SHA-256 {sha256}",
        added.text("document.mediaType")
    ));
    Ok(Kept { id: added.text("document.documentId").to_owned(), content })
}

/// Who may read it again, who may not, and what the member can learn of that.
pub(super) async fn read(
    story: &mut Story,
    cast: &Cast,
    patient: &Patient,
    kept: &Kept,
) -> anyhow::Result<()> {
    let path = format!("/v1/documents/{}/content", kept.id);
    story.step("The report is read again. Not by the front desk, which has no business with it");
    let refused = story.get(&cast.desk.rest, &path, 403).await?;
    ensure!(refused.reason() == "PERMISSION_DENIED", "the desk should not read documents: {refused}");
    story.means(format!("{} may add documents and not read them", cast.desk.name()));

    story.step(format!("But by {}, who treats the patient", cast.clinician.name()));
    download(story, &cast.clinician, &path, kept).await?;
    story.step(format!("And by {}, because the claim cites it", cast.reviewer.name()));
    download(story, &cast.reviewer, &path, kept).await?;

    story.step(format!("Who looked? {} reads the member's access log", cast.officer.name()));
    let path = format!("/v1/members/{}/access-log?pageSize=200", patient.member_id);
    let log = until("the reads to be in the member's access log", async || {
        let log = cast.officer.rest.get(&path).await?;
        let known = of_visit(&log, patient).iter().filter(|it| it["action"] == "document.download").count();
        Ok((known >= 2 || !log.status.is_success()).then_some(log))
    });
    story.asks("GET", &path, &Value::Null);
    let log = story.hears(log.await?, 200)?;
    show(story, cast, &of_visit(&log, patient));
    Ok(())
}

async fn download(story: &Story, by: &Person, path: &str, kept: &Kept) -> anyhow::Result<()> {
    let answer = story.get(&by.rest, path, 200).await?;
    ensure!(answer.content == kept.content, "the document should come back as it was sent");
    story.means(format!(
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
fn show(story: &Story, cast: &Cast, accesses: &[&Value]) {
    let mut seen = BTreeSet::new();
    let mut rows = Vec::new();
    for access in accesses.iter().rev() {
        let account = text(&access["accessedBy"]);
        // Who follows the link in an SMS has not signed in.
        let who = if account.is_empty() { "the member's link" } else { cast.name_of(&account).unwrap_or("") };
        let row = [text(&access["action"]), who.to_owned(), text(&access["organizationName"])];
        if seen.insert(row.clone()) {
            rows.push(row);
        }
    }
    story.shows(["WHAT", "WHO", "OF"], rows);
    story.means("each stands there with its time; what was read is not in it");
}

fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}
