//! What a plan covers: the whole of one version, kept as JSON and read back into these very types.

mod code;
pub(crate) mod period;
pub(crate) mod reason;
pub(crate) mod refusal;
pub(crate) mod rules;
pub(crate) mod service_type;

use std::collections::BTreeMap;

use careway_kernel::{Currency, Language, OrganizationId, Percent, PlanId};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub(crate) use code::Code;
use period::Period;
use reason::Reason;
use service_type::ServiceType;

/// A text per language.
pub(crate) type Texts = BTreeMap<Language, String>;

/// One version of a plan. Versions never change; a coverage keeps the one it was made with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanDefinition {
    /// The payer's own code of the plan; the same in all versions.
    pub(crate) code: String,
    pub(crate) names: Texts,
    /// Of every amount below; the same in all versions, because the ledger adds them up.
    pub(crate) currency: Currency,
    /// From this age on, in years, the adult's rules apply.
    pub(crate) adult_age: u8,
    pub(crate) benefits: Vec<Benefit>,
    /// What several benefits may take together.
    pub(crate) ceilings: Vec<Ceiling>,
    /// What the patient pays before the payer does.
    pub(crate) deductibles: Vec<Deductible>,
    /// How a line's price becomes the payer's part: the steps in the order they are taken.
    pub(crate) order: Vec<Step>,
}

/// A plan as one of its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlanVersion {
    pub(crate) id: PlanId,
    pub(crate) payer: OrganizationId,
    pub(crate) version: i32,
    pub(crate) latest_version: i32,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) definition: PlanDefinition,
}

/// One category of care under one service type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Benefit {
    pub(crate) code: Code,
    pub(crate) service_type: ServiceType,
    pub(crate) names: Texts,
    /// False for what the plan names in order to say that it does not cover it.
    pub(crate) covered: bool,
    pub(crate) limits: Vec<Limit>,
    /// Which of the plan's deductibles applies.
    pub(crate) deductible: Option<Code>,
    /// Which of the plan's ceilings it counts against.
    pub(crate) ceilings: Vec<Code>,
    /// Whose care does not count against the ceilings after all.
    pub(crate) ceiling_exempt: Vec<AgeGroup>,
    /// A fixed amount per line that the patient pays, in minor units.
    pub(crate) copayment: i64,
    /// The patient's share of what is left.
    pub(crate) coinsurance: Percent,
    pub(crate) waiting: Waiting,
    /// Not again within so many days.
    pub(crate) frequency_days: Option<u16>,
    pub(crate) preauthorization: Preauthorization,
    /// Codes of services, medicines or diagnoses that are left out.
    pub(crate) exclusions: Vec<String>,
    /// Special conditions, each in every language it is written in.
    pub(crate) conditions: Vec<Texts>,
}

/// At most so much in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limit {
    pub(crate) period: Period,
    pub(crate) scope: Scope,
    pub(crate) unit: Unit,
    /// Minor units of money, or a number of times.
    pub(crate) most: i64,
    /// A family's limit may grow with the family.
    pub(crate) growth: Option<Growth>,
}

/// So much more for each member above a number, up to a cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Growth {
    pub(crate) above_members: u16,
    pub(crate) each: i64,
    pub(crate) cap: i64,
}

/// Whose use is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Scope {
    Member,
    Family,
}

/// What is counted. The two are never mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Unit {
    Amount,
    Count,
}

/// A limit that several benefits share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ceiling {
    pub(crate) code: Code,
    pub(crate) names: Texts,
    pub(crate) limit: Limit,
}

/// An amount the patient pays first, once per period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deductible {
    pub(crate) code: Code,
    pub(crate) period: Period,
    pub(crate) scope: Scope,
    pub(crate) amount: i64,
}

/// How long after the member's own start nothing is paid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Waiting {
    pub(crate) adult: Span,
    pub(crate) child: Span,
}

/// Months, then days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Span {
    pub(crate) months: u16,
    pub(crate) days: u16,
}

/// Adults and children have rules of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AgeGroup {
    Adult,
    Child,
}

/// Whether the payer must be asked first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Preauthorization {
    Never,
    Always,
    /// When the price is more than so many minor units.
    Above(i64),
}

/// One step of adjudication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Step {
    TariffCap,
    Exclusions,
    Deductible,
    Copayment,
    Coinsurance,
    CategoryLimit,
    Ceiling,
}

impl Step {
    /// The order of a plan that says nothing else. It matters: of 10,000 with a deductible of 2,000 and 20 % for
    /// the patient the payer pays 6,400 so, and 6,000 with the co-insurance first.
    pub(crate) const DEFAULT_ORDER: [Self; 7] = [
        Self::TariffCap,
        Self::Exclusions,
        Self::Deductible,
        Self::Copayment,
        Self::Coinsurance,
        Self::CategoryLimit,
        Self::Ceiling,
    ];
}

impl PlanDefinition {
    /// Why the plan pays nothing at all for this kind of care that day; none when it pays for some of it.
    pub(crate) fn refusal(
        &self,
        service_type: &ServiceType,
        member_since: NaiveDate,
        adult: bool,
        on: NaiveDate,
    ) -> Option<Reason> {
        let covered = self.benefits.iter().filter(|b| b.covered && b.service_type == *service_type);
        let Some(until) = covered.map(|benefit| benefit.waiting.until(member_since, adult)).min() else {
            return Some(Reason::ServiceNotCovered);
        };
        (on < until).then_some(Reason::WaitingPeriod { until })
    }

    /// Whether the adult's rules apply. Whose birth date is unknown counts as an adult.
    pub(crate) fn is_adult(&self, birth_date: Option<NaiveDate>, on: NaiveDate) -> bool {
        let Some(birth_date) = birth_date else { return true };
        let years = on.year() - birth_date.year();
        let had_birthday = (on.month(), on.day()) >= (birth_date.month(), birth_date.day());
        years - i32::from(!had_birthday) >= i32::from(self.adult_age)
    }

    /// The deductible that applies to a benefit.
    pub(crate) fn deductible_of(&self, benefit: &Benefit) -> Option<&Deductible> {
        let code = benefit.deductible.as_ref()?;
        self.deductibles.iter().find(|deductible| deductible.code == *code)
    }

    /// The ceilings that a benefit counts against.
    pub(crate) fn ceilings_of<'a>(&'a self, benefit: &'a Benefit) -> impl Iterator<Item = &'a Ceiling> {
        self.ceilings.iter().filter(|ceiling| benefit.ceilings.contains(&ceiling.code))
    }

    /// Whether some limit depends on how many are in the family.
    pub(crate) fn grows(&self) -> bool {
        let limits = self.benefits.iter().flat_map(|benefit| &benefit.limits);
        limits.chain(self.ceilings.iter().map(|ceiling| &ceiling.limit)).any(|limit| limit.growth.is_some())
    }
}

impl Limit {
    /// The limit of a family of so many.
    pub(crate) fn most_for(&self, family_size: u32) -> i64 {
        let Some(growth) = self.growth else { return self.most };
        let extra = i64::from(family_size.saturating_sub(u32::from(growth.above_members)));
        self.most.saturating_add(growth.each.saturating_mul(extra)).min(growth.cap)
    }
}

impl Waiting {
    /// The first day on which something is paid.
    pub(crate) fn until(&self, member_since: NaiveDate, adult: bool) -> NaiveDate {
        let span = if adult { self.adult } else { self.child };
        member_since
            .checked_add_months(Months::new(u32::from(span.months)))
            .and_then(|day| day.checked_add_days(Days::new(u64::from(span.days))))
            .unwrap_or(NaiveDate::MAX)
    }
}

impl Scope {
    pub(crate) const ALL: [Self; 2] = [Self::Member, Self::Family];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "MEMBER",
            Self::Family => "FAMILY",
        }
    }
}

impl Unit {
    pub(crate) const ALL: [Self; 2] = [Self::Amount, Self::Count];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Amount => "AMOUNT",
            Self::Count => "COUNT",
        }
    }
}

/// The text in a language; else in English; else in any.
pub(crate) fn text_in(texts: &Texts, language: Language) -> &str {
    let found = texts.get(&language).or_else(|| texts.get(&Language::En)).or_else(|| texts.values().next());
    found.map_or("", String::as_str)
}

#[cfg(test)]
pub(crate) mod tests;
