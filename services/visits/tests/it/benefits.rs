//! The benefit statement: over gRPC, and how many statements it takes.

use std::time::Duration;

use careway_contract::{
    types::v1::LocalizedText,
    visits::v1::{
        benefit_service_client::BenefitServiceClient,
        measure::Value,
        plan_limit::{Period, Scope},
        preauthorization_rule::Needed,
        *,
    },
};
use careway_kernel::{CoverageId, MemberId};
use careway_service::{Error, Kind, Upstream};
use careway_testing::{Person, eventually, key, refusal};
use sqlx::Connection;
use uuid::Uuid;

use crate::{claim_calls::today, test_visits::TestVisits};

impl TestVisits {
    fn benefits(&self) -> BenefitServiceClient<Upstream> {
        BenefitServiceClient::new(self.upstream())
    }

    async fn statement(
        &self,
        by: &Person,
        visit_id: &str,
        language: &str,
    ) -> Result<BenefitStatement, Error> {
        let request = GetVisitBenefitsRequest {
            visit_id: visit_id.to_owned(),
            language: language.to_owned(),
            ..Default::default()
        };
        let answer = self.benefits().get_visit_benefits(self.by(by, &key(), request)).await?;
        Ok(answer.into_inner().statement.unwrap())
    }

    /// What adjudication will do: takes so much of an account of the member, this policy year.
    async fn take(&self, coverage: CoverageId, kind: &str, account: &str, amount: i64) {
        let today = today(&self.clock);
        let this_year = today.format("%Y-01-01").to_string();
        let posting = serde_json::json!([{
            "account": account, "scope": "MEMBER", "period": "POLICY_YEAR", "period_key": format!("Y:{this_year}"),
            "starts_on": this_year, "ends_on": today.format("%Y-12-31").to_string(), "unit": "AMOUNT",
            "amount": amount, "most": 50_000, "cause_kind": "CLAIM_LINE", "cause_id": Uuid::now_v7(),
        }]);
        let mut admin = self.admin.acquire().await.unwrap();
        let mut tx = admin.begin().await.unwrap();
        sqlx::query("select set_config('careway.purpose', 'test', true)").execute(&mut *tx).await.unwrap();
        sqlx::query("select benefit_take($1, $2, now(), $3)")
            .bind(coverage.uuid())
            .bind(kind)
            .bind(posting)
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    async fn coverage_of(&self, member: MemberId) -> CoverageId {
        let id: Uuid = sqlx::query_scalar("select coverage_id from coverage where member_id = $1")
            .bind(member.uuid())
            .fetch_one(&self.admin)
            .await
            .unwrap();
        CoverageId::from_uuid(id)
    }
}

fn texts(texts: &[(&str, &str)]) -> Vec<LocalizedText> {
    let text = |(language, text): &(&str, &str)| LocalizedText {
        language: (*language).to_owned(),
        text: (*text).to_owned(),
    };
    texts.iter().map(text).collect()
}

/// Outpatient care with everything a statement can show; dental care not covered.
pub(crate) fn rich() -> PlanDefinition {
    let year = PlanLimit {
        period: Period::PolicyYear.into(),
        scope: Scope::Member.into(),
        amount: "50000".to_owned(),
        ..Default::default()
    };
    let visits = PlanLimit {
        period: Period::Month.into(),
        scope: Scope::Member.into(),
        count: Some(4),
        ..Default::default()
    };
    let growing = PlanLimit {
        scope: Scope::Family.into(),
        amount: "900000".to_owned(),
        growth: Some(LimitGrowth { above_members: 1, each: "1000".to_owned(), cap: "990000".to_owned() }),
        ..year.clone()
    };
    PlanDefinition {
        code: "RICH".to_owned(),
        names: texts(&[("en", "Rich"), ("rw", "Umukire")]),
        currency: "RWF".to_owned(),
        benefits: vec![
            PlanBenefit {
                code: "CONSULTATION".to_owned(),
                service_type: "OUTPATIENT".to_owned(),
                names: texts(&[("en", "Consultation"), ("fr", "Consultation médicale")]),
                limits: vec![year.clone(), visits],
                deductible: "YEARLY".to_owned(),
                ceilings: vec!["ALL".to_owned()],
                copayment: "500".to_owned(),
                coinsurance_percent: "12.5".to_owned(),
                preauthorization: Some(PreauthorizationRule {
                    needed: Needed::Above.into(),
                    above: "20000".to_owned(),
                }),
                frequency_days: Some(7),
                exclusions: vec!["Z41".to_owned()],
                conditions: vec![SpecialCondition {
                    texts: texts(&[("en", "Bring the referral"), ("rw", "Zana urupapuro")]),
                }],
                ..Default::default()
            },
            PlanBenefit {
                code: "CROWN".to_owned(),
                service_type: "DENTAL".to_owned(),
                names: texts(&[("en", "Crown")]),
                covered: Some(false),
                ..Default::default()
            },
            PlanBenefit {
                code: "STAY".to_owned(),
                service_type: "INPATIENT".to_owned(),
                names: texts(&[("en", "Stay")]),
                ..Default::default()
            },
        ],
        ceilings: vec![PlanCeiling {
            code: "ALL".to_owned(),
            names: texts(&[("en", "All")]),
            limit: Some(growing),
        }],
        deductibles: vec![PlanDeductible {
            code: "YEARLY".to_owned(),
            period: Period::PolicyYear.into(),
            scope: Scope::Member.into(),
            amount: "3000".to_owned(),
        }],
        ..Default::default()
    }
}

fn amount(measure: &Option<Measure>) -> String {
    match measure.as_ref().unwrap().value.as_ref().unwrap() {
        Value::Amount(money) => format!("{} {}", money.currency, money.amount),
        Value::Count(count) => count.to_string(),
    }
}

#[tokio::test]
async fn a_statement_shows_what_is_used_and_left() {
    let service = TestVisits::with_plan(rich()).await;
    let member = service.member("UM-100200", "1199070012345601").await;
    let coverage = service.coverage_of(member).await;
    service.take(coverage, "COMMIT", "CONSULTATION", 12_000).await;
    service.take(coverage, "RESERVE", "CONSULTATION", 8_000).await;
    service.take(coverage, "COMMIT", "YEARLY", 1_000).await;

    let visit = service.verified("UM-100200").await.visit.unwrap();
    let all = service.statement(&service.facility, &visit.visit_id, "rw").await.unwrap();
    assert!(all.in_force && all.reason.is_empty());
    assert_eq!((all.plan_name.as_str(), all.from.as_str(), all.benefits.len()), ("Umukire", "2020-01-01", 3));
    let (crown, stay) = (&all.benefits[1], &all.benefits[2]);
    assert_eq!((crown.covered, crown.reason.as_str()), (false, "SERVICE_NOT_COVERED"));
    assert!(stay.covered);

    let visit = service.admit(&visit.visit_id, "OUTPATIENT").await.unwrap();
    let one = service.statement(&service.facility, &visit.visit_id, "rw").await.unwrap();
    let [consultation] = &one.benefits[..] else { panic!("one benefit") };
    assert_eq!(consultation.name, "Consultation");
    assert_eq!(consultation.conditions, ["Zana urupapuro"]);
    let [year, month] = &consultation.limits[..] else { panic!("two limits") };
    let of = |it: &BenefitLimit| [&it.limit, &it.used, &it.reserved, &it.left].map(amount);
    assert_eq!(of(year), ["RWF 50000", "RWF 12000", "RWF 8000", "RWF 30000"]);
    let next_year = today(&service.clock).format("%Y").to_string().parse::<i32>().unwrap() + 1;
    assert_eq!(year.next_reset, format!("{next_year}-01-01"));
    assert_eq!(of(month), ["4", "0", "0", "4"]);
    let share = consultation.patient_share.as_ref().unwrap();
    assert_eq!(
        (share.copayment.as_ref().unwrap().amount.as_str(), share.coinsurance_percent.as_str()),
        ("500", "12.5")
    );
    assert_eq!(of(share.deductible.as_ref().unwrap())[3], "RWF 2000");
    let need = consultation.preauthorization.as_ref().unwrap();
    assert_eq!((need.needed(), need.above.as_ref().unwrap().amount.as_str()), (Needed::Above, "20000"));
    let [all] = &one.ceilings[..] else { panic!("one ceiling") };
    assert_eq!(of(all.limit.as_ref().unwrap())[0], "RWF 900000");

    // The payer's own view of the same, and the ledger behind it.
    let request = GetCoverageBenefitsRequest {
        coverage_id: coverage.to_string(),
        on: today(&service.clock).to_string(),
        service_type: "OUTPATIENT".to_owned(),
        language: "rw".to_owned(),
        child: false,
    };
    let own = service
        .benefits()
        .get_coverage_benefits(service.by(&service.payer, &key(), request.clone()))
        .await
        .unwrap();
    assert_eq!(own.into_inner().statement.unwrap().benefits, one.benefits);
    let hidden =
        service.benefits().get_coverage_benefits(service.by(&service.facility, &key(), request)).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);

    let list = ListLedgerEntriesRequest {
        coverage_id: coverage.to_string(),
        account: "CONSULTATION".to_owned(),
        page_size: 1,
        ..Default::default()
    };
    let page = service
        .benefits()
        .list_ledger_entries(service.by(&service.payer, &key(), list.clone()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(page.entries[0].kind(), ledger_entry::Kind::Reserve);
    assert_eq!(amount(&page.entries[0].reserved_change), "RWF 8000");
    let list = ListLedgerEntriesRequest { page_token: page.next_page_token, ..list };
    let page = service
        .benefits()
        .list_ledger_entries(service.by(&service.payer, &key(), list))
        .await
        .unwrap()
        .into_inner();
    assert_eq!((page.entries[0].kind(), page.next_page_token.as_str()), (ledger_entry::Kind::Commit, ""));
}

#[tokio::test]
async fn benefits_are_shown_from_the_code_until_some_time_after_the_discharge() {
    let service = TestVisits::with_plan(rich()).await;
    service.member("UM-100200", "1199070012345601").await;
    let awaiting = service.started("UM-100200").await;
    let early = refusal(service.statement(&service.facility, &awaiting.visit_id, "").await);
    assert_eq!((early.kind(), early.reason()), (Kind::Refused, "VISIT_NOT_VERIFIED"));

    let visit = service.admitted("UM-100200", "OUTPATIENT").await;
    let other = service.other_facility().await;
    service.contract(&other, &["OUTPATIENT"]).await;
    assert_eq!(refusal(service.statement(&other, &visit.visit_id, "").await).kind(), Kind::NotFound);
    assert_eq!(
        refusal(service.statement(&service.stranger(), &visit.visit_id, "").await).kind(),
        Kind::NotFound
    );
    service.statement(&service.payer, &visit.visit_id, "").await.unwrap();

    let request = DischargeVisitRequest { visit_id: visit.visit_id.clone() };
    service.visits().discharge_visit(service.by(&service.facility, &key(), request)).await.unwrap();
    service.statement(&service.facility, &visit.visit_id, "").await.unwrap();
    service.clock.advance(Duration::from_secs(73 * 3600));
    assert_eq!(
        refusal(service.statement(&service.facility, &visit.visit_id, "").await).reason(),
        "VISIT_OVER"
    );
    service.statement(&service.payer, &visit.visit_id, "").await.unwrap();

    let reads: i64 = sqlx::query_scalar(
        "select count(*) from audit_entry where action = 'benefits.read' and visit_id = $1 and member_id is not null",
    )
    .bind(Uuid::parse_str(&visit.visit_id).unwrap())
    .fetch_one(&service.admin)
    .await
    .unwrap();
    assert_eq!(reads, 3, "every answer is audited, and nothing else");
}

#[tokio::test]
async fn an_uncovered_patient_is_told_why() {
    let service = TestVisits::with_plan(rich()).await;
    service.identity.register(service.payer.organization, "UM-9", "1199070012345609");
    let visit = service.verified("UM-9").await.visit.unwrap();
    let statement = service.statement(&service.facility, &visit.visit_id, "").await.unwrap();
    assert_eq!((statement.in_force, statement.reason.as_str()), (false, "UNKNOWN_CARD"));
    assert!(statement.benefits.is_empty() && statement.coverage_id.is_empty());
}

#[tokio::test]
async fn a_facility_sees_no_coverage_plan_or_balance_but_through_its_visit() {
    let service = TestVisits::with_plan(rich()).await;
    let member = service.member("UM-100200", "1199070012345601").await;
    service.take(service.coverage_of(member).await, "COMMIT", "CONSULTATION", 1).await;
    let visit = service.admitted("UM-100200", "OUTPATIENT").await;
    let app = sqlx::PgPool::connect(&service.setup.database.url_app).await.unwrap();
    let mut facility = app.acquire().await.unwrap();
    let organization = service.facility.organization.to_string();
    sqlx::query(
        "select set_config('careway.organization', $1, false), set_config('careway.kind', 'FACILITY', false)",
    )
    .bind(&organization)
    .execute(&mut *facility)
    .await
    .unwrap();
    for table in ["plan", "plan_version", "coverage", "member_ref", "benefit_balance", "benefit_entry"] {
        let count = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
        let seen: i64 = sqlx::query_scalar(count).fetch_one(&mut *facility).await.unwrap();
        assert_eq!(seen, 0, "{table}");
    }
    let through = "select count(*) from visit_benefits where visit_id = $1 and coverage_id is not null";
    let id = Uuid::parse_str(&visit.visit_id).unwrap();
    let seen: i64 = sqlx::query_scalar(through).bind(id).fetch_one(&mut *facility).await.unwrap();
    assert_eq!(seen, 1);
    let nobody = "select set_config('careway.organization', '', false)";
    sqlx::query(nobody).execute(&mut *facility).await.unwrap();
    let seen: i64 = sqlx::query_scalar(through).bind(id).fetch_one(&mut *facility).await.unwrap();
    assert_eq!(seen, 0);
}

#[tokio::test]
async fn a_statement_takes_one_query_beside_the_caller_and_the_audit() {
    let (proxy, setup) = TestVisits::counting_round_trips().await;
    let service = TestVisits::of(setup, rich()).await;
    service.member("UM-100200", "1199070012345601").await;
    let visit = service.admitted("UM-100200", "OUTPATIENT").await;
    let mut fewest = u64::MAX;
    for _ in 0..20 {
        // The access just told of is on its way to identity; the quietest of many reads is the read alone.
        eventually("the outbox is empty", async || {
            service.count("select count(*) from outbox where published_at is null").await == 0
        })
        .await;
        let before = proxy.round_trips();
        service.statement(&service.facility, &visit.visit_id, "").await.unwrap();
        fewest = fewest.min(proxy.round_trips() - before);
    }
    // The question with its caller, and the audit.
    assert_eq!(fewest, 2);
}
