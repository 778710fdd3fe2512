//! What journeys of claims begin with: agreed prices, the payer's rules, a clerk, a reviewer, and admitted patients.

use careway_tests::{Answer, Member, Network, Request, Rest, TestPlatform, accepted, today};
use serde_json::{Value, json};

/// Prices of codes that the plan pays for: as consultations, and on the ward once it was asked.
const PRICES: &str = "code,kind,name,name_fr,benefits,currency,price,from\n\
    CONS,SERVICE,Consultation,Consultation médicale,CONSULTATION,RWF,10000,2020-01-01\n\
    LAB,SERVICE,Blood count,Numération sanguine,CONSULTATION,RWF,5000,2020-01-01\n\
    XRAY,SERVICE,Chest X-ray,Radiographie,CONSULTATION,RWF,20000,2020-01-01\n\
    AMOX,MEDICINE,Amoxicillin 500 mg,Amoxicilline 500 mg,CONSULTATION,RWF,100,2020-01-01\n\
    BED,SERVICE,Bed for a day,Lit pour un jour,WARD,RWF,50000,2020-01-01\n\
    SURGERY,SERVICE,Surgery,Chirurgie,WARD,RWF,400000,2020-01-01\n";

/// A payer, a facility, and those who deal with claims, signed in.
pub(crate) struct ClaimParties {
    pub(crate) platform: TestPlatform,
    pub(crate) network: Network,
    /// The facility's claims clerk.
    pub(crate) clerk: Rest,
    /// The payer's medical reviewer.
    pub(crate) reviewer: Rest,
}

/// An admitted patient.
pub(crate) struct Patient {
    pub(crate) member: Member,
    /// `/v1/visits/{visit_id}`.
    pub(crate) visit: String,
    pub(crate) visit_id: String,
    pub(crate) visit_number: String,
}

impl ClaimParties {
    /// With rules that decide whatever costs the payer at most this much.
    pub(crate) async fn with_rules(automatic_up_to: &str) -> Self {
        Self::of(TestPlatform::start().await, automatic_up_to).await
    }

    /// The same in this platform.
    pub(crate) async fn of(platform: TestPlatform, automatic_up_to: &str) -> Self {
        let network = Network::of(&platform).await;
        let (clerk, reviewer) = tokio::join!(
            network.facility.staff(&platform, &["CLAIMS_CLERK"]),
            network.payer.staff(&platform, &["MEDICAL_REVIEWER"])
        );
        let officer = &network.payer.officer;
        accepted(200, officer.upload("/v1/tariffs/import", "text/csv", PRICES)).await;
        let parties = Self { platform, network, clerk, reviewer };
        parties.rules(automatic_up_to).await;
        parties
    }

    /// Sets the payer's rules anew.
    pub(crate) async fn rules(&self, automatic_up_to: &str) {
        let officer = &self.network.payer.officer;
        let now = accepted(200, officer.get("/v1/claim-rules")).await;
        let rules = json!({
            "automaticUpTo": {"currency": "RWF", "amount": automatic_up_to},
            "submissionDeadlineDay": 15, "resubmissionsMost": 1, "appealDays": 30,
        });
        accepted(200, officer.put("/v1/claim-rules", rules).if_match(now.etag())).await;
    }

    /// A covered member, admitted as an outpatient.
    pub(crate) async fn patient(&self) -> Patient {
        let member = self.network.payer.covered_member(&self.platform).await;
        self.admitted(member, "OUTPATIENT").await
    }

    /// A covered member on the ward, of whom the payer knows.
    pub(crate) async fn inpatient(&self) -> Patient {
        let member = self.network.payer.covered_member(&self.platform).await;
        let patient = self.admitted(member, "INPATIENT").await;
        let notice = self.network.desk.post(&format!("{}/notify-admission", patient.visit), json!({}));
        accepted(200, notice).await;
        patient
    }

    /// This member, admitted for this kind of care.
    pub(crate) async fn admitted(&self, member: Member, service_type: &str) -> Patient {
        let desk = &self.network.desk;
        let started = accepted(201, desk.post("/v1/visits", json!({"memberNumber": member.number}))).await;
        let visit_id = started.text("visit.visitId").to_owned();
        let visit = format!("/v1/visits/{visit_id}");
        let code = self.platform.code_for(&member.phone).await;
        accepted(200, desk.post(&format!("{visit}/verify"), json!({"code": code}))).await;
        let admit = desk.post(&format!("{visit}/admit"), json!({"serviceType": service_type}));
        let admitted = accepted(200, admit).await;
        // Messages overtake each other; the admission's is there first.
        self.platform.settle().await;
        let visit_number = admitted.text("visit.visitNumber").to_owned();
        Patient { member, visit, visit_id, visit_number }
    }

    /// Submits these codes for a patient.
    pub(crate) fn submit(&self, patient: &Patient, codes: &[&str]) -> Request {
        self.clerk.post(&format!("{}/claims", patient.visit), claim(codes))
    }

    /// A command of the clerk.
    pub(crate) fn ask(&self, claim: &Answer, verb: &str, body: Value) -> Request {
        self.clerk.post(&format!("{}/{verb}", path(claim)), body)
    }

    /// What the payer's ledger has used of the patient's ceiling.
    pub(crate) async fn used(&self, patient: &Patient) -> String {
        let benefits = accepted(200, self.clerk.get(&format!("{}/benefits", patient.visit))).await;
        benefits.text("statement.ceilings.0.limit.used.amount.amount").to_owned()
    }

    /// What the ledger says happened to the ceiling that the patient's family shares, the oldest first, by the ledger's
    /// own route. The statement of benefits says what that adds up to.
    pub(crate) async fn ledger(&self, patient: &Patient) -> Vec<Entry> {
        let officer = &self.network.payer.officer;
        let covers = officer.get(&format!("/v1/coverages?memberId={}", patient.member.id));
        let coverage = accepted(200, covers).await.text("coverages.0.coverageId").to_owned();
        let told = officer.get(&format!("/v1/coverages/{coverage}/ledger?account=ANNUAL&pageSize=200"));
        let told = accepted(200, told).await;
        let entries: Vec<Entry> = told.list("entries").iter().rev().map(entry).collect();

        let benefits = accepted(200, officer.get(&format!("{}/benefits", patient.visit))).await;
        let stands = |what: &str| amount(benefits.at(&format!("statement.ceilings.0.limit.{what}")));
        let sum = |of: fn(&Entry) -> i64| entries.iter().map(of).sum::<i64>();
        assert_eq!((stands("used"), stands("reserved")), (sum(|it| it.1), sum(|it| it.2)), "{entries:?}");
        entries
    }

    pub(crate) fn today(&self) -> String {
        today(&self.platform).to_string()
    }
}

/// What happened, and what it did to what is used and to what is reserved.
pub(crate) type Entry = (String, i64, i64);

fn entry(told: &Value) -> Entry {
    let kind = told["kind"].as_str().expect("an entry has a kind").to_owned();
    (kind, amount(&told["usedChange"]), amount(&told["reservedChange"]))
}

fn amount(measure: &Value) -> i64 {
    let amount = measure["amount"]["amount"].as_str().expect("a ceiling of money is told in money");
    amount.parse().expect("francs are whole")
}

/// A claim of these codes, submitted at once.
pub(crate) fn claim(codes: &[&str]) -> Value {
    json!({"lines": lines(codes), "submit": true})
}

pub(crate) fn lines(codes: &[&str]) -> Value {
    codes.iter().map(|code| json!({"code": code, "diagnoses": ["J06.9"]})).collect()
}

/// `/v1/claims/{claim_id}`.
pub(crate) fn path(claim: &Answer) -> String {
    format!("/v1/claims/{}", claim.text("claim.claimId"))
}
