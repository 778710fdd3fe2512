//! The benefits of a coverage on a day, for the payer's officers.

use careway_contract::visits::v1::{GetCoverageBenefitsRequest, GetCoverageBenefitsResponse};
use careway_kernel::{CoverageId, Violations, parse_date};
use careway_service::{AuditEntry, Call, Error, Result, path_id};

use super::{
    domain::{self, Subject, ledger::Occasion},
    store, view,
};
use crate::{
    App,
    plans::{self, domain::service_type::ServiceType},
};

pub(crate) async fn get_coverage_benefits(
    app: &App,
    call: &Call,
    request: GetCoverageBenefitsRequest,
) -> Result<GetCoverageBenefitsResponse> {
    let payer = call.caller.organization()?;
    let id: CoverageId = path_id("coverage", &request.coverage_id)?;
    let mut v = Violations::default();
    let on = v.required("on", request.on.as_str(), parse_date);
    let only = v.optional("serviceType", request.service_type.as_str(), ServiceType::parse);
    let language = call.language(&mut v, &request.language);
    let (on, only, language) = v.all((on, only, language))?;

    let (cover, plan) = {
        let mut reader = app.db.read(call).await?;
        let cover = store::find_coverage_use(&mut reader, payer, id, on).await?;
        let cover = cover.ok_or(Error::not_found("coverage"))?;
        let (plan, version) = (cover.coverage.plan, cover.coverage.plan_version);
        let plan = match app.plans.get(plan, version) {
            Some(kept) => kept,
            None => {
                let found = plans::store::find_plan(&mut reader, payer, plan, Some(version)).await?;
                app.plans.insert(plan, version, found.ok_or(Error::not_found("plan"))?.definition)
            }
        };
        (cover, plan)
    };
    let entry =
        AuditEntry { action: "benefits.read", member: Some(cover.coverage.member), ..Default::default() };
    app.audit.read(call, entry).await?;

    let subject = Subject {
        coverage: &cover.coverage,
        occasion: Occasion { on, policy_year_from: cover.coverage.policy_year_from, visit: None },
        adult: !request.child,
        family_size: cover.family_size,
        not_contracted: Vec::new(),
        only,
    };
    let statement = domain::statement(&plan, &subject, &cover.balances);
    let statement = view::statement(&plan, &cover.coverage, &statement, (on, app.clock.now(), language));
    Ok(GetCoverageBenefitsResponse { statement: Some(statement) })
}
