//! Prescriptions as the contract shows them.

use careway_contract::visits::v1::{self as proto, prescription, prescription_line, prescription_warning};
use careway_service::{timestamp, version};
use chrono::NaiveDate;

use super::domain::{
    Directions, Dispensing, Due, Line, Prescription, State,
    formulary::{Formulary, Warning, WarningKind},
};
use crate::adjudication::quantity::Quantity;

/// Who looks: a pharmacy is not told why a medicine was prescribed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// The facility that issued it, or the payer.
    Party,
    /// Somebody who found it.
    Pharmacy,
}

/// A prescription on a day, with everything handed out.
pub(crate) fn prescription(
    it: &Prescription,
    dispensings: &[Dispensing],
    today: NaiveDate,
    reader: Reader,
) -> proto::Prescription {
    let party = reader == Reader::Party;
    let ended = it.cancellation.as_ref();
    proto::Prescription {
        prescription_id: it.id.to_string(),
        prescription_number: it.number.clone(),
        version: version(it.version),
        state: state(it.state(today)).into(),
        visit_id: if party { it.visit.to_string() } else { String::new() },
        visit_number: it.visit_number.clone(),
        facility_id: it.facility.to_string(),
        payer_id: it.payer.to_string(),
        member_id: it.member.to_string(),
        prescriber: Some(proto::Prescriber {
            name: it.content.prescriber.clone(),
            licence: it.content.licence.clone(),
        }),
        issued_at: Some(timestamp(it.issued_at)),
        expires_on: it.expires_on.to_string(),
        lines: it
            .lines
            .iter()
            .zip(&it.content.directions)
            .map(|(line, directions)| self::line(line, directions, today, party))
            .collect(),
        warnings: if party { it.content.warnings.iter().map(warning).collect() } else { Vec::new() },
        dispensings: dispensings.iter().map(dispensing).collect(),
        cancelled_at: ended.map(|end| timestamp(end.at)),
        cancel_reason: ended.filter(|_| party).map(|end| end.reason.clone()).unwrap_or_default(),
    }
}

fn line(it: &Line, directions: &Directions, today: NaiveDate, party: bool) -> proto::PrescriptionLine {
    let (available, next_fill_on) = match it.due(today) {
        Due::Now { available, .. } => (available.thousandths(), None),
        Due::From(on) => (0, Some(on)),
        Due::Nothing => (0, None),
    };
    proto::PrescriptionLine {
        line_number: it.number.into(),
        code: it.medicine.code.clone().unwrap_or_default(),
        name: it.medicine.name.clone(),
        form: it.medicine.form.clone(),
        strength: it.medicine.strength.clone(),
        atc: it.medicine.atc.clone().unwrap_or_default(),
        dose: directions.dose.clone(),
        frequency: directions.frequency.clone(),
        days: it.days.into(),
        quantity: it.quantity.to_string(),
        refills: it.refills.into(),
        substitution_allowed: it.substitution_allowed,
        diagnoses: if party { directions.diagnoses.clone() } else { Vec::new() },
        formulary: formulary(it.formulary).into(),
        dispensed: decimal(it.dispensed),
        left: decimal(it.left()),
        available: decimal(available),
        next_fill_on: next_fill_on.map(|on| on.to_string()).unwrap_or_default(),
    }
}

fn dispensing(it: &Dispensing) -> proto::Dispensing {
    proto::Dispensing {
        line_number: it.line.into(),
        fill: it.fill.into(),
        quantity: it.quantity.to_string(),
        substitute: it.substitute.clone().unwrap_or_default(),
        facility_id: it.facility.to_string(),
        at: Some(timestamp(it.at)),
    }
}

fn warning(it: &Warning) -> proto::PrescriptionWarning {
    let kind = match it.kind {
        WarningKind::NotInFormulary => prescription_warning::Kind::NotInFormulary,
        WarningKind::NotCovered => prescription_warning::Kind::NotCovered,
        WarningKind::PreauthorizationNeeded => prescription_warning::Kind::PreauthorizationNeeded,
        WarningKind::DuplicateMedicine => prescription_warning::Kind::DuplicateMedicine,
        WarningKind::DuplicateTherapy => prescription_warning::Kind::DuplicateTherapy,
        WarningKind::SameTherapyTwice => prescription_warning::Kind::SameTherapyTwice,
    };
    proto::PrescriptionWarning {
        kind: kind.into(),
        line_number: it.line.into(),
        text: it.to_string(),
        prescription_number: it.prescription.clone().unwrap_or_default(),
    }
}

fn state(state: State) -> prescription::State {
    match state {
        State::Issued => prescription::State::Issued,
        State::PartiallyDispensed => prescription::State::PartiallyDispensed,
        State::Dispensed => prescription::State::Dispensed,
        State::Expired => prescription::State::Expired,
        State::Cancelled => prescription::State::Cancelled,
    }
}

fn formulary(formulary: Formulary) -> prescription_line::Formulary {
    match formulary {
        Formulary::Covered => prescription_line::Formulary::Covered,
        Formulary::PreauthorizationNeeded => prescription_line::Formulary::PreauthorizationNeeded,
        Formulary::NotCovered => prescription_line::Formulary::NotCovered,
        Formulary::Unlisted => prescription_line::Formulary::NotInFormulary,
    }
}

/// Thousandths as a decimal; nothing is `0`.
pub(crate) fn decimal(thousandths: i64) -> String {
    Quantity::from_thousandths(thousandths).map_or_else(|| "0".to_owned(), |it| it.to_string())
}
