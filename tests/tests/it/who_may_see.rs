//! Who may see a patient: every route that reads a visit's member, in every situation that closes or opens it.

use std::time::Duration;

use careway_tests::{Answer, Facility, Request, Rest, Treatment, accepted, refused};
use serde_json::json;

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(flavor = "multi_thread")]
async fn a_disputed_visit_shows_nothing_and_an_upheld_one_never_again() {
    let patient = Patient::treated().await;
    patient.open().await;
    patient.dispute().await;
    patient.closed("VISIT_DISPUTED").await;
    patient.resolve("UPHELD").await;
    patient.closed("VISIT_DISPUTED").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dismissed_dispute_opens_the_visit_until_it_is_over() {
    let patient = Patient::treated().await;
    patient.dispute().await;
    patient.resolve("DISMISSED").await;
    patient.open().await;
    let discharge = format!("{}/discharge", patient.treatment.visit);
    accepted(200, patient.treatment.network.desk.post(&discharge, json!({}))).await;
    patient.open().await;
    patient.treatment.platform.advance(73 * HOUR);
    patient.closed("VISIT_OVER").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overridden_visit_tells_the_member_and_opens_no_records_of_others_before_the_review() {
    let patient = Patient::treated().await;
    let treatment = &patient.treatment;
    let (platform, payer) = (&treatment.platform, &treatment.network.payer);
    let elsewhere = Facility::of(platform).await;
    payer.contract(platform, &elsewhere).await;
    let desk = elsewhere.staff(platform, &["FRONT_DESK"]).await;
    let clinician = elsewhere.staff(platform, &["CLINICIAN"]).await;
    let supervisor = elsewhere.staff(platform, &["SUPERVISOR"]).await;
    platform.settle().await;
    platform.advance(HOUR);
    let started =
        accepted(201, desk.post("/v1/visits", json!({"memberNumber": treatment.member.number}))).await;
    let visit = format!("/v1/visits/{}", started.text("visit.visitId"));
    let asked = json!({"reason": "NO_PHONE", "note": "Left the phone at home"});
    accepted(200, desk.post(&format!("{visit}/override"), asked)).await;
    let approve = || {
        supervisor.post(&format!("{visit}/override/approve"), json!({})).key("the-approval-of-this-override")
    };
    accepted(200, approve()).await;

    // The member hears of it before anybody is admitted.
    platform.settle().await;
    let sms = platform.messages_to(&treatment.member.phone).await;
    let told = sms.last().expect("an SMS");
    assert!(told.text.contains(&elsewhere.name), "{}", told.text);
    let token = told.token().expect("a link to dispute it");

    accepted(200, desk.post(&format!("{visit}/admit"), json!({"serviceType": "OUTPATIENT"}))).await;
    accepted(200, desk.post(&format!("{visit}/consent"), json!({"form": "WRITTEN"}))).await;
    let file = async || accepted(200, clinician.get(&format!("{visit}/medical-file"))).await;
    let withheld = file().await;
    assert_eq!((withheld.text("withheld"), recorded(&withheld)), ("REVIEW_NEEDED", 0));
    refused(404, "NOT_FOUND", clinician.get(&patient.document)).await;
    accepted(200, clinician.get(&format!("{visit}/benefits"))).await;

    let review = json!({"outcome": "ACCEPTED"});
    accepted(200, payer.officer.post(&format!("{visit}/override/review"), review)).await;
    let shown = file().await;
    assert_eq!((shown.text("withheld"), recorded(&shown)), ("", 3));
    accepted(200, clinician.get(&patient.document)).await;

    accepted(200, platform.rest().post("/v1/visit-disputes", json!({"token": token}))).await;
    refused(409, "VISIT_DISPUTED", clinician.get(&patient.document)).await;
    refused(409, "VISIT_DISPUTED", clinician.get(&format!("{visit}/medical-file"))).await;
    refused(409, "VISIT_DISPUTED", clinician.get(&format!("{visit}/benefits"))).await;
    refused(409, "VISIT_DISPUTED", approve()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_verify_shows_what_the_visit_shows_now() {
    let treatment = Treatment::open().await;
    let desk = &treatment.network.desk;
    treatment.platform.advance(HOUR);
    let started =
        accepted(201, desk.post("/v1/visits", json!({"memberNumber": treatment.member.number}))).await;
    let visit = format!("/v1/visits/{}", started.text("visit.visitId"));
    let code = treatment.platform.code_for(&treatment.member.phone).await;
    let verify =
        || desk.post(&format!("{visit}/verify"), json!({"code": code})).key("the-verification-of-this-visit");
    accepted(200, verify()).await;
    accepted(200, verify()).await;
    let log = treatment.access_log().await;
    let id = started.text("visit.visitId");
    let shown = log.list("accesses").iter();
    let shown = shown.filter(|one| one["action"] == "visit.verify" && one["visitId"] == json!(id));
    assert_eq!(shown.count(), 2, "{}", log.body);
    accepted(200, desk.post(&format!("{visit}/cancel"), json!({"reason": "Left"}))).await;
    refused(409, "VISIT_OVER", verify()).await;
}

/// A patient with a document and a prescription, and everybody of the facility who reads them.
struct Patient {
    treatment: Treatment,
    pharmacist: Rest,
    document: String,
    prescription: String,
    number: String,
    dispute_token: String,
}

impl Patient {
    async fn treated() -> Self {
        let treatment = Treatment::open().await;
        let sms = treatment.platform.messages_to(&treatment.member.phone).await;
        let dispute_token = sms.iter().find_map(|sms| sms.token()).expect("a link to dispute").to_owned();
        let medicine = json!({
            "code": "AMOX-500", "dose": "1 capsule", "frequency": "three times a day", "days": 7, "quantity": "21",
            "diagnoses": ["J06.9"],
        });
        let prescribed = accepted(201, treatment.prescribe(&[medicine], false)).await;
        let added = accepted(201, upload(&treatment, "the-first-upload-of-this-visit")).await;
        let pharmacist = treatment.network.facility.staff(&treatment.platform, &["PHARMACIST"]).await;
        Self {
            pharmacist,
            document: format!("/v1/documents/{}", added.text("document.documentId")),
            prescription: format!("/v1/prescriptions/{}", prescribed.text("prescription.prescriptionId")),
            number: prescribed.text("prescription.prescriptionNumber").to_owned(),
            dispute_token,
            treatment,
        }
    }

    async fn dispute(&self) {
        let token = json!({"token": self.dispute_token});
        accepted(200, self.treatment.platform.rest().post("/v1/visit-disputes", token)).await;
    }

    async fn resolve(&self, outcome: &str) {
        let path = format!("{}/dispute/resolve", self.treatment.visit);
        accepted(200, self.treatment.network.payer.officer.post(&path, json!({"outcome": outcome}))).await;
    }

    /// Every read of the member.
    fn reads(&self) -> Vec<Request> {
        let (visit, clinician) = (&self.treatment.visit, &self.treatment.clinician);
        let of_visit = ["benefits", "medical-file", "documents", "prescriptions"];
        let mut reads: Vec<_> = of_visit.map(|part| clinician.get(&format!("{visit}/{part}"))).into();
        let content = format!("{}/content", self.document);
        reads.extend([&self.document, &content, &self.prescription].map(|path| clinician.get(path)));
        reads
    }

    async fn open(&self) {
        for read in self.reads() {
            accepted(200, read).await;
        }
        let visit = accepted(200, self.treatment.clinician.get(&self.treatment.visit)).await;
        assert_eq!(visit.text("member.memberNumber"), self.treatment.member.number);
    }

    async fn closed(&self, reason: &str) {
        for read in self.reads() {
            refused(409, reason, read).await;
        }
        let visit = accepted(200, self.treatment.clinician.get(&self.treatment.visit)).await;
        assert!(visit.at("member").is_null() && visit.at("coverage").is_null(), "{}", visit.body);
        let desk = &self.treatment.network.desk;
        let consent = format!("{}/consent", self.treatment.visit);
        refused(409, reason, desk.post(&consent, json!({"form": "SPOKEN"}))).await;
        refused(409, reason, desk.post(&format!("{consent}/withdraw"), json!({}))).await;
        refused(409, reason, upload(&self.treatment, &format!("an-upload-when-it-is-{reason}"))).await;
        // Who has the numbers could come as a pharmacy; not the facility of a disputed visit.
        if reason == "VISIT_DISPUTED" {
            let find =
                json!({"prescriptionNumber": self.number, "memberNumber": self.treatment.member.number});
            refused(409, reason, self.pharmacist.post("/v1/prescriptions/find", find)).await;
        }
        // The payer reads on.
        let officer = &self.treatment.network.payer.officer;
        accepted(200, officer.get(&format!("{}/benefits", self.treatment.visit))).await;
    }
}

fn upload(treatment: &Treatment, key: &str) -> Request {
    let path =
        format!("{}/documents?kind=LAB_RESULT&title=Blood%20count&fileName=count.pdf", treatment.visit);
    treatment.clinician.upload(&path, "application/pdf", PDF).key(key)
}

/// Visits, prescriptions and documents of others.
fn recorded(file: &Answer) -> usize {
    ["visits", "prescriptions", "documents"].map(|of| file.list(of).len()).iter().sum()
}
