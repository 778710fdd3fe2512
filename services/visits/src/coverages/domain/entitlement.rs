//! Is this member covered at this facility on this day, and for which kinds of care?

use careway_kernel::{CoverageId, FamilyId, MemberId, OrganizationId, PlanId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Coverage, CoverageStatus, choice::AskedPayer, relevant};
use crate::plans::domain::{PlanDefinition, reason::Reason, service_type::ServiceType};

/// What is asked. The day is the day of the service, which may lie in the past.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EntitlementQuery {
    pub(crate) member: MemberId,
    pub(crate) family: FamilyId,
    pub(crate) payer: OrganizationId,
    pub(crate) facility: OrganizationId,
    pub(crate) on: NaiveDate,
    /// Decides between the adult's and the child's waiting periods; unknown counts as adult.
    pub(crate) birth_date: Option<NaiveDate>,
}

/// What is known, for [`decide`].
#[derive(Debug, Clone)]
pub(crate) struct EntitlementFacts {
    /// Every service type there is, in the order they are shown.
    pub(crate) service_types: Vec<ServiceType>,
    /// What the payer's contract with the facility allows on the day; none without one in force.
    pub(crate) contracted: Option<Vec<ServiceType>>,
    /// The member's coverages with the payer, past and future ones too.
    pub(crate) coverages: Vec<Coverage>,
    /// The plan version of the coverage whose period holds the day.
    pub(crate) plan: Option<PlanDefinition>,
    pub(crate) birth_date: Option<NaiveDate>,
}

/// The answer. A verified visit keeps it as it was, whatever changes later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entitlement {
    /// The coverage the answer is about; none when the card is unknown or the facility has no contract.
    pub(crate) coverage: Option<CoverageRef>,
    /// Why there is no cover at all.
    pub(crate) refusal: Option<Reason>,
    /// Whether the adult's rules apply.
    pub(crate) adult: bool,
    /// Every service type, allowed or with the reason why not.
    pub(crate) service_types: Vec<ServiceTypeOption>,
    /// The payers that were asked for the patient, when none of them covers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) asked: Vec<AskedPayer>,
}

impl Entitlement {
    /// With the payers that were asked in vain: what is said of the patient's own is what was decided now.
    pub(crate) fn after_asking(self, payers: Vec<AskedPayer>, patients: OrganizationId) -> Self {
        let Some(reason) = self.refusal else { return self };
        let said = |it: AskedPayer| match it.payer == patients {
            true => AskedPayer { reason: Some(reason), ..it },
            false => it,
        };
        Self { asked: payers.into_iter().map(said).collect(), ..self }
    }
}

/// The coverage as it was when the entitlement was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CoverageRef {
    pub(crate) coverage_id: CoverageId,
    pub(crate) plan_id: PlanId,
    pub(crate) plan_version: i32,
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
    pub(crate) status: CoverageStatus,
}

/// One kind of care: may it be chosen?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ServiceTypeOption {
    pub(crate) service_type: ServiceType,
    pub(crate) allowed: bool,
    pub(crate) reason: Option<Reason>,
}

/// Decides. A facility without a contract learns that and nothing about the member.
pub(crate) fn decide(facts: &EntitlementFacts, on: NaiveDate) -> Entitlement {
    let Some(contracted) = &facts.contracted else {
        return refused(facts, None, Reason::FacilityNotContracted);
    };
    let Some(coverage) = relevant(facts.coverages.iter(), on) else {
        return refused(facts, None, Reason::UnknownCard);
    };
    // A cover may be older than a child who was born into it: nobody is treated before the birth.
    if facts.birth_date.is_some_and(|born| on < born) {
        return refused(facts, Some(coverage), Reason::NotYetStarted);
    }
    if let Some(reason) = coverage.refusal_on(on) {
        return refused(facts, Some(coverage), reason);
    }
    let Some(plan) = &facts.plan else {
        // The store loads the plan of whatever is in force; without one, nothing is known to be covered.
        return refused(facts, Some(coverage), Reason::ServiceNotCovered);
    };
    let adult = plan.is_adult(facts.birth_date, on);
    let option = |service_type: &ServiceType| {
        let reason = plan
            .refusal(service_type, coverage.member_since, adult, on)
            .or_else(|| (!contracted.contains(service_type)).then_some(Reason::ServiceNotContracted));
        ServiceTypeOption { service_type: service_type.clone(), allowed: reason.is_none(), reason }
    };
    Entitlement {
        coverage: Some(coverage.into()),
        refusal: None,
        adult,
        service_types: facts.service_types.iter().map(option).collect(),
        asked: Vec::new(),
    }
}

fn refused(facts: &EntitlementFacts, coverage: Option<&Coverage>, reason: Reason) -> Entitlement {
    let option = |service_type: &ServiceType| ServiceTypeOption {
        service_type: service_type.clone(),
        allowed: false,
        reason: Some(reason),
    };
    Entitlement {
        coverage: coverage.map(Into::into),
        refusal: Some(reason),
        adult: true,
        service_types: facts.service_types.iter().map(option).collect(),
        asked: Vec::new(),
    }
}

impl From<&Coverage> for CoverageRef {
    fn from(coverage: &Coverage) -> Self {
        Self {
            coverage_id: coverage.id,
            plan_id: coverage.plan,
            plan_version: coverage.plan_version,
            from: coverage.from,
            to: coverage.to,
            status: coverage.status,
        }
    }
}
