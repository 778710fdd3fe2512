//! The medical file as the contract shows it.

use careway_contract::visits::v1::{self as proto, consent, get_medical_file_response};
use careway_service::timestamp;

use super::domain::{
    Consent, ConsentForm, EarlierVisit, MedicalFile, RecordedDiagnosis, RecordedDocument, RecordedMedicine,
    RecordedPrescription, Withheld,
};
use crate::prescriptions::view::decimal;

/// The whole file.
pub(crate) fn medical_file(
    given: Option<&Consent>,
    withheld: Option<Withheld>,
    file: MedicalFile,
) -> proto::GetMedicalFileResponse {
    let withheld = match withheld {
        None => get_medical_file_response::Withheld::Unspecified,
        Some(Withheld::ConsentNeeded) => get_medical_file_response::Withheld::ConsentNeeded,
        Some(Withheld::NotShared) => get_medical_file_response::Withheld::NotShared,
        Some(Withheld::ReviewNeeded) => get_medical_file_response::Withheld::ReviewNeeded,
    };
    proto::GetMedicalFileResponse {
        withheld: withheld.into(),
        consent: given.map(consent),
        visits: file.visits.into_iter().map(visit).collect(),
        diagnoses: file.diagnoses.into_iter().map(diagnosis).collect(),
        prescriptions: file.prescriptions.into_iter().map(prescription).collect(),
        documents: file.documents.into_iter().map(document).collect(),
    }
}

/// A consent.
pub(crate) fn consent(it: &Consent) -> proto::Consent {
    let form = match it.form {
        ConsentForm::Spoken => consent::Form::Spoken,
        ConsentForm::Written => consent::Form::Written,
        ConsentForm::ByGuardian => consent::Form::ByGuardian,
    };
    proto::Consent {
        form: form.into(),
        given_at: Some(timestamp(it.given_at)),
        withdrawn_at: it.withdrawn_at.map(timestamp),
    }
}

/// The form named in a request; none when none was.
pub(crate) fn parse_form(form: consent::Form) -> Option<ConsentForm> {
    match form {
        consent::Form::Unspecified => None,
        consent::Form::Spoken => Some(ConsentForm::Spoken),
        consent::Form::Written => Some(ConsentForm::Written),
        consent::Form::ByGuardian => Some(ConsentForm::ByGuardian),
    }
}

fn visit(it: EarlierVisit) -> proto::EarlierVisit {
    proto::EarlierVisit {
        visit_number: it.number,
        facility_name: it.facility,
        service_date: it.date.to_string(),
        service_type: it.service_type,
        practitioner: it.practitioner.unwrap_or_default(),
    }
}

fn diagnosis(it: RecordedDiagnosis) -> proto::RecordedDiagnosis {
    proto::RecordedDiagnosis { code: it.code, facility_name: it.facility, date: it.date.to_string() }
}

fn prescription(it: RecordedPrescription) -> proto::RecordedPrescription {
    proto::RecordedPrescription {
        prescription_number: it.number,
        facility_name: it.facility,
        prescriber: it.prescriber,
        issued_on: it.issued_on.to_string(),
        cancelled: it.cancelled,
        medicines: it.medicines.into_iter().map(medicine).collect(),
    }
}

fn medicine(it: RecordedMedicine) -> proto::RecordedMedicine {
    proto::RecordedMedicine {
        name: it.name,
        strength: it.strength,
        dose: it.dose,
        frequency: it.frequency,
        days: it.days.into(),
        dispensed: decimal(it.dispensed),
    }
}

fn document(it: RecordedDocument) -> proto::RecordedDocument {
    proto::RecordedDocument {
        document_id: it.id.to_string(),
        kind: it.kind,
        title: it.title,
        facility_name: it.facility,
        added_at: Some(timestamp(it.added_at)),
    }
}
