//! Calls about claims, and what they take: a plan, prices, the payer's rules, patients.

use std::sync::atomic::{AtomicU32, Ordering};

use careway_contract::{
    types::v1::LocalizedText,
    visits::v1::{
        claim_line_decision::Decision,
        claim_service_client::ClaimServiceClient,
        get_notice_request::Kind,
        notice_service_client::NoticeServiceClient,
        payment_advice_service_client::PaymentAdviceServiceClient,
        plan_limit::{Period, Scope},
        *,
    },
};
use careway_kernel::Clock;
use careway_service::{Error, Upstream};
use careway_testing::{Person, TestSetup, key};
use tonic::Request;
use uuid::Uuid;

use crate::test_visits::TestVisits;

/// What a family may cost its payer in a policy year under [`family_plan`].
pub(crate) const CEILING: i64 = 100_000;

/// Outpatient care of which the payer pays nine tenths, up to a ceiling that the family shares.
pub(crate) fn family_plan() -> PlanDefinition {
    let text = |text: &str| vec![LocalizedText { language: "en".to_owned(), text: text.to_owned() }];
    let limit = PlanLimit {
        period: Period::PolicyYear.into(),
        scope: Scope::Family.into(),
        amount: CEILING.to_string(),
        ..Default::default()
    };
    PlanDefinition {
        code: "FAMILY".to_owned(),
        names: text("Family"),
        currency: "RWF".to_owned(),
        benefits: vec![PlanBenefit {
            code: "CARE".to_owned(),
            service_type: "OUTPATIENT".to_owned(),
            names: text("Care"),
            ceilings: vec!["ALL".to_owned()],
            coinsurance_percent: "10".to_owned(),
            exclusions: vec!["Z41".to_owned()],
            ..Default::default()
        }],
        ceilings: vec![PlanCeiling { code: "ALL".to_owned(), names: text("All"), limit: Some(limit) }],
        ..Default::default()
    }
}

/// One line of this code for a common cold.
pub(crate) fn line(code: &str) -> CareLineInput {
    CareLineInput { code: code.to_owned(), diagnoses: vec!["J06.9".to_owned()], ..Default::default() }
}

/// One line whose diagnosis the plan leaves out.
pub(crate) fn excluded(code: &str) -> CareLineInput {
    CareLineInput { diagnoses: vec!["Z41.1".to_owned()], ..line(code) }
}

pub(crate) fn decision(line: i32, decision: Decision) -> ClaimLineDecision {
    let code = if decision == Decision::Reject { "MNEC-001" } else { "" };
    ClaimLineDecision { line, decision: decision.into(), reason_code: code.to_owned(), ..Default::default() }
}

/// At most so many of a line.
pub(crate) fn at_most(line: i32, quantity: &str) -> ClaimLineDecision {
    ClaimLineDecision {
        quantity: quantity.to_owned(),
        text: "One was enough.".to_owned(),
        ..decision(line, Decision::Adjust)
    }
}

impl TestVisits {
    /// With prices for codes `A` to `Z`, 10,000 each but `A`, which is 1,000, whose payer lets the rules decide.
    pub(crate) async fn for_claims() -> Self {
        Self::for_claims_of(Self::setup().await).await
    }

    /// The same, started so.
    pub(crate) async fn for_claims_of(setup: TestSetup) -> Self {
        let service = Self::of(setup, family_plan()).await;
        let codes: Vec<_> = ('A'..='Z').map(|code| code.to_string()).collect();
        let prices: Vec<_> =
            codes.iter().map(|code| (&**code, "CARE", if code == "A" { 1_000 } else { 10_000 })).collect();
        service.price_list(&prices).await;
        service.rules(Some(1_000_000)).await;
        service
    }

    /// Prices of so many codes that begin so.
    pub(crate) async fn price_each(&self, prefix: &str, codes: usize, price: i64) {
        let codes: Vec<_> = (0..codes).map(|code| format!("{prefix}{code}")).collect();
        let prices: Vec<_> = codes.iter().map(|code| (&**code, "CARE", price)).collect();
        self.price_list(&prices).await;
    }

    /// Up to so much no person is needed; a rejected claim is resubmitted twice, an appeal comes within 30 days.
    pub(crate) async fn rules(&self, automatic_up_to: Option<i64>) {
        let rules = ClaimRules { resubmissions_most: Some(2), appeal_days: Some(30), ..Default::default() };
        self.decide_up_to(automatic_up_to, rules).await;
    }

    pub(crate) fn claims(&self) -> ClaimServiceClient<Upstream> {
        ClaimServiceClient::new(self.upstream())
    }

    pub(crate) fn advices(&self) -> PaymentAdviceServiceClient<Upstream> {
        PaymentAdviceServiceClient::new(self.upstream())
    }

    /// An admitted outpatient who is insured under this number.
    pub(crate) async fn outpatient(&self, number: &str) -> Visit {
        self.member(number, &format!("11990{:011}", number.len())).await;
        self.admitted(number, "OUTPATIENT").await
    }

    /// Members of one family, who share its ceilings, each an admitted outpatient.
    pub(crate) async fn family(&self, members: usize) -> Vec<Visit> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let family = Uuid::now_v7();
        let mut visits = Vec::new();
        for _ in 0..members {
            let n = NEXT.fetch_add(1, Ordering::Relaxed);
            let member = self.member(&format!("UM-{n}"), &format!("11990700{n:08}")).await;
            sqlx::query("update coverage set family_id = $1 where member_id = $2")
                .bind(family)
                .bind(member.uuid())
                .execute(&self.admin)
                .await
                .unwrap();
            visits.push(self.admitted(&format!("UM-{n}"), "OUTPATIENT").await);
        }
        visits
    }

    pub(crate) async fn create(&self, key: &str, request: CreateClaimRequest) -> Result<Claim, Error> {
        let made = self.claims().create_claim(self.by(&self.facility, key, request)).await?;
        Ok(made.into_inner().claim.unwrap())
    }

    /// A submitted claim of these lines.
    pub(crate) async fn submitted(&self, visit: &Visit, lines: Vec<CareLineInput>) -> Result<Claim, Error> {
        self.create(&key(), input(visit, lines, "")).await
    }

    pub(crate) async fn claim(&self, by: &Person, id: &str) -> Result<Claim, Error> {
        let request = GetClaimRequest { claim_id: id.to_owned() };
        Ok(self.claims().get_claim(self.by(by, &key(), request)).await?.into_inner().claim.unwrap())
    }

    pub(crate) async fn reviewed(
        &self,
        claim: &Claim,
        lines: Vec<ClaimLineDecision>,
    ) -> Result<Claim, Error> {
        let request = ReviewClaimRequest { claim_id: claim.claim_id.clone(), lines };
        let answer = self.claims().review_claim(self.by(&self.payer, &key(), request)).await?;
        Ok(answer.into_inner().claim.unwrap())
    }

    pub(crate) async fn recall(&self, claim: &Claim) -> Result<Claim, Error> {
        let (claim_id, reason) = (claim.claim_id.clone(), "wrong visit".to_owned());
        let request = self.by(&self.facility, &key(), RecallClaimRequest { claim_id, reason });
        Ok(self.claims().recall_claim(request).await?.into_inner().claim.unwrap())
    }

    pub(crate) async fn resubmit(&self, claim: &Claim, lines: Vec<CareLineInput>) -> Result<Claim, Error> {
        let request = ResubmitClaimRequest { claim_id: claim.claim_id.clone(), lines, ..Default::default() };
        let answer = self.claims().resubmit_claim(self.by(&self.facility, &key(), request)).await?;
        Ok(answer.into_inner().claim.unwrap())
    }

    pub(crate) async fn appeal(&self, claim: &Claim) -> Result<Claim, Error> {
        let request = AppealClaimRequest {
            claim_id: claim.claim_id.clone(),
            reason: "It was needed.".to_owned(),
            ..Default::default()
        };
        let answer = self.claims().appeal_claim(self.by(&self.facility, &key(), request)).await?;
        Ok(answer.into_inner().claim.unwrap())
    }

    /// Overturns with decisions, upholds without.
    pub(crate) async fn answer_appeal(
        &self,
        claim: &Claim,
        lines: Option<Vec<ClaimLineDecision>>,
    ) -> Result<Claim, Error> {
        use decide_claim_appeal_request::Outcome;
        let outcome = if lines.is_some() { Outcome::Overturned } else { Outcome::Upheld };
        let request = DecideClaimAppealRequest {
            claim_id: claim.claim_id.clone(),
            outcome: outcome.into(),
            text: "We looked again.".to_owned(),
            lines: lines.unwrap_or_default(),
        };
        let answer = self.claims().decide_claim_appeal(self.by(&self.payer, &key(), request)).await?;
        Ok(answer.into_inner().claim.unwrap())
    }

    /// Puts these claims into payment.
    pub(crate) async fn advise(&self, claims: &[&Claim]) -> Result<PaymentAdvice, Error> {
        let request = CreatePaymentAdviceRequest {
            facility_id: self.facility.organization.to_string(),
            claim_ids: claims.iter().map(|claim| claim.claim_id.clone()).collect(),
            ..Default::default()
        };
        let answer = self.advices().create_payment_advice(self.by(&self.payer, &key(), request)).await?;
        Ok(answer.into_inner().payment_advice.unwrap())
    }

    pub(crate) async fn pay(&self, advice: &PaymentAdvice) -> Result<PaymentAdvice, Error> {
        let request = MarkPaymentAdvicePaidRequest {
            payment_advice_id: advice.payment_advice_id.clone(),
            reference: "TRF-1".to_owned(),
            paid_on: today(&self.clock).to_string(),
        };
        let answer = self.advices().mark_payment_advice_paid(self.by(&self.payer, &key(), request)).await?;
        Ok(answer.into_inner().payment_advice.unwrap())
    }

    /// What all balances of the database say is used and reserved; none of which differs from its entries.
    pub(crate) async fn ledger(&self) -> (i64, i64) {
        let (used, reserved, wrong): (i64, i64, i64) = sqlx::query_as(
            "select coalesce(sum(used), 0)::bigint, coalesce(sum(reserved), 0)::bigint,
                (select count(*) from benefit_difference) from benefit_balance",
        )
        .fetch_one(&self.admin)
        .await
        .unwrap();
        assert_eq!(wrong, 0, "balances are the sums of their entries");
        (used, reserved)
    }

    /// How many claims the visit counts.
    pub(crate) async fn counted(&self, visit: &Visit) -> i32 {
        sqlx::query_scalar("select claims from visit where visit_id = $1")
            .bind(Uuid::parse_str(&visit.visit_id).unwrap())
            .fetch_one(&self.admin)
            .await
            .unwrap()
    }

    /// How many rows a table has.
    pub(crate) async fn rows_of(&self, table: &str) -> i64 {
        self.count(&format!("select count(*) from {table}")).await
    }

    /// The member disputes the visit.
    pub(crate) async fn disputed(&self, visit: &Visit) {
        let notice = self.notice(Kind::Visit, &visit.visit_id).await;
        let request = DisputeVisitRequest { token: notice.values["dispute_token"].clone() };
        self.visits().dispute_visit(Request::new(request)).await.unwrap();
    }

    /// What a message says of a thing.
    pub(crate) async fn notice(&self, kind: Kind, id: &str) -> GetNoticeResponse {
        let request = GetNoticeRequest { kind: kind.into(), id: id.to_owned(), ..Default::default() };
        let mut notices = NoticeServiceClient::new(self.upstream());
        notices.get_notice(self.foundation.identity.request(request)).await.unwrap().into_inner()
    }
}

/// A request to submit these lines at once.
pub(crate) fn input(visit: &Visit, lines: Vec<CareLineInput>, reference: &str) -> CreateClaimRequest {
    CreateClaimRequest {
        visit_id: visit.visit_id.clone(),
        lines,
        external_reference: reference.to_owned(),
        submit: true,
        ..Default::default()
    }
}

/// What the payer pays of a claim.
pub(crate) fn payer_part(claim: &Claim) -> i64 {
    claim.amounts.as_ref().map_or(0, |amounts| amounts.payer.parse().unwrap())
}

/// The day of the parties, in Kigali.
pub(crate) fn today(clock: &Clock) -> chrono::NaiveDate {
    clock.today(chrono_tz::Africa::Kigali)
}
