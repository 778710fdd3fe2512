//! What is known of a patient from earlier visits, and the consent to see what others recorded.

use careway_kernel::DocumentId;
use chrono::{DateTime, NaiveDate, Utc};

use crate::payer_rules::domain::MedicalFileSharing;

/// How a patient consented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConsentForm {
    Spoken,
    Written,
    ByGuardian,
}

impl ConsentForm {
    pub(crate) const ALL: [Self; 3] = [Self::Spoken, Self::Written, Self::ByGuardian];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Spoken => "SPOKEN",
            Self::Written => "WRITTEN",
            Self::ByGuardian => "BY_GUARDIAN",
        }
    }
}

/// A consent for one visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Consent {
    pub(crate) form: ConsentForm,
    pub(crate) given_at: DateTime<Utc>,
    /// None while it holds.
    pub(crate) withdrawn_at: Option<DateTime<Utc>>,
}

/// Why only the facility's own records are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Withheld {
    ConsentNeeded,
    NotShared,
    /// The patient is here without a code, and the payer has not accepted that.
    ReviewNeeded,
}

/// Why what other facilities recorded is withheld, by the payer's rule and the patient's consent; none when it is shown.
pub(crate) fn withheld(sharing: MedicalFileSharing, consent: Option<&Consent>) -> Option<Withheld> {
    match sharing {
        MedicalFileSharing::Always => None,
        MedicalFileSharing::Never => Some(Withheld::NotShared),
        MedicalFileSharing::WithConsent if consent.is_some_and(|given| given.withdrawn_at.is_none()) => None,
        MedicalFileSharing::WithConsent => Some(Withheld::ConsentNeeded),
    }
}

/// What was recorded, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MedicalFile {
    pub(crate) visits: Vec<EarlierVisit>,
    pub(crate) diagnoses: Vec<RecordedDiagnosis>,
    pub(crate) prescriptions: Vec<RecordedPrescription>,
    pub(crate) documents: Vec<RecordedDocument>,
}

/// An earlier visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EarlierVisit {
    pub(crate) number: String,
    pub(crate) facility: String,
    pub(crate) date: NaiveDate,
    pub(crate) service_type: String,
    pub(crate) practitioner: Option<String>,
}

/// A diagnosis on a day at a facility.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RecordedDiagnosis {
    pub(crate) date: NaiveDate,
    pub(crate) facility: String,
    pub(crate) code: String,
}

/// A prescription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordedPrescription {
    pub(crate) number: String,
    pub(crate) facility: String,
    pub(crate) prescriber: String,
    pub(crate) issued_on: NaiveDate,
    pub(crate) cancelled: bool,
    pub(crate) medicines: Vec<RecordedMedicine>,
}

/// A prescribed medicine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordedMedicine {
    pub(crate) name: String,
    pub(crate) strength: String,
    pub(crate) dose: String,
    pub(crate) frequency: String,
    pub(crate) days: i16,
    /// In thousandths.
    pub(crate) dispensed: i64,
}

/// A document; its content is read by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordedDocument {
    pub(crate) id: DocumentId,
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) facility: String,
    pub(crate) added_at: DateTime<Utc>,
}

/// Each diagnosis once per day and facility, the newest first.
pub(crate) fn diagnoses(mut found: Vec<RecordedDiagnosis>) -> Vec<RecordedDiagnosis> {
    found.sort_by(|one, other| {
        other
            .date
            .cmp(&one.date)
            .then_with(|| (&one.facility, &one.code).cmp(&(&other.facility, &other.code)))
    });
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_payers_rule_and_a_consent_that_holds_open_the_records_of_others() {
        use MedicalFileSharing::{Always, Never, WithConsent};
        let at: DateTime<Utc> = "2026-03-01T08:00:00Z".parse().unwrap();
        let given = Consent { form: ConsentForm::Spoken, given_at: at, withdrawn_at: None };
        let taken_back = Consent { withdrawn_at: Some(at), ..given };
        let cases = [
            (Always, None, None),
            (Always, Some(&taken_back), None),
            (Never, Some(&given), Some(Withheld::NotShared)),
            (WithConsent, None, Some(Withheld::ConsentNeeded)),
            (WithConsent, Some(&taken_back), Some(Withheld::ConsentNeeded)),
            (WithConsent, Some(&given), None),
        ];
        for (sharing, consent, expected) in cases {
            assert_eq!(withheld(sharing, consent), expected, "{sharing:?} {consent:?}");
        }
    }

    #[test]
    fn a_diagnosis_stands_once_per_day_and_facility() {
        let of = |date: &str, facility: &str, code: &str| RecordedDiagnosis {
            date: date.parse().unwrap(),
            facility: facility.to_owned(),
            code: code.to_owned(),
        };
        let file = diagnoses(vec![
            of("2026-01-01", "A", "J06.9"),
            of("2026-02-01", "A", "J06.9"),
            of("2026-01-01", "A", "J06.9"),
            of("2026-01-01", "B", "J06.9"),
            of("2026-01-01", "A", "E11.9"),
        ]);
        let expected = [
            of("2026-02-01", "A", "J06.9"),
            of("2026-01-01", "A", "E11.9"),
            of("2026-01-01", "A", "J06.9"),
            of("2026-01-01", "B", "J06.9"),
        ];
        assert_eq!(file, expected);
    }
}
