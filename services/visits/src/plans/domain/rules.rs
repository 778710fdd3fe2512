//! What a plan must keep to, every breach named with its path in the request.

use std::collections::{HashMap, HashSet};

use careway_kernel::Violations;

use super::{
    Benefit, Code, Limit, PlanDefinition, Preauthorization, Scope, Step, Waiting, period::Period,
    service_type::ServiceType,
};

/// Benefits, ceilings and deductibles at most.
const MOST_BENEFITS: usize = 200;
const MOST_SHARED: usize = 20;

/// The rules that reach across a plan; those of its parts are checked as each is read.
pub(crate) fn check_plan(v: &mut Violations, plan: &PlanDefinition) {
    v.check("benefits", !plan.benefits.is_empty(), "must have at least one benefit");
    v.check("benefits", plan.benefits.len() <= MOST_BENEFITS, format!("must be at most {MOST_BENEFITS}"));
    v.check("ceilings", plan.ceilings.len() <= MOST_SHARED, format!("must be at most {MOST_SHARED}"));
    v.check("deductibles", plan.deductibles.len() <= MOST_SHARED, format!("must be at most {MOST_SHARED}"));
    v.check("benefits", plan.benefits.iter().any(|it| it.covered), "must cover something");
    v.check("adultAge", (1..=30).contains(&plan.adult_age), "must be 1 to 30");
    check_order(v, &plan.order);
    check_codes(v, plan);
    check_references(v, plan);
}

/// A benefit's own rules.
pub(crate) fn check_benefit(v: &mut Violations, benefit: &Benefit, known: &[ServiceType]) {
    v.check("serviceType", known.contains(&benefit.service_type), "must be one of GET /v1/service-types");
    v.check("limits", benefit.covered || benefit.limits.is_empty(), "must be empty for what is not covered");
    v.check("copayment", benefit.copayment >= 0, "must not be negative");
    v.check("frequencyDays", benefit.frequency_days != Some(0), "must be at least 1");
    if let Preauthorization::Above(amount) = benefit.preauthorization {
        v.check("preauthorization.above", amount >= 0, "must not be negative");
    }
    check_waiting(v, &benefit.waiting);
    let mut seen = HashSet::new();
    for (at, limit) in benefit.limits.iter().enumerate() {
        let first = seen.insert((limit.period, limit.scope, limit.unit));
        v.check(&format!("limits[{at}]"), first, "must not repeat the period, scope and unit of another");
    }
    let mut seen = HashSet::new();
    for (at, code) in benefit.ceilings.iter().enumerate() {
        v.check(&format!("ceilings[{at}]"), seen.insert(code), "must not be named twice");
    }
}

/// A limit's own rules; `field` names its value.
pub(crate) fn check_limit(v: &mut Violations, limit: &Limit, field: &str) {
    v.check(field, limit.most > 0, "must be more than 0; what is not covered says so");
    check_shared(v, limit.period, limit.scope);
    let Some(growth) = limit.growth else { return };
    v.check("growth", limit.scope == Scope::Family, "must be left out of a limit of MEMBER");
    v.check("growth.aboveMembers", growth.above_members > 0, "must be at least 1");
    v.check("growth.each", growth.each > 0, "must be more than 0");
    v.check("growth.cap", growth.cap >= limit.most, "must not be below the limit itself");
}

/// A visit is one member's.
pub(crate) fn check_shared(v: &mut Violations, period: Period, scope: Scope) {
    let one_members = period != Period::Visit || scope == Scope::Member;
    v.check("scope", one_members, "must be MEMBER for VISIT: a visit is one member's");
}

fn check_waiting(v: &mut Violations, waiting: &Waiting) {
    for (group, span) in [("adult", waiting.adult), ("child", waiting.child)] {
        v.check(&format!("waiting.{group}Months"), span.months <= 120, "must be at most 120");
        v.check(&format!("waiting.{group}Days"), span.days <= 366, "must be at most 366");
    }
}

/// Every step once. Which comes first is the plan's own matter, but that what is excluded is never paid for.
fn check_order(v: &mut Violations, order: &[Step]) {
    let distinct: HashSet<&Step> = order.iter().collect();
    let whole = order.len() == Step::DEFAULT_ORDER.len() && distinct.len() == order.len();
    v.check("order", whole, "must name every step once");
    let place = |step| order.iter().position(|it| *it == step);
    let last_of_fixed = place(Step::TariffCap).max(place(Step::Exclusions));
    v.check("order", !whole || last_of_fixed == Some(1), "must start with TARIFF_CAP and EXCLUSIONS");
}

/// The ledger keeps balances by code, so that no two things of a plan may have the same.
fn check_codes(v: &mut Violations, plan: &PlanDefinition) {
    let benefits = plan.benefits.iter().enumerate().map(|(at, it)| ("benefits", at, &it.code));
    let ceilings = plan.ceilings.iter().enumerate().map(|(at, it)| ("ceilings", at, &it.code));
    let deductibles = plan.deductibles.iter().enumerate().map(|(at, it)| ("deductibles", at, &it.code));
    let mut seen: HashMap<&Code, String> = HashMap::new();
    for (list, at, code) in benefits.chain(ceilings).chain(deductibles) {
        let path = format!("{list}[{at}].code");
        match seen.get(code) {
            Some(first) => v.add(&path, format!("must not be that of {first}")),
            None => {
                seen.insert(code, path);
            }
        }
    }
}

fn check_references(v: &mut Violations, plan: &PlanDefinition) {
    for (at, benefit) in plan.benefits.iter().enumerate() {
        if benefit.deductible.is_some() && plan.deductible_of(benefit).is_none() {
            v.add(&format!("benefits[{at}].deductible"), "must be the code of one of `deductibles`");
        }
        for (n, code) in benefit.ceilings.iter().enumerate() {
            let known = plan.ceilings.iter().any(|ceiling| ceiling.code == *code);
            v.check(&format!("benefits[{at}].ceilings[{n}]"), known, "must be the code of one of `ceilings`");
        }
    }
}
