//! The platform's own messages: what each is called, which values it takes, and its words in all six languages.

/// One template.
pub(super) struct Template {
    pub(super) name: &'static str,
    pub(super) values: &'static [&'static str],
    /// Those of the values that may have several lines; none of them stands in a subject.
    pub(super) lines: &'static [&'static str],
    /// A mail's words begin with its subject.
    pub(super) mail: bool,
    /// By language.
    pub(super) bodies: [(&'static str, &'static str); 6],
}

macro_rules! template {
    ($mail:literal, $name:literal, $values:expr) => {
        Template {
            name: $name,
            values: &$values,
            lines: &[],
            mail: $mail,
            bodies: [
                ("en", include_str!(concat!("../../../templates/", $name, ".en.txt"))),
                ("rw", include_str!(concat!("../../../templates/", $name, ".rw.txt"))),
                ("fr", include_str!(concat!("../../../templates/", $name, ".fr.txt"))),
                ("vi", include_str!(concat!("../../../templates/", $name, ".vi.txt"))),
                ("ro", include_str!(concat!("../../../templates/", $name, ".ro.txt"))),
                ("bn", include_str!(concat!("../../../templates/", $name, ".bn.txt"))),
            ],
        }
    };
}

/// An SMS to a member.
macro_rules! sms {
    ($name:literal, $values:expr) => {
        template!(false, $name, $values)
    };
}

/// A mail to somebody who works in the network.
macro_rules! mail {
    ($name:literal, $values:expr) => {
        template!(true, $name, $values)
    };
}

pub(super) const TEMPLATES: &[Template] = &[
    sms!("visit_code", ["code", "facility", "purpose", "minutes"]),
    sms!("visit_admitted", ["facility", "number", "dispute_link"]),
    sms!("visit_overridden", ["facility", "dispute_link"]),
    sms!("visit_dispute_upheld", ["facility", "number"]),
    sms!("visit_dispute_dismissed", ["facility", "number"]),
    sms!(
        "claim_decided",
        ["facility", "number", "payer_part", "patient_part", "explanation_link", "dispute_link"]
    ),
    sms!("claim_recalled", ["facility", "number"]),
    sms!("preauthorization_approved", ["facility", "number"]),
    sms!("preauthorization_partly", ["facility", "number"]),
    sms!("preauthorization_rejected", ["facility", "number"]),
    sms!("prescription_issued", ["facility", "number", "until"]),
    sms!("prescription_dispensed", ["pharmacy", "number"]),
    sms!("prescription_cancelled", ["facility", "number"]),
    mail!("invitation", ["organization", "link", "days"]),
    mail!("password_reset", ["link", "minutes"]),
    mail!("staff_visit_disputed", ["facility", "payer", "number"]),
    mail!("staff_visit_dispute_upheld", ["facility", "payer", "number"]),
    mail!("staff_visit_dispute_dismissed", ["facility", "payer", "number"]),
    mail!("staff_admission_notice_due", ["facility", "payer", "number", "due"]),
    mail!("staff_preauthorization_pended", ["facility", "payer", "number", "due"]),
    mail!("staff_preauthorization_question", ["facility", "payer", "number", "due"]),
    mail!("staff_preauthorization_answered", ["facility", "payer", "number", "due"]),
    mail!("staff_preauthorization_unanswered", ["facility", "payer", "number", "due"]),
    mail!("staff_preauthorization_due", ["facility", "payer", "number", "due"]),
    mail!("staff_preauthorization_overdue", ["facility", "payer", "number", "due"]),
    mail!("staff_preauthorization_decided", ["facility", "payer", "number", "state"]),
    mail!("staff_preauthorization_expired", ["facility", "payer", "number"]),
    mail!("staff_claim_in_review", ["facility", "payer", "number"]),
    mail!("staff_claim_decided", ["facility", "payer", "number", "state"]),
    mail!("staff_claim_recalled", ["facility", "payer", "number"]),
    mail!("staff_claim_appealed", ["facility", "payer", "number"]),
    mail!("staff_payment_advice_paid", ["facility", "payer", "number", "total", "reference"]),
];
