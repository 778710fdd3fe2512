//! The benefits of a verified visit's patient: the one read that staff wait for, in one statement.

use std::sync::Arc;

use careway_contract::visits::v1::{BenefitStatement, GetVisitBenefitsRequest, GetVisitBenefitsResponse};
use careway_kernel::{Language, Violations, VisitId};
use careway_service::{AuditEntry, Call, Error, Result, path_id};
use chrono::{DateTime, Utc};

use super::{
    domain::{self, Subject, ledger::Occasion},
    store::{self, CoverageUse, VisitBenefits},
    view,
};
use crate::{
    App,
    plans::domain::reason::Reason,
    plans::{
        self,
        domain::{PlanDefinition, service_type::ServiceType},
    },
};

pub(crate) async fn get_visit_benefits(
    app: &App,
    call: &Call,
    request: GetVisitBenefitsRequest,
) -> Result<GetVisitBenefitsResponse> {
    let party = call.caller.organization()?;
    let id: VisitId = path_id("visit", &request.visit_id)?;
    let mut v = Violations::default();
    let only = v.optional("serviceType", request.service_type.as_str(), ServiceType::parse);
    let language = call.language(&mut v, &request.language);
    let (only, language) = v.all((only, language))?;

    let found = store::find_visit_benefits(&app.db, call, id, party).await?;
    let found = found.ok_or(Error::not_found("visit"))?;
    found.access.shows_member_to(party, app.clock.now(), app.context.settings.grace())?;
    let plan = match &found.cover {
        Some(cover) => Some(plan_of(app, call, id, cover).await?),
        None => None,
    };
    let entry =
        AuditEntry { action: "benefits.read", member: found.member, visit: Some(id), ..Default::default() };
    app.audit.read(call, entry).await?;
    let statement = statement(id, &found, plan.as_deref(), only, (app.clock.now(), language))?;
    Ok(GetVisitBenefitsResponse { statement: Some(statement) })
}

/// The plan's text, from memory but for the first time.
async fn plan_of(app: &App, call: &Call, visit: VisitId, cover: &CoverageUse) -> Result<Arc<PlanDefinition>> {
    let (plan, version) = (cover.coverage.plan, cover.coverage.plan_version);
    if let Some(kept) = app.plans.get(plan, version) {
        return Ok(kept);
    }
    let definition = store::find_visit_plan(&mut *app.db.read(call).await?, visit).await?;
    let definition = definition.ok_or_else(|| Error::internal(anyhow::anyhow!("a coverage has a plan")))?;
    Ok(app.plans.insert(plan, version, definition))
}

fn statement(
    visit: VisitId,
    found: &VisitBenefits,
    plan: Option<&PlanDefinition>,
    only: Option<ServiceType>,
    (now, language): (DateTime<Utc>, Language),
) -> Result<BenefitStatement> {
    let verified = found.entitlement.as_ref();
    let (Some(cover), Some(plan)) = (&found.cover, plan) else {
        let reason = verified.and_then(|it| it.refusal).unwrap_or(Reason::UnknownCard);
        return Ok(view::no_cover(reason, found.service_date, now));
    };
    let admitted_for = found.service_type.as_deref().map(plans::store::service_type::parse).transpose()?;
    let options = verified.map(|it| it.service_types.as_slice()).unwrap_or_default();
    let not_contracted = options.iter().filter(|it| it.reason == Some(Reason::ServiceNotContracted));
    let subject = Subject {
        coverage: &cover.coverage,
        occasion: Occasion {
            on: found.service_date,
            policy_year_from: cover.coverage.policy_year_from,
            visit: Some(visit),
        },
        adult: verified.is_none_or(|it| it.adult),
        family_size: cover.family_size,
        not_contracted: not_contracted.map(|it| it.service_type.clone()).collect(),
        only: only.or(admitted_for),
    };
    let statement = domain::statement(plan, &subject, &cover.balances);
    Ok(view::statement(plan, &cover.coverage, &statement, (found.service_date, now, language)))
}
