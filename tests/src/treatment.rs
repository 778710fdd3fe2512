//! What a journey of treatment needs: a payer that pays for medicines, a facility, and a patient who is there.

use chrono::Months;
use serde_json::{Value, json};

use crate::{Answer, Facility, Member, Network, Request, Rest, TestPlatform, accepted, today};

/// A clinician with an admitted patient, a plan that covers medicines, and a payer's price list.
pub struct Treatment {
    /// The platform.
    pub platform: TestPlatform,
    /// The payer, the facility and its desk.
    pub network: Network,
    /// Who treats the patient, signed in.
    pub clinician: Rest,
    /// The patient.
    pub member: Member,
    /// The path of the patient's visit.
    pub visit: String,
}

impl Treatment {
    /// A facility with one outpatient.
    pub async fn open() -> Self {
        let platform = TestPlatform::start().await;
        let mut network = Network::of(&platform).await;
        let payer = &mut network.payer;
        let named = |text: &str| json!([{"language": "en", "text": text}]);
        let plan = json!({
            "code": "MEDICINES", "names": named("Medicines"), "currency": "RWF",
            "benefits": [{"code": "MEDICINES", "serviceType": "OUTPATIENT", "names": named("Medicines")}],
        });
        payer.plan =
            accepted(201, payer.officer.post("/v1/plans", plan)).await.text("plan.planId").to_owned();
        let from = today(&platform) - Months::new(12);
        let prices = format!(
            "code,kind,name,benefits,currency,price,from,atc_code,form,strength\n\
             AMOX-500,MEDICINE,Amoxicillin,MEDICINES,RWF,80,{from},J01CA04,capsule,500 mg\n\
             AMPI-500,MEDICINE,Ampicillin,MEDICINES,RWF,90,{from},J01CA01,capsule,500 mg\n"
        );
        let taken = accepted(200, payer.officer.upload("/v1/tariffs/import", "text/csv", prices)).await;
        assert_eq!(*taken.at("created"), json!(2), "{}", taken.body);
        let member = payer.covered_member(&platform).await;

        let visit = check_in(&platform, &network.desk, &member).await;
        let clinician = network.facility.staff(&platform, &["CLINICIAN"]).await;
        Self { platform, network, clinician, member, visit }
    }

    /// The member's access log, as the payer reads it.
    pub async fn access_log(&self) -> Answer {
        self.platform.settle().await;
        let log = format!("/v1/members/{}/access-log", self.member.id);
        self.network.payer.officer.get(&log).await.and_then(Answer::ok).expect("an access log")
    }

    /// Another facility with a contract, and its pharmacist.
    pub async fn pharmacy(&self) -> (Facility, Rest) {
        let pharmacy = Facility::of(&self.platform).await;
        self.network.payer.contract(&self.platform, &pharmacy).await;
        let pharmacist = pharmacy.staff(&self.platform, &["PHARMACIST"]).await;
        self.platform.settle().await;
        (pharmacy, pharmacist)
    }

    /// A request to prescribe.
    pub fn request(&self, lines: &[Value], acknowledged: bool) -> Value {
        json!({
            "prescriber": {"name": "Dr. Mugisha", "licence": "RMDC-10422"},
            "lines": lines,
            "acknowledgeWarnings": acknowledged,
        })
    }

    /// Prescribes.
    pub fn prescribe(&self, lines: &[Value], acknowledged: bool) -> Request {
        self.clinician.post(&format!("{}/prescriptions", self.visit), self.request(lines, acknowledged))
    }
}

/// From the desk to the admission as an outpatient; the visit's path.
pub async fn check_in(platform: &TestPlatform, desk: &Rest, member: &Member) -> String {
    let started = accepted(201, desk.post("/v1/visits", json!({"memberNumber": member.number}))).await;
    let visit = format!("/v1/visits/{}", started.text("visit.visitId"));
    let code = platform.code_for(&member.phone).await;
    accepted(200, desk.post(&format!("{visit}/verify"), json!({"code": code}))).await;
    accepted(200, desk.post(&format!("{visit}/admit"), json!({"serviceType": "OUTPATIENT"}))).await;
    // Messages overtake each other; the admission's is there first.
    platform.settle().await;
    visit
}
