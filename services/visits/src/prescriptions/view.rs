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
    prescription: &Prescription,
    dispensings: &[Dispensing],
    today: NaiveDate,
    reader: Reader,
) -> proto::Prescription {
    let party = reader == Reader::Party;
    let ended = prescription.cancellation.as_ref();
    proto::Prescription {
        prescription_id: prescription.id.to_string(),
        prescription_number: prescription.number.clone(),
        version: version(prescription.version),
        state: state(prescription.state(today)).into(),
        visit_id: if party { prescription.visit.to_string() } else { String::new() },
        visit_number: prescription.visit_number.clone(),
        facility_id: prescription.facility.to_string(),
        payer_id: prescription.payer.to_string(),
        member_id: prescription.member.to_string(),
        prescriber: Some(proto::Prescriber {
            name: prescription.content.prescriber.clone(),
            licence: prescription.content.licence.clone(),
        }),
        issued_at: Some(timestamp(prescription.issued_at)),
        expires_on: prescription.expires_on.to_string(),
        lines: prescription
            .lines
            .iter()
            .zip(&prescription.content.directions)
            .map(|(line, directions)| self::line(line, directions, today, party))
            .collect(),
        warnings: if party {
            prescription.content.warnings.iter().map(warning).collect()
        } else {
            Vec::new()
        },
        dispensings: dispensings.iter().map(dispensing).collect(),
        cancelled_at: ended.map(|end| timestamp(end.at)),
        cancel_reason: ended.filter(|_| party).map(|end| end.reason.clone()).unwrap_or_default(),
    }
}

fn line(line: &Line, directions: &Directions, today: NaiveDate, party: bool) -> proto::PrescriptionLine {
    let (available, next_fill_on) = match line.due(today) {
        Due::Now { available, .. } => (available.thousandths(), None),
        Due::From(on) => (0, Some(on)),
        Due::Nothing => (0, None),
    };
    proto::PrescriptionLine {
        line_number: line.number.into(),
        code: line.medicine.code.clone().unwrap_or_default(),
        name: line.medicine.name.clone(),
        form: line.medicine.form.clone(),
        strength: line.medicine.strength.clone(),
        atc: line.medicine.atc.clone().unwrap_or_default(),
        dose: directions.dose.clone(),
        frequency: directions.frequency.clone(),
        days: line.days.into(),
        quantity: line.quantity.to_string(),
        refills: line.refills.into(),
        substitution_allowed: line.substitution_allowed,
        diagnoses: if party { directions.diagnoses.clone() } else { Vec::new() },
        formulary: formulary(line.formulary).into(),
        dispensed: decimal(line.dispensed),
        left: decimal(line.left()),
        available: decimal(available),
        next_fill_on: next_fill_on.map(|on| on.to_string()).unwrap_or_default(),
    }
}

fn dispensing(dispensing: &Dispensing) -> proto::Dispensing {
    proto::Dispensing {
        line_number: dispensing.line.into(),
        fill: dispensing.fill.into(),
        quantity: dispensing.quantity.to_string(),
        substitute: dispensing.substitute.clone().unwrap_or_default(),
        facility_id: dispensing.facility.to_string(),
        at: Some(timestamp(dispensing.at)),
    }
}

fn warning(warning: &Warning) -> proto::PrescriptionWarning {
    let kind = match warning.kind {
        WarningKind::NotInFormulary => prescription_warning::Kind::NotInFormulary,
        WarningKind::NotCovered => prescription_warning::Kind::NotCovered,
        WarningKind::PreauthorizationNeeded => prescription_warning::Kind::PreauthorizationNeeded,
        WarningKind::DuplicateMedicine => prescription_warning::Kind::DuplicateMedicine,
        WarningKind::DuplicateTherapy => prescription_warning::Kind::DuplicateTherapy,
        WarningKind::SameTherapyTwice => prescription_warning::Kind::SameTherapyTwice,
    };
    proto::PrescriptionWarning {
        kind: kind.into(),
        line_number: warning.line.into(),
        text: warning.to_string(),
        prescription_number: warning.prescription.clone().unwrap_or_default(),
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
