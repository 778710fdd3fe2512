//! Everybody who has a part in a pre-authorization, and what they say.

use careway_tests::{Answer, Member, Network, Request, Rest, TestPlatform, accepted, today, until};
use chrono::{DateTime, Months, Utc};
use serde_json::{Value, json};

/// A network with prices, and everybody who has a part in a pre-authorization.
pub(crate) struct PreauthorizationParties {
    pub(crate) platform: TestPlatform,
    pub(crate) network: Network,
    pub(crate) clinician: Rest,
    pub(crate) reviewer: Rest,
    pub(crate) member: Member,
}

impl PreauthorizationParties {
    pub(crate) async fn start() -> Self {
        let platform = TestPlatform::start().await;
        let network = Network::of(&platform).await;
        let (clinician, reviewer, member) = tokio::join!(
            network.facility.staff(&platform, &["CLINICIAN"]),
            network.payer.staff(&platform, &["MEDICAL_REVIEWER"]),
            network.payer.covered_member(&platform),
        );
        let from = today(&platform) - Months::new(12);
        let prices = format!(
            "code,kind,name,benefits,currency,price,from\n\
             CONS-GP,SERVICE,Consultation,CONSULTATION,RWF,5000,{from}\n\
             BED,SERVICE,Bed for a day,WARD,RWF,50000,{from}\n\
             SURGERY,SERVICE,Surgery,WARD,RWF,400000,{from}\n"
        );
        accepted(200, network.payer.officer.upload("/v1/tariffs/import", "text/csv", prices)).await;
        Self { platform, network, clinician, reviewer, member }
    }

    /// The payer lets its rules decide what costs it at most so much.
    pub(crate) async fn trust_up_to(&self, amount: &str) {
        let officer = &self.network.payer.officer;
        let read = accepted(200, officer.get("/v1/claim-rules")).await;
        let rules = json!({"automaticUpTo": {"currency": "RWF", "amount": amount}});
        accepted(200, officer.put("/v1/claim-rules", rules).if_match(read.etag())).await;
    }

    /// Admits the member; the visit's path.
    pub(crate) async fn admit(&self, service_type: &str) -> String {
        let desk = &self.network.desk;
        let started =
            accepted(201, desk.post("/v1/visits", json!({"memberNumber": self.member.number}))).await;
        let visit = format!("/v1/visits/{}", started.text("visit.visitId"));
        let code = self.platform.code_for(&self.member.phone).await;
        accepted(200, desk.post(&format!("{visit}/verify"), json!({"code": code}))).await;
        accepted(200, desk.post(&format!("{visit}/admit"), json!({"serviceType": service_type}))).await;
        // Messages overtake each other; the admission's is there first.
        self.platform.settle().await;
        visit
    }

    pub(crate) fn ask(&self, visit: &str, lines: &Value) -> Request {
        self.clinician.post(&format!("{visit}/preauthorizations"), request(lines))
    }

    /// Asks, and waits for the payer's word; the pre-authorization's path.
    pub(crate) async fn pended(&self, visit: &str, lines: &Value) -> String {
        let asked = accepted(201, self.ask(visit, lines)).await;
        assert_eq!(asked.text("preauthorization.state"), "PENDED", "{}", asked.body);
        path(&asked)
    }

    /// Asks, and is approved; the pre-authorization's path.
    pub(crate) async fn approved(&self, visit: &str, lines: &Value) -> String {
        let it = self.pended(visit, lines).await;
        let count = lines.as_array().unwrap().len();
        accepted(200, decide(&self.reviewer, &it, approvals(count))).await;
        it
    }

    /// What is reserved of the family's year.
    pub(crate) async fn reserved(&self, visit: &str) -> String {
        let benefits = accepted(200, self.network.desk.get(&format!("{visit}/benefits"))).await;
        benefits.text("statement.ceilings.0.limit.reserved.amount.amount").to_owned()
    }

    pub(crate) async fn state(&self, path: &str) -> String {
        accepted(200, self.clinician.get(path)).await.text("preauthorization.state").to_owned()
    }

    pub(crate) async fn until_state(&self, path: &str, wanted: &str) {
        let reached = until("a state", async || Ok((self.state(path).await == wanted).then_some(())));
        reached.await.unwrap();
    }
}

/// A line of so much of a code.
pub(crate) fn line(code: &str, quantity: &str) -> Value {
    json!({"code": code, "quantity": quantity, "diagnoses": ["J35.0"]})
}

pub(crate) fn request(lines: &Value) -> Value {
    json!({"lines": lines, "urgency": "STANDARD", "justification": "Seven episodes within a year"})
}

pub(crate) fn path(asked: &Answer) -> String {
    format!("/v1/preauthorizations/{}", asked.text("preauthorization.preauthorizationId"))
}

/// Approves so many lines.
pub(crate) fn approvals(count: usize) -> Value {
    (1..=count).map(|sequence| json!({"sequence": sequence, "decision": "APPROVE"})).collect()
}

pub(crate) fn decide(by: &Rest, path: &str, lines: Value) -> Request {
    by.post(&format!("{path}/decide"), json!({"lines": lines}))
}

pub(crate) fn inquire(by: &Rest, path: &str) -> Request {
    let question = json!({"question": "Which antibiotics were tried?", "documents": ["LAB_RESULT"]});
    by.post(&format!("{path}/request-information"), question)
}

pub(crate) fn respond(by: &Rest, path: &str) -> Request {
    by.post(&format!("{path}/respond"), json!({"answer": "Two, for ten days each"}))
}

pub(crate) fn cancel(by: &Rest, path: &str) -> Request {
    by.post(&format!("{path}/cancel"), json!({"reason": "The patient decided otherwise"}))
}

pub(crate) fn instant(answer: &Answer, field: &str) -> DateTime<Utc> {
    answer.text(field).parse().unwrap_or_else(|_| panic!("{field} of {}", answer.body))
}
