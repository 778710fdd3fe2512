//! Plans, version by version, over gRPC.

use careway_contract::{
    types::v1::LocalizedText,
    visits::v1::{
        plan_limit::{Period, Scope},
        plan_service_client::PlanServiceClient,
        *,
    },
};
use careway_service::{Error, Kind, Upstream};
use careway_testing::{Person, key, refusal};
use tonic::Request;

use crate::test_visits::TestVisits;

pub(crate) fn text(text: &str) -> Vec<LocalizedText> {
    vec![LocalizedText { language: "en".to_owned(), text: text.to_owned() }]
}

/// A small plan that is right.
pub(crate) fn silver() -> PlanDefinition {
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
    pub(crate) fn plans(&self) -> PlanServiceClient<Upstream> {
        PlanServiceClient::new(self.upstream())
    }

    pub(crate) async fn create_plan(&self, definition: PlanDefinition) -> Result<Plan, Error> {
        let request = CreatePlanRequest { definition: Some(definition) };
        let made = self.plans().create_plan(self.by(&self.payer, &key(), request)).await?;
        Ok(made.into_inner().plan.unwrap())
    }

    pub(crate) fn with_version<M>(&self, person: &Person, version: i32, message: M) -> Request<M> {
        let mut request = self.by(person, &key(), message);
        request.metadata_mut().remove("idempotency-key");
        request.metadata_mut().insert("if-match", version.to_string().parse().unwrap());
        request
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
