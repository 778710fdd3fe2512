//! What patients of the demo network came for in the last days, what was claimed for it, and what became of that. Everybody
//! is made up.

use serde_json::{Value, json};

use super::organizations::{CLINIC, DENTAL_OPTICAL, HOSPITAL, INKINGI, Organization, UMURAGE};

/// A visit with its claim.
pub(super) struct Case {
    pub(super) facility: &'static Organization,
    pub(super) payer: &'static Organization,
    /// The facility's own reference: what the seed finds the claim by.
    pub(super) reference: &'static str,
    pub(super) service_type: &'static str,
    pub(super) practitioner: &'static str,
    /// How many days ago the patient came; nobody enters a visit more than seven days late.
    pub(super) days_ago: u64,
    lines: &'static [Line],
    pub(super) course: Course,
}

/// Code, quantity and diagnosis.
type Line = (&'static str, &'static str, &'static str);

/// What becomes of a claim.
pub(super) enum Course {
    /// The facility is still writing it, and the patient is still there.
    Draft,
    /// The rules decide it, or it waits for a reviewer.
    Submitted,
    /// A reviewer decides it.
    Reviewed(&'static [Ruling]),
    /// The payer is asked before the care, and a reviewer decides that and the claim.
    Authorized { justification: &'static str, allowed: &'static [Ruling], reviewed: &'static [Ruling] },
    /// A reviewer decides it, and the facility does not agree.
    Appealed { reviewed: &'static [Ruling], because: &'static str },
}

/// What a reviewer decides of a line; of the others, nothing but yes.
pub(super) enum Ruling {
    Less { line: usize, quantity: &'static str, text: &'static str },
    No { line: usize, reason: &'static str, text: &'static str },
}

/// Claims that a payer pays a facility together.
pub(super) struct Payment {
    pub(super) payer: &'static Organization,
    pub(super) facility: &'static Organization,
    /// The payer's own reference: what the seed finds the advice by.
    pub(super) reference: &'static str,
    /// The references of the claims.
    pub(super) claims: &'static [&'static str],
    /// The reference of the transfer, once it is made.
    pub(super) paid: Option<&'static str>,
}

/// Every patient of a payer has one, in this order.
pub(super) static CASES: [Case; 12] = [
    Case {
        facility: &HOSPITAL,
        payer: &UMURAGE,
        reference: "IMZ-00412",
        service_type: "OUTPATIENT",
        practitioner: "Dr. Habimana",
        days_ago: 6,
        // Malaria.
        lines: &[
            ("CONS-GP", "1", "B50.9"),
            ("LAB-MALARIA", "1", "B50.9"),
            ("LAB-FBC", "1", "B50.9"),
            ("ARTLUM-20", "24", "B50.9"),
            ("PARA-500", "20", "R50.9"),
        ],
        course: Course::Submitted,
    },
    Case {
        facility: &HOSPITAL,
        payer: &UMURAGE,
        reference: "IMZ-00415",
        service_type: "OUTPATIENT",
        practitioner: "Dr. Uwimana",
        days_ago: 6,
        // Diabetes, type 2.
        lines: &[
            ("CONS-SPEC", "1", "E11.9"),
            ("LAB-HBA1C", "1", "E11.9"),
            ("LAB-CREAT", "1", "E11.9"),
            ("METF-500", "180", "E11.9"),
        ],
        course: Course::Submitted,
    },
    Case {
        facility: &HOSPITAL,
        payer: &UMURAGE,
        reference: "IMZ-00419",
        service_type: "INPATIENT",
        practitioner: "Dr. Nsengiyumva",
        days_ago: 5,
        // Appendicitis.
        lines: &[("SURG-APPEND", "1", "K35.8"), ("WARD-GEN", "4", "K35.8"), ("CEFTR-1G", "8", "K35.8")],
        course: Course::Authorized {
            justification: "Acute appendicitis, seen on ultrasound; to be operated on today.",
            allowed: &[Ruling::Less {
                line: 2,
                quantity: "3",
                text: "Three days are usual without complications.",
            }],
            reviewed: &[],
        },
    },
    Case {
        facility: &HOSPITAL,
        payer: &UMURAGE,
        reference: "IMZ-00427",
        service_type: "OUTPATIENT",
        practitioner: "Dr. Habimana",
        days_ago: 3,
        // Back pain; nobody asked before the MRI.
        lines: &[("CONS-SPEC", "1", "M54.5"), ("IMG-MRI", "1", "M54.5"), ("DICLO-50", "20", "M54.5")],
        course: Course::Submitted,
    },
    Case {
        facility: &HOSPITAL,
        payer: &UMURAGE,
        reference: "IMZ-00431",
        service_type: "OUTPATIENT",
        practitioner: "Dr. Uwimana",
        days_ago: 1,
        // A fall from a motorcycle.
        lines: &[
            ("CONS-GP", "1", "S06.0"),
            ("IMG-CTHEAD", "1", "S06.0"),
            ("IMG-XRLIMB", "1", "S52.5"),
            ("IBU-400", "15", "S52.5"),
        ],
        course: Course::Submitted,
    },
    Case {
        facility: &CLINIC,
        payer: &UMURAGE,
        reference: "AKA-0077",
        service_type: "OUTPATIENT",
        practitioner: "Dr. Uwase",
        days_ago: 4,
        // Gastroenteritis.
        lines: &[
            ("CONS-GP", "1", "A09.9"),
            ("LAB-STOOL", "1", "A09.9"),
            ("ORS", "10", "A09.9"),
            ("ZINC-20", "10", "A09.9"),
        ],
        course: Course::Submitted,
    },
    Case {
        facility: &CLINIC,
        payer: &UMURAGE,
        reference: "AKA-0081",
        service_type: "OUTPATIENT",
        practitioner: "Dr. Uwase",
        days_ago: 2,
        // High blood pressure.
        lines: &[
            ("CONS-GP", "1", "I10"),
            ("LAB-LIPID", "1", "I10"),
            ("IMG-ECG", "1", "I10"),
            ("AMLO-5", "90", "I10"),
        ],
        course: Course::Submitted,
    },
    Case {
        facility: &DENTAL_OPTICAL,
        payer: &UMURAGE,
        reference: "INS-318",
        service_type: "DENTAL",
        practitioner: "Dr. Uwamahoro",
        days_ago: 5,
        // Caries.
        lines: &[("DENT-EXAM", "1", "K02.1"), ("DENT-FILL", "4", "K02.1"), ("DENT-SCALE", "1", "K03.6")],
        course: Course::Reviewed(&[Ruling::Less {
            line: 2,
            quantity: "2",
            text: "The pictures show two teeth that need a filling.",
        }]),
    },
    Case {
        facility: &DENTAL_OPTICAL,
        payer: &UMURAGE,
        reference: "INS-322",
        service_type: "OPTICAL",
        practitioner: "Dr. Munyaneza",
        days_ago: 0,
        // Short-sightedness.
        lines: &[("OPT-REFR", "1", "H52.1"), ("OPT-FRAME", "1", "H52.1"), ("OPT-LENS", "2", "H52.1")],
        course: Course::Submitted,
    },
    Case {
        facility: &HOSPITAL,
        payer: &INKINGI,
        reference: "IMZ-00416",
        service_type: "OUTPATIENT",
        practitioner: "Dr. Habimana",
        days_ago: 6,
        // Asthma.
        lines: &[("CONS-GP", "1", "J45.9"), ("SALB-INH", "2", "J45.9"), ("PRED-5", "30", "J45.9")],
        course: Course::Submitted,
    },
    Case {
        facility: &HOSPITAL,
        payer: &INKINGI,
        reference: "IMZ-00423",
        service_type: "OUTPATIENT",
        practitioner: "Dr. Uwimana",
        days_ago: 4,
        // Headache.
        lines: &[("IMG-CTHEAD", "1", "G44.2")],
        course: Course::Appealed {
            reviewed: &[Ruling::No {
                line: 1,
                reason: "MNEC-001",
                text: "Tension headache is no reason for a scan.",
            }],
            because: "It came on suddenly, with double vision. The neurologist asked for the scan.",
        },
    },
    Case {
        facility: &CLINIC,
        payer: &INKINGI,
        reference: "AKA-0085",
        service_type: "OUTPATIENT",
        practitioner: "Dr. Uwase",
        days_ago: 0,
        // Tonsillitis.
        lines: &[("CONS-GP", "1", "J03.9"), ("AMOX-500", "21", "J03.9"), ("PARA-500", "15", "J03.9")],
        course: Course::Draft,
    },
];

/// What is paid, and what is about to be.
pub(super) static PAYMENTS: [Payment; 2] = [
    Payment {
        payer: &UMURAGE,
        facility: &HOSPITAL,
        reference: "UM-ADVICE-0031",
        claims: &["IMZ-00412", "IMZ-00415"],
        paid: Some("TRF-99812"),
    },
    Payment {
        payer: &UMURAGE,
        facility: &HOSPITAL,
        reference: "UM-ADVICE-0032",
        claims: &["IMZ-00419"],
        paid: None,
    },
];

impl Case {
    /// Whether the facility is still writing the claim.
    pub(super) fn is_draft(&self) -> bool {
        matches!(self.course, Course::Draft)
    }

    /// The lines, as a request has them.
    pub(super) fn lines(&self) -> Vec<Value> {
        let line = |(code, quantity, diagnosis): &Line| json!({"code": code, "quantity": quantity, "diagnoses": [diagnosis]});
        self.lines.iter().map(line).collect()
    }

    /// What a reviewer decides of a pre-authorization of all lines: each needs a word.
    pub(super) fn allowed(&self, rulings: &[Ruling]) -> Vec<Value> {
        let decision = |sequence| match rulings.iter().find(|it| it.line() == sequence) {
            None => json!({"sequence": sequence, "decision": "APPROVE"}),
            Some(Ruling::Less { quantity, text, .. }) => {
                json!({"sequence": sequence, "decision": "ADJUST", "approvedQuantity": quantity, "text": text})
            }
            Some(Ruling::No { reason, text, .. }) => {
                json!({"sequence": sequence, "decision": "REJECT", "reasonCode": reason, "text": text})
            }
        };
        (1..=self.lines.len()).map(decision).collect()
    }
}

impl Ruling {
    fn line(&self) -> usize {
        match self {
            Self::Less { line, .. } | Self::No { line, .. } => *line,
        }
    }

    /// As a claim's review has it.
    pub(super) fn review(&self) -> Value {
        match self {
            Self::Less { line, quantity, text } => {
                json!({"line": line, "decision": "ADJUST", "quantity": quantity, "text": text})
            }
            Self::No { line, reason, text } => {
                json!({"line": line, "decision": "REJECT", "reasonCode": reason, "text": text})
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::seed::{prices, rwanda};

    #[test]
    fn every_case_has_a_reference_and_a_patient_of_its_own() {
        let references: HashSet<_> = CASES.iter().map(|case| case.reference).collect();
        assert_eq!(references.len(), CASES.len());
        for scheme in [rwanda::umurage(), rwanda::inkingi()] {
            let cases = CASES.iter().filter(|case| case.payer.code == scheme.payer.code).count();
            assert!(scheme.patients().count() >= cases, "{} has too few patients", scheme.payer.name);
            let shown: HashSet<_> = scheme.shown().map(|member| &member.number).collect();
            assert!(scheme.patients().all(|patient| !shown.contains(&patient.number)));
        }
    }

    #[test]
    fn whatever_is_claimed_has_a_price_and_every_visit_can_still_be_entered() {
        let list = prices::RWANDAN.list("2026-01-01".parse().unwrap());
        let mut reader = csv::Reader::from_reader(list.as_bytes());
        let priced: HashSet<_> = reader.records().map(|row| row.unwrap()[0].to_owned()).collect();
        for case in &CASES {
            assert!(case.days_ago <= 6, "{}: a day more is a day late around midnight", case.reference);
            for (code, ..) in case.lines {
                assert!(priced.contains(*code), "{code}");
            }
        }
    }

    #[test]
    fn what_is_paid_was_claimed_there() {
        for payment in &PAYMENTS {
            for claim in payment.claims {
                let case = CASES.iter().find(|case| case.reference == *claim).unwrap();
                assert_eq!(
                    (case.payer.code, case.facility.code),
                    (payment.payer.code, payment.facility.code)
                );
            }
        }
    }

    #[test]
    fn a_pre_authorization_has_a_word_for_every_line() {
        let case = &CASES[2];
        let Course::Authorized { allowed, .. } = &case.course else { panic!("the third is authorized") };
        let decisions: Vec<_> =
            case.allowed(allowed).iter().map(|it| it["decision"].as_str().unwrap().to_owned()).collect();
        assert_eq!(decisions, ["APPROVE", "ADJUST", "APPROVE"]);
    }
}
