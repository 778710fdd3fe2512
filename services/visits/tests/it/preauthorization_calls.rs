//! Calls about pre-authorizations, and what they take: a plan with and without them, prices, the payer's rules, a patient.

use careway_contract::{
    types::v1::LocalizedText,
    visits::v1::{
        benefit_service_client::BenefitServiceClient,
        measure::Value,
        plan_limit::{Period, Scope},
        preauthorization::Urgency,
        preauthorization_rule::Needed,
        preauthorization_service_client::PreauthorizationServiceClient,
        *,
    },
};
use careway_service::{Error, Upstream};
use careway_testing::{Person, key};
use tonic::Request;

use crate::test_visits::TestVisits;

/// The member whose care is asked for.
pub(crate) const MEMBER: &str = "UM-100200";

/// Consultations that need no pre-authorization, scans that always do, and therapy that does above 20,000. A year's scans
/// are paid up to 250,000.
pub(crate) fn plan() -> PlanDefinition {
    let text = |text: &str| vec![LocalizedText { language: "en".to_owned(), text: text.to_owned() }];
    let benefit = |code: &str, needed: Needed, above: &str| PlanBenefit {
        code: code.to_owned(),
        service_type: "OUTPATIENT".to_owned(),
        names: text(code),
        preauthorization: Some(PreauthorizationRule { needed: needed.into(), above: above.to_owned() }),
        ..Default::default()
    };
    let year = PlanLimit {
        period: Period::PolicyYear.into(),
        scope: Scope::Member.into(),
        amount: "250000".to_owned(),
        ..Default::default()
    };
    PlanDefinition {
        code: "CARE".to_owned(),
        names: text("Care"),
        currency: "RWF".to_owned(),
        benefits: vec![
            benefit("CONSULTATION", Needed::Never, ""),
            PlanBenefit {
                limits: vec![year],
                coinsurance_percent: "10".to_owned(),
                ..benefit("SCAN", Needed::Always, "")
            },
            benefit("THERAPY", Needed::Above, "20000"),
        ],
        ..Default::default()
    }
}

/// So much of a code.
pub(crate) fn line(code: &str, quantity: &str) -> CareLineInput {
    CareLineInput {
        code: code.to_owned(),
        quantity: quantity.to_owned(),
        diagnoses: vec!["M54.5".to_owned()],
        ..Default::default()
    }
}

/// A request for these lines.
pub(crate) fn asking(visit_id: &str, lines: Vec<CareLineInput>) -> RequestPreauthorizationRequest {
    RequestPreauthorizationRequest {
        visit_id: visit_id.to_owned(),
        lines,
        urgency: Urgency::Standard.into(),
        justification: "Pain since the spring".to_owned(),
        ..Default::default()
    }
}

impl TestVisits {
    /// With prices and a patient who is admitted; the visit.
    pub(crate) async fn with_patient() -> (Self, Visit) {
        let service = Self::with_plan(plan()).await;
        let visit = service.admit_patient().await;
        (service, visit)
    }

    /// Prices, and a patient who is admitted; the visit.
    pub(crate) async fn admit_patient(&self) -> Visit {
        let prices =
            [("CONS-GP", "CONSULTATION", 5_000), ("MRI", "SCAN", 100_000), ("PHYSIO", "THERAPY", 8_000)];
        self.price_list(&prices).await;
        self.member(MEMBER, "1199070012345601").await;
        self.admitted(MEMBER, "OUTPATIENT").await
    }

    /// Lets the rules decide what costs the payer at most so much.
    pub(crate) async fn trust_up_to(&self, amount: i64) {
        let rules = ClaimRules { information_hours: Some(48), ..Default::default() };
        self.decide_up_to(Some(amount), rules).await;
    }

    pub(crate) fn preauthorizations(&self) -> PreauthorizationServiceClient<Upstream> {
        PreauthorizationServiceClient::new(self.upstream())
    }

    /// The facility's own request, under a key of its own.
    pub(crate) fn ours<M>(&self, message: M) -> Request<M> {
        self.by(&self.facility, &key(), message)
    }

    /// The payer's.
    pub(crate) fn theirs<M>(&self, message: M) -> Request<M> {
        self.by(&self.payer, &key(), message)
    }

    /// Asks for lines of a visit.
    pub(crate) async fn ask_for(
        &self,
        visit_id: &str,
        lines: Vec<CareLineInput>,
    ) -> Result<RequestPreauthorizationResponse, Error> {
        let request = self.ours(asking(visit_id, lines));
        Ok(self.preauthorizations().request_preauthorization(request).await?.into_inner())
    }

    /// Asks for so many scans, and says what became of it.
    pub(crate) async fn asked(&self, visit_id: &str, scans: &str) -> Preauthorization {
        self.ask_for(visit_id, vec![line("MRI", scans)]).await.unwrap().preauthorization.unwrap()
    }

    /// The payer's decision of the lines, in their order.
    pub(crate) async fn decide(
        &self,
        by: &Person,
        id: &str,
        lines: Vec<PreauthorizationLineDecision>,
    ) -> Result<DecidePreauthorizationResponse, Error> {
        let request =
            DecidePreauthorizationRequest { preauthorization_id: id.to_owned(), lines, ..Default::default() };
        let decided = self.preauthorizations().decide_preauthorization(self.by(by, &key(), request)).await?;
        Ok(decided.into_inner())
    }

    pub(crate) async fn read(&self, by: &Person, id: &str) -> Result<GetPreauthorizationResponse, Error> {
        let request = GetPreauthorizationRequest { preauthorization_id: id.to_owned() };
        Ok(self.preauthorizations().get_preauthorization(self.by(by, &key(), request)).await?.into_inner())
    }

    pub(crate) async fn cancel(&self, id: &str) -> Result<Preauthorization, Error> {
        let request = CancelPreauthorizationRequest {
            preauthorization_id: id.to_owned(),
            reason: "The patient decided otherwise".to_owned(),
        };
        let cancelled = self.preauthorizations().cancel_preauthorization(self.ours(request)).await?;
        Ok(cancelled.into_inner().preauthorization.unwrap())
    }

    /// What is reserved of the year's scans.
    pub(crate) async fn reserved(&self, visit_id: &str) -> String {
        let request = GetVisitBenefitsRequest { visit_id: visit_id.to_owned(), ..Default::default() };
        let mut benefits = BenefitServiceClient::new(self.upstream());
        let statement =
            benefits.get_visit_benefits(self.theirs(request)).await.unwrap().into_inner().statement;
        let benefits = statement.unwrap().benefits;
        let scans = benefits.iter().find(|benefit| benefit.code == "SCAN").unwrap();
        match scans.limits[0].reserved.clone().unwrap().value.unwrap() {
            Value::Amount(money) => money.amount,
            Value::Count(count) => count.to_string(),
        }
    }

    /// The ledger's balances that are not the sum of their entries.
    pub(crate) async fn differences(&self) -> i64 {
        sqlx::query_scalar("select count(*) from benefit_difference").fetch_one(&self.admin).await.unwrap()
    }
}

/// Approves a line as it is.
pub(crate) fn approve(sequence: i32) -> PreauthorizationLineDecision {
    PreauthorizationLineDecision {
        sequence,
        decision: preauthorization_line_decision::Decision::Approve.into(),
        ..Default::default()
    }
}

/// Rejects a line.
pub(crate) fn reject(sequence: i32) -> PreauthorizationLineDecision {
    PreauthorizationLineDecision {
        sequence,
        decision: preauthorization_line_decision::Decision::Reject.into(),
        reason_code: "MNEC-001".to_owned(),
        text: "Exercise first".to_owned(),
        ..Default::default()
    }
}

/// Approves a line for a lower price of one.
pub(crate) fn adjust(sequence: i32, quantity: &str, unit_price: &str) -> PreauthorizationLineDecision {
    PreauthorizationLineDecision {
        sequence,
        decision: preauthorization_line_decision::Decision::Adjust.into(),
        approved_quantity: quantity.to_owned(),
        approved_unit_price: unit_price.to_owned(),
        text: "One is enough".to_owned(),
        days: 3,
        ..Default::default()
    }
}
