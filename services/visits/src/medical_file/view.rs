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
pub(crate) fn consent(consent: &Consent) -> proto::Consent {
    let form = match consent.form {
        ConsentForm::Spoken => consent::Form::Spoken,
        ConsentForm::Written => consent::Form::Written,
        ConsentForm::ByGuardian => consent::Form::ByGuardian,
    };
    proto::Consent {
        form: form.into(),
        given_at: Some(timestamp(consent.given_at)),
        withdrawn_at: consent.withdrawn_at.map(timestamp),
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

fn visit(earlier_visit: EarlierVisit) -> proto::EarlierVisit {
    proto::EarlierVisit {
        visit_number: earlier_visit.number,
        facility_name: earlier_visit.facility,
        service_date: earlier_visit.date.to_string(),
        service_type: earlier_visit.service_type,
        practitioner: earlier_visit.practitioner.unwrap_or_default(),
    }
}

fn diagnosis(recorded_diagnosis: RecordedDiagnosis) -> proto::RecordedDiagnosis {
    proto::RecordedDiagnosis {
        code: recorded_diagnosis.code,
        facility_name: recorded_diagnosis.facility,
        date: recorded_diagnosis.date.to_string(),
    }
}

fn prescription(recorded_prescription: RecordedPrescription) -> proto::RecordedPrescription {
    proto::RecordedPrescription {
        prescription_number: recorded_prescription.number,
        facility_name: recorded_prescription.facility,
        prescriber: recorded_prescription.prescriber,
        issued_on: recorded_prescription.issued_on.to_string(),
        cancelled: recorded_prescription.cancelled,
        medicines: recorded_prescription.medicines.into_iter().map(medicine).collect(),
    }
}

fn medicine(recorded_medicine: RecordedMedicine) -> proto::RecordedMedicine {
    proto::RecordedMedicine {
        name: recorded_medicine.name,
        strength: recorded_medicine.strength,
        dose: recorded_medicine.dose,
        frequency: recorded_medicine.frequency,
        days: recorded_medicine.days.into(),
        dispensed: decimal(recorded_medicine.dispensed),
    }
}

fn document(recorded_document: RecordedDocument) -> proto::RecordedDocument {
    proto::RecordedDocument {
        document_id: recorded_document.id.to_string(),
        kind: recorded_document.kind,
        title: recorded_document.title,
        facility_name: recorded_document.facility,
        added_at: Some(timestamp(recorded_document.added_at)),
    }
}
