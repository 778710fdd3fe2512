//! Cover a member; perhaps by a card that takes over from an older one.

use careway_contract::{
    identity::v1::{MemberIdentifier, ResolveMemberRequest, member_identifier::Identifier},
    visits::v1::{CreateCoverageRequest, CreateCoverageResponse},
};
use careway_kernel::{
    CoverageId, FamilyId, MemberId, MemberNumber, OrganizationId, PlanId, Violations, parse_date,
};
use careway_service::{Call, Error, OnConstraint, Result};
use chrono::NaiveDate;

use super::{
    coverage_change::tell,
    visit_callers::{payer, unless_replayed},
};
use crate::{
    App,
    api::coverage_view,
    benefit_error::{coverage_overlaps, member_unknown, plan_unknown},
    domain::coverage::{Coverage, CoverageStatus},
    store::{self, member_ref::MemberRef},
};

struct Wanted {
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
) -> Result<CreateCoverageResponse> {
    let payer = payer(call)?;
    let wanted = parse(&request)?;
    let member = find_member(app, call, payer, &wanted.number).await;
    let member = unless_replayed(app, call, member).await?;

    let mut tx = app.db.begin(call).await?;
    store::member_ref::upsert_member(&mut tx, &member).await?;
    let plan = store::plan::find_plan(&mut tx, payer, wanted.plan, wanted.plan_version).await?;
    let plan = plan.ok_or_else(plan_unknown)?;
    let mut coverage = Coverage {
        id: CoverageId::new(&app.clock),
        payer,
        member: member.id,
        family: member.family,
        plan: plan.id,
        plan_version: plan.version,
        from: wanted.from,
        to: wanted.to,
        member_since: wanted.from,
        policy_year_from: wanted.from,
        status: CoverageStatus::Active,
        suspensions: Vec::new(),
        termination: None,
        replaced_by: None,
        version: 1,
        created_at: tx.now(),
    };
    if let Some(older) = wanted.replaces {
        let older = store::coverage::lock_coverage(&mut tx, payer, older).await?;
        let older =
            older.filter(|it| it.member == member.id).ok_or(Error::not_found("coverage of this member"))?;
        coverage.member_since = older.member_since;
        if older.plan == coverage.plan {
            coverage.policy_year_from = older.policy_year_from;
        }
        let replaced = older.replace(coverage.id, coverage.from)?;
        store::coverage::update_coverage(&mut tx, &replaced).await?;
        tell(&mut tx, call, "coverage.replace", &replaced);
    } else if let Some(since) =
        store::coverage::find_continued(&mut tx, payer, member.id, wanted.from).await?
    {
        coverage.member_since = since;
    }
    coverage.member_since = wanted.member_since.unwrap_or(coverage.member_since);
    store::coverage::insert_coverage(&mut tx, &coverage)
        .await
        .on_constraint("coverage_no_overlap", coverage_overlaps)?;
    tell(&mut tx, call, "coverage.create", &coverage);
    tx.commit(CreateCoverageResponse { coverage: Some(coverage_view::coverage(&coverage)) }).await
}

fn parse(request: &CreateCoverageRequest) -> Result<Wanted> {
    let mut v = Violations::default();
    let number = v.required("memberNumber", request.member_number.as_str(), MemberNumber::parse);
    let plan = v.required("planId", request.plan_id.as_str(), PlanId::parse);
    v.check("planVersion", request.plan_version.is_none_or(|it| it > 0), "must be at least 1");
    let from = v.required("from", request.from.as_str(), parse_date);
    let to = v.required("to", request.to.as_str(), parse_date);
    let member_since = v.optional("memberSince", request.member_since.as_str(), parse_date);
    let replaces = v.optional("replaces", request.replaces.as_str(), CoverageId::parse);
    if let (Some(from), Some(to)) = (from, to) {
        v.check("to", to >= from, "must not be before from");
    }
    if let (Some(from), Some(Some(since))) = (from, member_since) {
        v.check("memberSince", since <= from, "must not be after from");
    }
    let (number, plan, from, to, member_since, replaces) =
        v.all((number, plan, from, to, member_since, replaces))?;
    Ok(Wanted { number, plan, plan_version: request.plan_version, from, to, member_since, replaces })
}

/// The member as we know it; as identity does, when its event has not arrived yet.
async fn find_member(
    app: &App,
    call: &Call,
    payer: OrganizationId,
    number: &MemberNumber,
) -> Result<MemberRef> {
    {
        let mut reader = app.db.read(call).await?;
        if let Some(member) = store::member_ref::find_member(&mut reader, payer, number).await? {
            return Ok(member);
        }
    }
    let identifier = MemberIdentifier {
        identifier: Some(Identifier::MemberNumber(number.as_str().to_owned())),
        payer_id: payer.to_string(),
        payer_ids: vec![payer.to_string()],
        country: String::new(),
    };
    let asked = app.desk.identity.request(ResolveMemberRequest { member: Some(identifier) });
    let known = app.desk.challenges().resolve_member(asked).await?.into_inner().member;
    let known = known.filter(|it| it.payer_id == payer.to_string()).ok_or_else(member_unknown)?;
    Ok(MemberRef {
        id: MemberId::parse(&known.member_id).map_err(Error::internal)?,
        payer,
        number: number.clone(),
        family: FamilyId::parse(&known.family_id).map_err(Error::internal)?,
    })
}
