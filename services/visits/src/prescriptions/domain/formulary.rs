//! The checks of a prescription: what the plan says of each medicine, and what the patient takes already.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Medicine;
use crate::{
    adjudication::{input::Tariff, quantity::Quantity},
    plans::domain::{PlanDefinition, Preauthorization, service_type::ServiceType},
};

/// What the plan says of a medicine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Formulary {
    Covered,
    PreauthorizationNeeded,
    NotCovered,
    /// The payer's tariff does not have it.
    Unlisted,
}

impl Formulary {
    pub(crate) const ALL: [Self; 4] =
        [Self::Covered, Self::PreauthorizationNeeded, Self::NotCovered, Self::Unlisted];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Covered => "COVERED",
            Self::PreauthorizationNeeded => "PREAUTHORIZATION_NEEDED",
            Self::NotCovered => "NOT_COVERED",
            Self::Unlisted => "NOT_IN_FORMULARY",
        }
    }
}

/// What kind of warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum WarningKind {
    NotInFormulary,
    NotCovered,
    PreauthorizationNeeded,
    DuplicateMedicine,
    DuplicateTherapy,
    SameTherapyTwice,
}

/// Something the prescriber must know of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Warning {
    pub(crate) kind: WarningKind,
    pub(crate) line: i16,
    /// The medicine's name.
    pub(crate) medicine: String,
    /// The running prescription, when it is the facility's own.
    pub(crate) prescription: Option<String>,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, medicine) = (self.line, &self.medicine);
        match self.kind {
            WarningKind::NotInFormulary => {
                write!(f, "Line {line}: {medicine} is not in the payer's formulary.")
            }
            WarningKind::NotCovered => write!(f, "Line {line}: the plan does not cover {medicine}."),
            WarningKind::PreauthorizationNeeded => {
                write!(f, "Line {line}: {medicine} needs a pre-authorization.")
            }
            WarningKind::DuplicateMedicine => {
                write!(f, "Line {line}: the patient has {medicine} from a prescription that still runs.")
            }
            WarningKind::DuplicateTherapy => write!(
                f,
                "Line {line}: the patient has a medicine of the same therapy as {medicine} from a prescription that \
                 still runs."
            ),
            WarningKind::SameTherapyTwice => {
                write!(f, "Line {line}: {medicine} is of the same therapy as another line.")
            }
        }
    }
}

/// A medicine of a prescription that still runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Running {
    pub(crate) code: Option<String>,
    pub(crate) atc: Option<String>,
    /// Its number, when it is the facility's own.
    pub(crate) prescription: Option<String>,
}

/// A medicine that was prescribed before, and how much of it was handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prescribed {
    pub(crate) medicine: Running,
    pub(crate) issued_on: NaiveDate,
    /// The last day on which its first fill may be handed out.
    pub(crate) expires_on: NaiveDate,
    /// How long one fill lasts.
    pub(crate) days: i16,
    /// Of one fill, in thousandths, and never nothing.
    pub(crate) quantity: i64,
    /// Fills after the first.
    pub(crate) refills: i16,
    /// Of all fills, in thousandths.
    pub(crate) dispensed: i64,
    /// When the fill that was begun last was begun; none before the first.
    pub(crate) fill_begun_on: Option<NaiveDate>,
}

impl Prescribed {
    /// Whether the patient takes it on a day, or may still begin to: the fill that was begun last and those that are left
    /// last so many days each. What nobody fetched in time is not taken.
    fn runs_on(&self, day: NaiveDate) -> bool {
        let fills_before = (self.dispensed - 1).max(0) / self.quantity.max(1);
        let fills = i64::from(self.refills) + 1 - fills_before;
        let begun = self.fill_begun_on.unwrap_or(self.issued_on);
        let fetched = self.dispensed > 0 || day <= self.expires_on;
        fetched && (day - begun).num_days() < i64::from(self.days) * fills
    }
}

/// Of what was prescribed before, the medicines that the patient takes on a day.
pub(crate) fn running(prescribed: Vec<Prescribed>, day: NaiveDate) -> Vec<Running> {
    prescribed.into_iter().filter(|before| before.runs_on(day)).map(|before| before.medicine).collect()
}

/// What the plan says of so much of a medicine for the patient of a visit.
pub(crate) fn formulary(
    plan: &PlanDefinition,
    service_type: &ServiceType,
    tariff: Option<&Tariff>,
    quantity: Quantity,
) -> Formulary {
    let Some(tariff) = tariff else { return Formulary::Unlisted };
    let benefit = tariff.benefits.iter().find_map(|code| {
        plan.benefits.iter().find(|benefit| benefit.code == *code && benefit.service_type == *service_type)
    });
    match benefit {
        Some(benefit) if benefit.covered && !benefit.exclusions.contains(&tariff.code) => {
            match benefit.preauthorization {
                Preauthorization::Always => Formulary::PreauthorizationNeeded,
                Preauthorization::Above(amount) if quantity.price(tariff.price) > amount => {
                    Formulary::PreauthorizationNeeded
                }
                Preauthorization::Above(_) | Preauthorization::Never => Formulary::Covered,
            }
        }
        _ => Formulary::NotCovered,
    }
}

/// Everything the prescriber must know, line by line.
pub(crate) fn warnings(lines: &[(Medicine, Formulary)], running: &[Running]) -> Vec<Warning> {
    let mut found = Vec::new();
    for (index, (medicine, formulary)) in lines.iter().enumerate() {
        let line = i16::try_from(index + 1).unwrap_or(i16::MAX);
        let mut warn = |kind, prescription| {
            found.push(Warning { kind, line, medicine: medicine.name.clone(), prescription });
        };
        match formulary {
            Formulary::Covered => {}
            Formulary::PreauthorizationNeeded => warn(WarningKind::PreauthorizationNeeded, None),
            Formulary::NotCovered => warn(WarningKind::NotCovered, None),
            Formulary::Unlisted => warn(WarningKind::NotInFormulary, None),
        }
        let same = |code: Option<&String>| code.is_some() && code == medicine.code.as_ref();
        let alike = |atc: Option<&String>| same_therapy(atc, medicine.atc.as_ref());
        if let Some(it) = running.iter().find(|it| same(it.code.as_ref())) {
            warn(WarningKind::DuplicateMedicine, it.prescription.clone());
        } else if let Some(it) = running.iter().find(|it| alike(it.atc.as_ref())) {
            warn(WarningKind::DuplicateTherapy, it.prescription.clone());
        }
        if lines[..index].iter().any(|(other, _)| same(other.code.as_ref()) || alike(other.atc.as_ref())) {
            warn(WarningKind::SameTherapyTwice, None);
        }
    }
    found
}

/// Whether two medicines are of one chemical subgroup: the first five characters of their ATC codes (level 4).
fn same_therapy(one: Option<&String>, other: Option<&String>) -> bool {
    let subgroup = |atc: &String| atc.get(..5).map(str::to_ascii_uppercase);
    matches!((one.and_then(subgroup), other.and_then(subgroup)), (Some(one), Some(other)) if one == other)
}
