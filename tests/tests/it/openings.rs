//! What a visit opens of records, and a dispute closes: nothing is told to the facility of a disputed visit by any route,
//! what the visit opened of others is shut with it, and an upheld dispute takes it back for good.

use std::{collections::BTreeMap, time::Duration};

use careway_service::Call;
use careway_tests::{Rest, TestPlatform, Treatment, accepted, check_in, refused};
use reqwest::Method;
use serde_json::json;

use crate::{
    document, isolation,
    medical_file::{Elsewhere, treated},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_disputed_visit_opened_is_shut_until_that_is_dismissed() {
    let opened = Opened::start().await;
    opened.open().await;
    opened.dispute(&opened.opening_token).await;
    opened.shut().await;
    opened.resolve(&opened.elsewhere.visit, "DISMISSED").await;
    opened.open().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_visit_opened_is_gone_when_its_dispute_is_upheld() {
    let opened = Opened::start().await;
    let Elsewhere { desk, clinician, visit, .. } = &opened.elsewhere;
    assert_eq!(opened.kept().await, (1, 1));
    accepted(200, desk.post(&format!("{visit}/discharge"), json!({}))).await;
    opened.dispute(&opened.opening_token).await;
    assert_eq!(opened.kept().await, (1, 1), "a dispute alone takes nothing away");
    opened.resolve(visit, "UPHELD").await;
    assert_eq!(opened.kept().await, (0, 0));
    opened.gone().await;
    refused(409, "VISIT_DISPUTED", clinician.get(&format!("{visit}/medical-file"))).await;

    // When the patient does come, it is asked anew.
    let (platform, member) = (&opened.treatment.platform, &opened.treatment.member);
    platform.advance(Duration::from_secs(3600));
    let next = check_in(platform, desk, member).await;
    accepted(200, clinician.get(&format!("{next}/medical-file"))).await;
    opened.gone().await;
    accepted(200, desk.post(&format!("{next}/consent"), json!({"form": "WRITTEN"}))).await;
    accepted(200, clinician.get(&format!("{next}/medical-file"))).await;
    opened.open().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_recorded_in_a_disputed_visit_is_shut_to_whom_it_was_open() {
    let opened = Opened::start().await;
    opened.open().await;
    opened.dispute(&opened.recording_token).await;
    opened.gone().await;
    opened.resolve(&opened.treatment.visit, "DISMISSED").await;
    opened.open().await;

    let opened = Opened::start().await;
    opened.dispute(&opened.recording_token).await;
    opened.resolve(&opened.treatment.visit, "UPHELD").await;
    opened.gone().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_tells_the_facility_of_a_disputed_visit_anything_of_the_member() {
    let opened = Opened::start().await;
    let Opened { treatment, elsewhere, .. } = &opened;
    let facility = &treatment.network.facility;
    let here = [
        treatment.network.desk.clone(),
        treatment.clinician.clone(),
        facility.staff(&treatment.platform, &["SUPERVISOR"]).await,
        facility.staff(&treatment.platform, &["CLAIMS_CLERK"]).await,
        facility.staff(&treatment.platform, &["PHARMACIST"]).await,
    ];
    let there = [elsewhere.desk.clone(), elsewhere.clinician.clone()];
    // The control: reads that tell of the member as long as nobody disputes.
    for (staff, visit, least) in [(&here[..], &treatment.visit, 6), (&there[..], &elsewhere.visit, 3)] {
        let telling = opened.telling(staff, visit, |method| *method == Method::GET).await;
        assert!(telling.len() >= least, "{telling:?}");
    }
    for token in [&opened.opening_token, &opened.recording_token] {
        opened.dispute(token).await;
    }
    let sides = [(&here[..], &treatment.visit), (&there[..], &elsewhere.visit)];
    for outcome in [None, Some("UPHELD")] {
        for (staff, visit) in sides {
            if let Some(outcome) = outcome {
                opened.resolve(visit, outcome).await;
            }
            let telling = opened.telling(staff, visit, |_| true).await;
            assert!(telling.is_empty(), "{outcome:?}: {telling:?}");
        }
    }
}

/// A patient with a document and a prescription, whose records another facility has seen with their consent.
struct Opened {
    treatment: Treatment,
    elsewhere: Elsewhere,
    document: String,
    prescription: String,
    /// What the member disputes the visit with in which it was recorded.
    recording_token: String,
    /// What the member disputes the visit with that opened it.
    opening_token: String,
}

impl Opened {
    async fn start() -> Self {
        let treatment = treated().await;
        let elsewhere = Elsewhere::of(&treatment).await;
        accepted(
            200,
            elsewhere.desk.post(&format!("{}/consent", elsewhere.visit), json!({"form": "SPOKEN"})),
        )
        .await;
        let file = format!("{}/medical-file", elsewhere.visit);
        let file = accepted(200, elsewhere.clinician.get(&file)).await;
        let prescriptions = format!("{}/prescriptions", treatment.visit);
        let prescriptions = accepted(200, treatment.clinician.get(&prescriptions)).await;
        let sms = treatment.platform.messages_to(&treatment.member.phone).await;
        let mut tokens = sms.iter().filter_map(|sms| sms.token()).map(str::to_owned);
        Self {
            document: file.text("documents.0.documentId").to_owned(),
            prescription: prescriptions.text("prescriptions.0.prescriptionId").to_owned(),
            recording_token: tokens.next().expect("a link to dispute the first visit"),
            opening_token: tokens.next_back().expect("a link to dispute the second visit"),
            treatment,
            elsewhere,
        }
    }

    async fn dispute(&self, token: &str) {
        accepted(200, self.platform().rest().post("/v1/visit-disputes", json!({"token": token}))).await;
    }

    async fn resolve(&self, visit: &str, outcome: &str) {
        let path = format!("{visit}/dispute/resolve");
        accepted(200, self.treatment.network.payer.officer.post(&path, json!({"outcome": outcome}))).await;
    }

    /// What the other facility reads of the document.
    fn paths(&self) -> [String; 2] {
        let document = format!("/v1/documents/{}", self.document);
        [format!("{document}/content"), document]
    }

    async fn open(&self) {
        for path in self.paths() {
            accepted(200, self.elsewhere.clinician.get(&path)).await;
        }
    }

    async fn shut(&self) {
        for path in self.paths() {
            refused(409, "VISIT_DISPUTED", self.elsewhere.clinician.get(&path)).await;
        }
    }

    async fn gone(&self) {
        for path in self.paths() {
            refused(404, "NOT_FOUND", self.elsewhere.clinician.get(&path)).await;
        }
        // Whose document it is reads it as before, or is told of the dispute.
        let own = self.treatment.clinician.get(&self.paths()[1]).await.expect("an answer");
        assert!(own.status == 200 || own.reason() == "VISIT_DISPUTED", "{own}");
    }

    /// How many openings and how many consents that hold there are.
    async fn kept(&self) -> (i64, i64) {
        let mut reader = self.platform().database("visits").read(&Call::system("tests")).await.unwrap();
        let kept = sqlx::query_as(
            "select (select count(*) from document_opening), \
             (select count(*) from visit_consent where withdrawn_at is null)",
        );
        kept.fetch_one(&mut *reader).await.unwrap()
    }

    /// The routes of visits and what is recorded in them, of these methods, that tell any of these people of the member.
    async fn telling(&self, staff: &[Rest], visit: &str, asked: impl Fn(&Method) -> bool) -> Vec<String> {
        let visit = visit.rsplit('/').next().expect("the visit's id");
        let ids = BTreeMap::from([
            ("visit_id", visit.to_owned()),
            ("document_id", self.document.clone()),
            ("prescription_id", self.prescription.clone()),
        ]);
        let member = &self.treatment.member;
        let canaries =
            [&*member.number, &*member.national_id, &*member.phone, "Blood count", "Amoxicillin", "Uwase"];
        let platform = self.platform().in_process();
        let mut telling = Vec::new();
        for route in platform.routes().iter().filter(|route| asked(&route.method) && !route.upload) {
            let path = isolation::filled(&route.path, &ids).filter(|path| *path != route.path);
            let Some(path) = path else { continue };
            let (_, body) = document::body(document::operation(platform.openapi(), route));
            for person in staff {
                let answer = isolation::ask(person, &route.method, &path, body).await;
                assert!(!answer.status.is_server_error(), "{answer}");
                let told = answer.body.to_string();
                if canaries.iter().any(|canary| told.contains(canary)) {
                    telling.push(format!("{} {}", route.method, route.path));
                    break;
                }
            }
        }
        telling
    }

    fn platform(&self) -> &TestPlatform {
        &self.treatment.platform
    }
}
