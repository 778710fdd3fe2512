//! Prescriptions as they are asked for: every violation named with its path.

use careway_contract::visits::v1 as proto;
use careway_kernel::{Violations, text::Line};

use super::domain::{Directions, DispensedInput};
use crate::{
    adjudication::{diagnosis::Diagnosis, quantity::Quantity},
    service_lines::domain::requested::parse_code,
    texts::Short,
};

/// Lines of a prescription, at most.
const MOST_LINES: usize = 30;
/// Diagnoses of a line, at most.
const MOST_DIAGNOSES: usize = 12;

/// A medicine as it is asked for.
#[derive(Debug, Clone)]
pub(crate) struct MedicineInput {
    /// In the payer's tariff.
    pub(crate) code: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) form: Option<String>,
    pub(crate) strength: Option<String>,
    pub(crate) directions: Directions,
    pub(crate) days: i16,
    pub(crate) quantity: Quantity,
    pub(crate) refills: i16,
    pub(crate) substitution_allowed: bool,
}

/// A prescription as it is asked for.
#[derive(Debug, Clone)]
pub(crate) struct PrescriptionInput {
    pub(crate) prescriber: String,
    pub(crate) licence: String,
    pub(crate) lines: Vec<MedicineInput>,
    pub(crate) valid_days: Option<u64>,
    pub(crate) acknowledged: bool,
}

/// Reads a request to prescribe.
pub(crate) fn prescription(
    v: &mut Violations,
    request: proto::IssuePrescriptionRequest,
) -> Option<PrescriptionInput> {
    let prescriber = v.present("prescriber", request.prescriber).and_then(|it| {
        v.within("prescriber", |v| {
            let name = v.required("name", it.name.as_str(), Short::parse);
            let licence = v.required("licence", it.licence.as_str(), Line::<60>::parse);
            name.zip(licence)
        })
    });
    v.check(
        "lines",
        (1..=MOST_LINES).contains(&request.lines.len()),
        format!("must be 1 to {MOST_LINES} medicines"),
    );
    let lines = v.each("lines", request.lines, medicine);
    let valid_days = match request.valid_days {
        Some(days) => number(v, "validDays", days, 1..=366).map(Some),
        None => Some(None),
    };
    let (prescriber, licence) = prescriber?;
    Some(PrescriptionInput {
        prescriber: prescriber.into(),
        licence: licence.into(),
        lines: lines?,
        valid_days: valid_days?.map(|days| u64::from(days.unsigned_abs())),
        acknowledged: request.acknowledge_warnings,
    })
}

fn medicine(
    v: &mut Violations,
    prescription_line_input: proto::PrescriptionLineInput,
) -> Option<MedicineInput> {
    let code = v.optional("code", prescription_line_input.code.as_str(), parse_code);
    if prescription_line_input.code.trim().is_empty() {
        v.check("name", !prescription_line_input.name.trim().is_empty(), "is required without a code");
    }
    let name = v.optional("name", prescription_line_input.name.as_str(), Short::parse);
    let form = v.optional("form", prescription_line_input.form.as_str(), Line::<60>::parse);
    let strength = v.optional("strength", prescription_line_input.strength.as_str(), Line::<60>::parse);
    let dose = v.required("dose", prescription_line_input.dose.as_str(), Line::<200>::parse);
    let frequency = v.required("frequency", prescription_line_input.frequency.as_str(), Line::<200>::parse);
    let days = match prescription_line_input.days {
        0 => v.present("days", None),
        days => number(v, "days", days, 1..=365),
    };
    let quantity = v.required("quantity", prescription_line_input.quantity.as_str(), Quantity::parse);
    let refills = number(v, "refills", prescription_line_input.refills, 0..=12);
    v.check(
        "diagnoses",
        prescription_line_input.diagnoses.len() <= MOST_DIAGNOSES,
        format!("must be at most {MOST_DIAGNOSES}"),
    );
    let diagnoses = v
        .each("diagnoses", &prescription_line_input.diagnoses, |v, code| v.field("", Diagnosis::parse(code)));
    Some(MedicineInput {
        code: code?,
        name: name?.map(Into::into),
        form: form?.map(Into::into),
        strength: strength?.map(Into::into),
        directions: Directions {
            dose: dose?.into(),
            frequency: frequency?.into(),
            diagnoses: diagnoses?.iter().map(|it| it.as_str().to_owned()).collect(),
        },
        days: days?,
        quantity: quantity?,
        refills: refills?,
        substitution_allowed: prescription_line_input.substitution_allowed.unwrap_or(true),
    })
}

/// Reads what is to be handed out: each line once.
pub(crate) fn inputs(
    v: &mut Violations,
    lines: &[proto::dispense_prescription_request::DispenseLine],
) -> Option<Vec<DispensedInput>> {
    v.check("lines", (1..=MOST_LINES).contains(&lines.len()), format!("must be 1 to {MOST_LINES} lines"));
    let mut seen = Vec::with_capacity(lines.len());
    v.each("lines", lines, |v, it| {
        let line = match it.line_number {
            0 => v.present("lineNumber", None),
            line => number(v, "lineNumber", line, 1..=30),
        };
        let quantity = v.optional("quantity", it.quantity.as_str(), Quantity::parse);
        let substitute = v.optional("substitute", it.substitute.as_str(), Short::parse);
        let line = line?;
        v.check("lineNumber", !seen.contains(&line), "must be named once");
        seen.push(line);
        Some(DispensedInput { line, quantity: quantity?, substitute: substitute?.map(Into::into) })
    })
}

fn number(
    v: &mut Violations,
    field: &str,
    given: i32,
    allowed: std::ops::RangeInclusive<i32>,
) -> Option<i16> {
    let fits = allowed.contains(&given);
    v.check(field, fits, format!("must be {} to {}", allowed.start(), allowed.end()));
    i16::try_from(given).ok().filter(|_| fits)
}
