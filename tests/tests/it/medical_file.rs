//! What is known of a patient from earlier visits: the facility's own always, what others recorded with consent.

use std::time::Duration;

use careway_tests::{Answer, Facility, Member, Rest, TestPlatform, Treatment, accepted, check_in, refused};
use serde_json::{Value, json};

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

#[tokio::test(flavor = "multi_thread")]
async fn what_others_recorded_is_shown_with_the_patients_consent() {
    let treatment = treated().await;
    let elsewhere = Elsewhere::of(&treatment).await;
    let file = format!("{}/medical-file", elsewhere.visit);

    // Without consent: nothing of the other facility, and its documents stay shut.
    let withheld = accepted(200, elsewhere.clinician.get(&file)).await;
    assert_eq!(withheld.text("withheld"), "CONSENT_NEEDED");
    assert_eq!(counts(&withheld), [0, 0, 0, 0]);
    let own = accepted(200, treatment.clinician.get(&format!("{}/medical-file", treatment.visit))).await;
    assert_eq!(counts(&own), [0, 1, 1, 1], "its own it always sees");
    let document = format!("/v1/documents/{}", own.text("documents.0.documentId"));
    refused(404, "NOT_FOUND", elsewhere.clinician.get(&document)).await;

    // With it: everything, the document too.
    let consent = format!("{}/consent", elsewhere.visit);
    refused(400, "INVALID_REQUEST", elsewhere.desk.post(&consent, json!({}))).await;
    let given = accepted(200, elsewhere.desk.post(&consent, json!({"form": "SPOKEN"}))).await;
    assert_eq!(given.text("consent.form"), "SPOKEN");
    let shown = accepted(200, elsewhere.clinician.get(&file)).await;
    assert_eq!((shown.text("withheld"), counts(&shown)), ("", [1, 1, 1, 1]));
    assert_eq!(shown.text("visits.0.facilityName"), treatment.network.facility.name);
    assert_eq!(shown.text("diagnoses.0.code"), "J06.9");
    assert_eq!(shown.text("prescriptions.0.medicines.0.name"), "Amoxicillin");
    assert_eq!(shown.text("prescriptions.0.medicines.0.dose"), "1 capsule");
    assert_eq!(shown.text("documents.0.title"), "Blood count");
    assert_eq!(accepted(200, elsewhere.clinician.get(&document)).await.text("document.kind"), "LAB_RESULT");

    // Every read is in the member's log.
    let log = treatment.access_log().await;
    let read = |action: &str| {
        log.list("accesses")
            .iter()
            .any(|it| it["action"] == action && it["organizationId"] == json!(elsewhere.facility.id))
    };
    for action in ["medical_file.read", "medical_file.consent", "document.read"] {
        assert!(read(action), "{action}");
    }

    // Taken back: shut again.
    let withdrawn = accepted(200, elsewhere.desk.post(&format!("{consent}/withdraw"), json!({}))).await;
    assert!(!withdrawn.text("consent.withdrawnAt").is_empty());
    let shut = accepted(200, elsewhere.clinician.get(&file)).await;
    assert_eq!((shut.text("withheld"), counts(&shut)), ("CONSENT_NEEDED", [0, 0, 0, 0]));
    refused(404, "NOT_FOUND", elsewhere.clinician.get(&document)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_payers_rules_decide_whether_records_are_shared() {
    let treatment = treated().await;
    let elsewhere = Elsewhere::of(&treatment).await;
    let file = format!("{}/medical-file", elsewhere.visit);
    let officer = &treatment.network.payer.officer;
    let rules = accepted(200, officer.get("/v1/claim-rules")).await;
    let mut wanted = rules.at("rules").clone();
    wanted.as_object_mut().unwrap().remove("version");
    let share = async |wanted: Value| {
        let now = accepted(200, officer.get("/v1/claim-rules")).await;
        accepted(200, officer.put("/v1/claim-rules", wanted).if_match(now.etag())).await
    };

    wanted["medicalFileSharing"] = json!("NEVER");
    share(wanted.clone()).await;
    accepted(200, elsewhere.desk.post(&format!("{}/consent", elsewhere.visit), json!({"form": "WRITTEN"})))
        .await;
    let never = accepted(200, elsewhere.clinician.get(&file)).await;
    assert_eq!((never.text("withheld"), counts(&never)), ("NOT_SHARED", [0, 0, 0, 0]));
    wanted["medicalFileSharing"] = json!("ALWAYS");
    share(wanted).await;
    let always = accepted(200, elsewhere.clinician.get(&file)).await;
    assert_eq!((always.text("withheld"), counts(&always)), ("", [1, 1, 1, 1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_treats_the_patient_now_and_never_what_the_member_disputes() {
    let treatment = treated().await;
    let elsewhere = Elsewhere::of(&treatment).await;
    let file = format!("{}/medical-file", elsewhere.visit);
    refused(403, "PERMISSION_DENIED", elsewhere.desk.get(&file)).await;
    refused(403, "PERMISSION_DENIED", treatment.network.payer.officer.get(&file)).await;
    refused(404, "NOT_FOUND", treatment.clinician.get(&file)).await;
    refused(
        404,
        "NOT_FOUND",
        treatment.network.desk.post(&format!("{}/consent", elsewhere.visit), json!({"form": "SPOKEN"})),
    )
    .await;

    // The earlier visit was not the member's: what was recorded in it is not the member's either.
    accepted(200, elsewhere.desk.post(&format!("{}/consent", elsewhere.visit), json!({"form": "SPOKEN"})))
        .await;
    let sms = treatment.platform.messages_to(&treatment.member.phone).await;
    let token = sms.iter().find_map(|sms| sms.token()).expect("a link to dispute the first visit");
    accepted(200, treatment.platform.rest().post("/v1/visit-disputes", json!({"token": token}))).await;
    let shown = accepted(200, elsewhere.clinician.get(&file)).await;
    assert_eq!(counts(&shown), [0, 0, 0, 0]);

    // After the visit and its grace nobody reads on.
    accepted(200, elsewhere.desk.post(&format!("{}/discharge", elsewhere.visit), json!({}))).await;
    accepted(200, elsewhere.clinician.get(&file)).await;
    treatment.platform.advance(Duration::from_secs(73 * 3600));
    refused(409, "VISIT_OVER", elsewhere.clinician.get(&file)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newborn_under_its_mothers_number_has_a_file_of_its_own() {
    let treatment = Treatment::open().await;
    accepted(201, treatment.prescribe(&[amoxicillin()], false)).await;
    let (desk, mother) = (&treatment.network.desk, &treatment.visit);
    // A phone gets no second code within minutes.
    treatment.platform.advance(Duration::from_secs(3600));
    let started = json!({"memberNumber": treatment.member.number});
    let started = accepted(201, desk.post("/v1/visits", started)).await;
    let child = format!("/v1/visits/{}", started.text("visit.visitId"));
    let born = json!({"reason": "NEWBORN", "note": "Born this night"});
    accepted(200, desk.post(&format!("{child}/override"), born)).await;
    let supervisor = treatment.network.facility.staff(&treatment.platform, &["SUPERVISOR"]).await;
    accepted(200, supervisor.post(&format!("{child}/override/approve"), json!({}))).await;
    accepted(200, desk.post(&format!("{child}/admit"), json!({"serviceType": "OUTPATIENT"}))).await;

    // What its mother takes is neither shown nor warned of.
    let file = async |visit: &str| {
        counts(&accepted(200, treatment.clinician.get(&format!("{visit}/medical-file"))).await)
    };
    assert_eq!(file(&child).await, [0, 0, 0, 0]);
    let request = treatment.request(&[amoxicillin()], false);
    accepted(201, treatment.clinician.post(&format!("{child}/prescriptions"), request)).await;
    assert_eq!((file(&child).await, file(mother).await), ([0, 1, 1, 0], [0, 1, 1, 0]));
    refused(409, "WARNINGS_NOT_ACKNOWLEDGED", treatment.prescribe(&[amoxicillin()], false)).await;
}

fn amoxicillin() -> Value {
    json!({
        "code": "AMOX-500", "dose": "1 capsule", "frequency": "three times a day", "days": 7, "quantity": "21",
        "diagnoses": ["J06.9"],
    })
}

/// A patient with a prescription and a document, discharged.
pub(crate) async fn treated() -> Treatment {
    let treatment = Treatment::open().await;
    accepted(201, treatment.prescribe(&[amoxicillin()], false)).await;
    let path =
        format!("{}/documents?kind=LAB_RESULT&title=Blood%20count&fileName=count.pdf", treatment.visit);
    let upload =
        treatment.clinician.upload(&path, "application/pdf", PDF).key("a-blood-count-of-this-patient");
    accepted(201, upload).await;
    accepted(200, treatment.network.desk.post(&format!("{}/discharge", treatment.visit), json!({}))).await;
    treatment
}

/// Another facility, where the same patient is now.
pub(crate) struct Elsewhere {
    facility: Facility,
    pub(crate) desk: Rest,
    pub(crate) clinician: Rest,
    pub(crate) visit: String,
}

impl Elsewhere {
    pub(crate) async fn of(treatment: &Treatment) -> Self {
        let (platform, member): (&TestPlatform, &Member) = (&treatment.platform, &treatment.member);
        let facility = Facility::of(platform).await;
        treatment.network.payer.contract(platform, &facility).await;
        let desk = facility.staff(platform, &["FRONT_DESK"]).await;
        let clinician = facility.staff(platform, &["CLINICIAN"]).await;
        platform.settle().await;
        // A phone gets no second code within minutes.
        platform.advance(Duration::from_secs(3600));
        let visit = check_in(platform, &desk, member).await;
        Self { facility, desk, clinician, visit }
    }
}

/// Visits, diagnoses, prescriptions, documents.
fn counts(file: &Answer) -> [usize; 4] {
    ["visits", "diagnoses", "prescriptions", "documents"].map(|of| file.list(of).len())
}
