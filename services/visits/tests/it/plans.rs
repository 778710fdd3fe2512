//! Plans, contracts and coverages, over gRPC.

use careway_contract::{
    types::v1::LocalizedText,
    visits::v1::{
        contract_service_client::ContractServiceClient,
        coverage::Status,
        coverage_service_client::CoverageServiceClient,
        plan_limit::{Period, Scope},
        plan_service_client::PlanServiceClient,
        *,
    },
};
use careway_kernel::OrganizationId;
use careway_service::{Error, Kind, Upstream};
use careway_testing::{Person, key, refusal};
use tonic::Request;

use crate::test_visits::TestVisits;

fn text(text: &str) -> Vec<LocalizedText> {
    vec![LocalizedText { language: "en".to_owned(), text: text.to_owned() }]
}

/// A small plan that is right.
fn silver() -> PlanDefinition {
    let limit = |amount: &str| PlanLimit {
        period: Period::PolicyYear.into(),
        scope: Scope::Member.into(),
        amount: amount.to_owned(),
        ..Default::default()
    };
    PlanDefinition {
        code: "SILVER".to_owned(),
        names: text("Silver"),
        currency: "RWF".to_owned(),
        benefits: vec![PlanBenefit {
            code: "VISIT".to_owned(),
            service_type: "OUTPATIENT".to_owned(),
            names: text("Visit"),
            limits: vec![limit("50000")],
            ceilings: vec!["ALL".to_owned()],
            coinsurance_percent: "10".to_owned(),
            ..Default::default()
        }],
        ceilings: vec![PlanCeiling {
            code: "ALL".to_owned(),
            names: text("All"),
            limit: Some(limit("900000")),
        }],
        ..Default::default()
    }
}

impl TestVisits {
    fn plans(&self) -> PlanServiceClient<Upstream> {
        PlanServiceClient::new(self.upstream())
    }

    fn coverages(&self) -> CoverageServiceClient<Upstream> {
        CoverageServiceClient::new(self.upstream())
    }

    fn contracts(&self) -> ContractServiceClient<Upstream> {
        ContractServiceClient::new(self.upstream())
    }

    async fn create_plan(&self, definition: PlanDefinition) -> Result<Plan, Error> {
        let request = CreatePlanRequest { definition: Some(definition) };
        let made = self.plans().create_plan(self.by(&self.payer, &key(), request)).await?;
        Ok(made.into_inner().plan.unwrap())
    }

    fn with_version<M>(&self, person: &Person, version: i32, message: M) -> Request<M> {
        let mut request = self.by(person, &key(), message);
        request.metadata_mut().remove("idempotency-key");
        request.metadata_mut().insert("if-match", version.to_string().parse().unwrap());
        request
    }

    async fn cover(&self, request: CreateCoverageRequest) -> Result<Coverage, Error> {
        let made = self.coverages().create_coverage(self.by(&self.payer, &key(), request)).await?;
        Ok(made.into_inner().coverage.unwrap())
    }

    async fn import(&self, dry_run: bool, csv: &str) -> Result<ImportCoveragesResponse, Error> {
        let piece = |data: &str| ImportCoveragesRequest {
            dry_run,
            file: Some(careway_contract::google::api::HttpBody {
                content_type: "text/csv".to_owned(),
                data: data.to_owned().into(),
                ..Default::default()
            }),
        };
        let (first, rest) = csv.split_at(csv.len() / 2);
        let pieces = futures::stream::iter([piece(first), piece(rest)]);
        let request = self.by(&self.payer, &key(), pieces);
        Ok(self.coverages().import_coverages(request).await?.into_inner())
    }
}

#[tokio::test]
async fn a_plan_comes_back_and_gets_versions() {
    let service = TestVisits::run().await;
    let made = service.create_plan(silver()).await.unwrap();
    assert_eq!((made.version, made.latest_version), (1, 1));
    let kept = made.definition.clone().unwrap();
    assert_eq!((kept.adult_age, kept.order.len(), kept.benefits[0].covered), (Some(18), 7, Some(true)));
    assert_eq!(refusal(service.create_plan(silver()).await).reason(), "PLAN_CODE_TAKEN");

    // What comes back may be sent again as it is.
    let newer = PlanDefinition { names: text("Silver Plus"), ..kept.clone() };
    let replace =
        |definition| ReplacePlanRequest { plan_id: made.plan_id.clone(), definition: Some(definition) };
    let stale =
        service.plans().replace_plan(service.with_version(&service.payer, 7, replace(newer.clone()))).await;
    assert_eq!(refusal(stale).kind(), Kind::Stale);
    let replaced = service
        .plans()
        .replace_plan(service.with_version(&service.payer, 1, replace(newer.clone())))
        .await
        .unwrap();
    assert_eq!(replaced.into_inner().plan.unwrap().version, 2);
    let other = PlanDefinition { currency: "KES".to_owned(), ..newer };
    let fixed = service.plans().replace_plan(service.with_version(&service.payer, 2, replace(other))).await;
    assert_eq!(refusal(fixed).kind(), Kind::Invalid);

    let get = |version| GetPlanRequest { plan_id: made.plan_id.clone(), version };
    let first = service
        .plans()
        .get_plan(service.by(&service.payer, &key(), get(Some(1))))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(first.plan.unwrap().definition.unwrap(), kept);
    let latest =
        service.plans().get_plan(service.by(&service.payer, &key(), get(None))).await.unwrap().into_inner();
    assert_eq!(latest.plan.unwrap().definition.unwrap().names, text("Silver Plus"));

    let list = ListPlansRequest { page_size: 1, ..Default::default() };
    let page = service
        .plans()
        .list_plans(service.by(&service.payer, &key(), list.clone()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(page.plans[0].plan_id, made.plan_id);
    let list = ListPlansRequest { page_token: page.next_page_token, ..list };
    let page =
        service.plans().list_plans(service.by(&service.payer, &key(), list)).await.unwrap().into_inner();
    assert_eq!((page.plans.len(), page.next_page_token.as_str()), (1, ""));

    // Another payer's is as if it were not.
    let stranger = service.stranger();
    let hidden = service.plans().get_plan(service.by(&stranger, &key(), get(None))).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
}

#[tokio::test]
async fn every_violation_of_a_plan_is_named_with_its_path() {
    let service = TestVisits::run().await;
    let mut wrong = silver();
    wrong.names.clear();
    let visit = &mut wrong.benefits[0];
    visit.service_type = "MAGIC".to_owned();
    visit.limits[0].amount = "50000.5".to_owned();
    visit.coinsurance_percent = "110".to_owned();
    visit.limits.push(PlanLimit {
        period: Period::Visit.into(),
        scope: Scope::Family.into(),
        count: Some(0),
        ..Default::default()
    });
    wrong.ceilings[0].limit.as_mut().unwrap().growth =
        Some(LimitGrowth { above_members: 4, each: "x".to_owned(), cap: "1".to_owned() });
    let status = service
        .plans()
        .create_plan(service.by(&service.payer, &key(), CreatePlanRequest { definition: Some(wrong) }))
        .await
        .unwrap_err();
    let details = tonic_types::StatusExt::get_error_details(&status);
    let mut fields: Vec<_> =
        details.bad_request().unwrap().field_violations.iter().map(|it| it.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "benefits[0].coinsurancePercent",
            "benefits[0].limits[0].amount",
            "benefits[0].limits[1].count",
            "benefits[0].limits[1].scope",
            "ceilings[0].limit.growth.each",
            "names",
        ]
    );

    // What reaches across the plan.
    let mut wrong = silver();
    wrong.ceilings[0].code = "VISIT".to_owned();
    wrong.benefits[0].deductible = "NONE".to_owned();
    wrong.order = vec![4];
    let refused = refusal(service.create_plan(wrong).await);
    let said = refused.to_status();
    let details = tonic_types::StatusExt::get_error_details(&said);
    let mut fields: Vec<_> =
        details.bad_request().unwrap().field_violations.iter().map(|it| it.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["benefits[0].ceilings[0]", "benefits[0].deductible", "ceilings[0].code", "order"]);
}

#[tokio::test]
async fn contracts_never_overlap_and_both_parties_see_them() {
    let service = TestVisits::run().await;
    let other = service.other_facility().await;
    let request = CreateContractRequest {
        facility_id: other.organization.to_string(),
        service_types: vec!["DENTAL".to_owned()],
        from: "2026-01-01".to_owned(),
        to: "2026-12-31".to_owned(),
    };
    let made = service
        .contracts()
        .create_contract(service.by(&service.payer, &key(), request.clone()))
        .await
        .unwrap();
    let made = made.into_inner().contract.unwrap();
    let again = CreateContractRequest { from: "2026-12-31".to_owned(), to: String::new(), ..request.clone() };
    let twice = service.contracts().create_contract(service.by(&service.payer, &key(), again.clone())).await;
    assert_eq!(refusal(twice).reason(), "CONTRACT_OVERLAPS");
    let ended =
        EndContractRequest { contract_id: made.contract_id.clone(), last_day: "2026-06-30".to_owned() };
    let ended = service.contracts().end_contract(service.by(&service.payer, &key(), ended)).await.unwrap();
    assert_eq!(ended.into_inner().contract.unwrap().to, "2026-06-30");
    service.contracts().create_contract(service.by(&service.payer, &key(), again)).await.unwrap();

    let list = ListContractsRequest { on: "2026-03-01".to_owned(), ..Default::default() };
    let seen =
        service.contracts().list_contracts(service.by(&other, &key(), list)).await.unwrap().into_inner();
    let seen: Vec<_> = seen.contracts.iter().map(|it| it.contract_id.as_str()).collect();
    assert_eq!(seen, [made.contract_id.as_str()]);
    let get = GetContractRequest { contract_id: made.contract_id };
    let hidden = service.contracts().get_contract(service.by(&service.facility, &key(), get)).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
}

#[tokio::test]
async fn only_a_facility_can_be_contracted() {
    let service = TestVisits::run().await;
    let contract = async |with: OrganizationId| {
        let request = CreateContractRequest {
            facility_id: with.to_string(),
            service_types: vec!["DENTAL".to_owned()],
            from: "2026-01-01".to_owned(),
            ..Default::default()
        };
        refusal(service.contracts().create_contract(service.by(&service.payer, &key(), request)).await)
    };
    let another_payer = service.stranger();
    service.know(&another_payer, "Inkingi Medical Cover").await;
    let nobody = OrganizationId::new(&service.clock);
    let untold = contract(nobody).await;
    assert_eq!((untold.kind(), untold.reason()), (Kind::Unavailable, "FACILITY_NOT_READY"));
    service.clock.advance(std::time::Duration::from_secs(61));
    for wrong in [service.payer.organization, another_payer.organization, nobody] {
        let refused = contract(wrong).await;
        assert_eq!((refused.kind(), refused.reason()), (Kind::Invalid, "INVALID_REQUEST"));
    }
}

#[tokio::test]
async fn a_coverage_is_suspended_resumed_replaced_and_ended() {
    let service = TestVisits::run().await;
    let plan = service.create_plan(silver()).await.unwrap();
    let member = service.identity.register(service.payer.organization, "UM-7", "1199070012345607");
    let request = CreateCoverageRequest {
        member_number: "um-7".to_owned(),
        plan_id: plan.plan_id.clone(),
        from: "2026-01-01".to_owned(),
        to: "2026-12-31".to_owned(),
        ..Default::default()
    };
    // Identity's event has not arrived: identity is asked.
    let first = service.cover(request.clone()).await.unwrap();
    assert_eq!((first.member_id.as_str(), first.status()), (member.to_string().as_str(), Status::Active));
    let unknown = CreateCoverageRequest { member_number: "UM-8".to_owned(), ..request.clone() };
    assert_eq!(refusal(service.cover(unknown).await).reason(), "MEMBER_UNKNOWN");
    let overlapping = CreateCoverageRequest {
        from: "2026-12-31".to_owned(),
        to: "2027-01-31".to_owned(),
        ..request.clone()
    };
    assert_eq!(refusal(service.cover(overlapping).await).reason(), "COVERAGE_OVERLAPS");

    let id = first.coverage_id.clone();
    let suspend = SuspendCoverageRequest {
        coverage_id: id.clone(),
        reason: suspend_coverage_request::Reason::Unpaid.into(),
        from: "2026-04-01".to_owned(),
    };
    let suspended = service
        .coverages()
        .suspend_coverage(service.by(&service.payer, &key(), suspend.clone()))
        .await
        .unwrap();
    let suspended = suspended.into_inner().coverage.unwrap();
    assert_eq!((suspended.status(), suspended.suspension_reason.as_str()), (Status::Suspended, "UNPAID"));
    let twice = service.coverages().suspend_coverage(service.by(&service.payer, &key(), suspend)).await;
    assert_eq!(refusal(twice).reason(), "COVERAGE_NOT_ACTIVE");
    let resume = ResumeCoverageRequest { coverage_id: id.clone(), on: "2026-05-01".to_owned() };
    service.coverages().resume_coverage(service.by(&service.payer, &key(), resume)).await.unwrap();

    // A new card from July: the old one ends the day before, limits and waiting go on.
    let newer = CreateCoverageRequest {
        from: "2026-07-01".to_owned(),
        to: "2027-06-30".to_owned(),
        replaces: id.clone(),
        ..request.clone()
    };
    let newer = service.cover(newer).await.unwrap();
    assert_eq!((newer.member_since.as_str(), newer.policy_year_from.as_str()), ("2026-01-01", "2026-01-01"));
    let get = GetCoverageRequest { coverage_id: id.clone() };
    let older =
        service.coverages().get_coverage(service.by(&service.payer, &key(), get.clone())).await.unwrap();
    let older = older.into_inner().coverage.unwrap();
    assert_eq!(
        (older.to.as_str(), older.status(), older.replaced_by),
        ("2026-06-30", Status::Replaced, newer.coverage_id.clone())
    );
    assert_eq!(older.version, 4);

    let terminate = TerminateCoverageRequest {
        coverage_id: newer.coverage_id.clone(),
        reason: terminate_coverage_request::Reason::LeftGroup.into(),
        last_day: "2026-09-30".to_owned(),
    };
    service.coverages().terminate_coverage(service.by(&service.payer, &key(), terminate)).await.unwrap();
    // Without a gap, the member's own start is kept.
    let next =
        CreateCoverageRequest { from: "2026-10-01".to_owned(), to: "2027-09-30".to_owned(), ..request };
    assert_eq!(service.cover(next).await.unwrap().member_since, "2026-01-01");
    assert_eq!(service.said("CoverageChanged").await, 7);

    let list = ListCoveragesRequest { member_number: "UM-7".to_owned(), ..Default::default() };
    let listed = service
        .coverages()
        .list_coverages(service.by(&service.payer, &key(), list))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(listed.coverages.len(), 3);
    let hidden = service.coverages().get_coverage(service.by(&service.stranger(), &key(), get.clone())).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
    let hidden = service.coverages().get_coverage(service.by(&service.facility, &key(), get)).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_list_of_coverages_is_taken_row_by_row() {
    let service = TestVisits::run().await;
    service.create_plan(silver()).await.unwrap();
    for number in ["UM-1", "UM-2", "UM-3"] {
        service.know_member(number).await;
    }
    let list = "member_number,plan_code,from,to\n\
        UM-1,SILVER,2026-01-01,2026-12-31\n\
        UM-2,SILVER,2026-01-01,2026-12-31\n\
        UM-2,SILVER,2026-12-31,2027-12-31\n\
        UM-9,SILVER,2026-01-01,2026-12-31\n\
        UM-3,BRASS,2026-01-01,2026-12-31\n\
        UM-3,SILVER,2026-01-01,2025-12-31\n";
    let rehearsal = service.import(true, list).await.unwrap();
    let taken = service.import(false, list).await.unwrap();
    assert_eq!((taken.rows, taken.created, taken.unchanged, taken.rejected), (6, 2, 0, 4));
    assert_eq!(rehearsal, ImportCoveragesResponse { dry_run: true, ..taken.clone() });
    let why: Vec<_> =
        taken.rejections.iter().map(|it| (it.row, it.column.as_str(), it.message.as_str())).collect();
    assert_eq!(
        why,
        [
            (4, "", "the member has another cover in this period"),
            (5, "member_number", "no such member"),
            (6, "plan_code", "no such plan"),
            (7, "to", "must not be before from"),
        ]
    );
    let again = service.import(false, list).await.unwrap();
    assert_eq!((again.created, again.unchanged, again.rejected), (0, 2, 4));
    assert_eq!(service.said("CoverageChanged").await, 2);

    let headless =
        refusal(service.import(false, "member_number,from,to\nUM-1,2026-01-01,2026-12-31\n").await);
    assert_eq!((headless.reason(), headless.fact("column")), ("COLUMN_MISSING", Some("plan_code")));
}

#[tokio::test]
async fn service_types_are_a_table() {
    let service = TestVisits::run().await;
    let known = service
        .plans()
        .list_service_types(service.by(&service.facility, &key(), ListServiceTypesRequest {}))
        .await
        .unwrap()
        .into_inner();
    let codes: Vec<_> = known.service_types.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(codes, ["INPATIENT", "OUTPATIENT", "DENTAL", "OPTICAL", "WELLNESS"]);
    assert!(known.service_types.iter().all(|it| it.names.iter().any(|name| name.language == "rw")));
}
