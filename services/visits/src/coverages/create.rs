//! Cover a member; perhaps by a card that takes over from an older one.

use careway_contract::visits::v1::{CreateCoverageRequest, CreateCoverageResponse};
use careway_kernel::{
    CoverageId, FamilyId, MemberId, MemberNumber, OrganizationId, PlanId, Violations, parse_date,
};
use careway_service::{Call, Error, Keyed, OnConstraint, Result};
use chrono::NaiveDate;

use super::{
    change::record_change,
    domain::{
        BEFORE_BIRTH, Coverage, CoverageRefusal, CoverageStatus, ends_before_birth, may_end_before_birth,
    },
    registry::registered,
    store::{self, member::MemberRef},
    view,
};
use crate::{App, plans::domain::refusal::PlanRefusal};

struct CoverageInput {
    number: MemberNumber,
    plan: PlanId,
    plan_version: Option<i32>,
    from: NaiveDate,
    to: NaiveDate,
    member_since: Option<NaiveDate>,
    replaces: Option<CoverageId>,
}

pub(crate) async fn create_coverage(
    app: &App,
    call: &Call,
    request: CreateCoverageRequest,
) -> Keyed<CreateCoverageResponse> {
    let payer = call.caller.payer()?;
    let wanted = parse(&request)?;
    let asked_plan = (wanted.plan, wanted.plan_version);
    let number = &wanted.number;
    let found = store::find_ingredients(&app.db, call, payer, number, asked_plan, wanted.from).await?;
    let resolved = resolve(app, payer, &wanted, found.member).await;
    let member = app.db.unless_replayed(call, resolved).await?;
    let plan_version = app.db.unless_replayed(call, found.plan_version.ok_or(PlanRefusal::Unknown)).await?;

    let mut tx = app.db.begin(call).await?;
    if found.member.is_none() {
        store::member::upsert_members(&mut tx, std::slice::from_ref(&member), None).await?;
    }
    let mut coverage = Coverage {
        id: CoverageId::new(&app.clock),
        payer,
        member: member.id,
        family: member.family,
        plan: wanted.plan,
        plan_version,
        from: wanted.from,
        to: wanted.to,
        member_since: found.insured_since.unwrap_or(wanted.from),
        policy_year_from: wanted.from,
        status: CoverageStatus::Active,
        suspensions: Vec::new(),
        termination: None,
        replaced_by: None,
        version: 1,
        created_at: tx.now(),
    };
    if let Some(older) = wanted.replaces {
        let older = store::lock_coverage(&mut tx, payer, older).await?;
        let older =
            older.filter(|it| it.member == member.id).ok_or(Error::not_found("coverage of this member"))?;
        coverage.member_since = older.member_since;
        if older.plan == coverage.plan {
            coverage.policy_year_from = older.policy_year_from;
        }
        let replaced = older.replace(coverage.id, coverage.from)?;
        store::update_coverage(&mut tx, &replaced).await?;
        record_change(&mut tx, call, "coverage.replace", &replaced);
    }
    coverage.member_since = wanted.member_since.unwrap_or(coverage.member_since);
    store::insert_coverage(&mut tx, &coverage)
        .await
        .on_constraint("coverage_no_overlap", || CoverageRefusal::Overlaps)?;
    record_change(&mut tx, call, "coverage.create", &coverage);
    tx.commit(CreateCoverageResponse { coverage: Some(view::coverage(&coverage)) }).await
}

fn parse(request: &CreateCoverageRequest) -> Result<CoverageInput> {
    let mut v = Violations::default();
    let number = v.required("memberNumber", request.member_number.as_str(), MemberNumber::parse);
    let plan = v.required("planId", request.plan_id.as_str(), PlanId::parse);
    v.check("planVersion", request.plan_version.is_none_or(|it| it > 0), "must be at least 1");
    let from = v.required("from", request.from.as_str(), parse_date);
    let to = v.required("to", request.to.as_str(), parse_date);
    let member_since = v.optional("memberSince", request.member_since.as_str(), parse_date);
    let replaces = v.optional("replaces", request.replaces.as_str(), CoverageId::parse);
    v.period(("from", from), ("to", to));
    if let (Some(from), Some(Some(since))) = (from, member_since) {
        v.check("memberSince", since <= from, "must not be after from");
    }
    let (number, plan, from, to, member_since, replaces) =
        v.all((number, plan, from, to, member_since, replaces))?;
    Ok(CoverageInput { number, plan, plan_version: request.plan_version, from, to, member_since, replaces })
}

/// The member as we know it; as identity does, when its event has not arrived yet. Whoever is covered for days that are
/// over must have been born by then.
async fn resolve(
    app: &App,
    payer: OrganizationId,
    wanted: &CoverageInput,
    known: Option<(MemberId, FamilyId)>,
) -> Result<MemberRef> {
    let known = known.map(|(id, family)| MemberRef { id, payer, number: wanted.number.clone(), family });
    if !may_end_before_birth(wanted.to, app.clock.now())
        && let Some(known) = known
    {
        return Ok(known);
    }
    match registered(app, payer, std::slice::from_ref(&wanted.number)).await?.remove(&wanted.number) {
        Some(it) if ends_before_birth(wanted.to, it.birth_date) => {
            Err(Violations::one("to", BEFORE_BIRTH).into())
        }
        Some(it) => Ok(it.member),
        None => Ok(known.ok_or(CoverageRefusal::MemberUnknown)?),
    }
}
