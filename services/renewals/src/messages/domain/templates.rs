//! The platform's own messages: what each is called, which values it takes, and its words in all six languages.

/// One template.
pub(super) struct Template {
    pub(super) name: &'static str,
    pub(super) values: &'static [&'static str],
    /// Those of the values that may have several lines; none of them stands in a subject.
    pub(super) lines: &'static [&'static str],
    /// Those of the values that may be empty or absent.
    pub(super) optional: &'static [&'static str],
    /// A mail's words begin with its subject.
    pub(super) mail: bool,
    /// By language.
    pub(super) bodies: [(&'static str, &'static str); 6],
}

macro_rules! template {
    ($mail:literal, $name:literal, $values:expr, $lines:expr) => {
        Template {
            name: $name,
            values: &$values,
            lines: &$lines,
            optional: &[],
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
        template!(false, $name, $values, [])
    };
}

/// A mail to somebody who works in the network, or wants to.
macro_rules! mail {
    ($name:literal, $values:expr) => {
        template!(true, $name, $values, [])
    };
    ($name:literal, $values:expr, lines: $lines:expr) => {
        template!(true, $name, $values, $lines)
    };
}

/// A mail about a case; the words of whoever wrote in it have several lines.
macro_rules! case_mail {
    ($name:literal, $values:expr, $optional:expr) => {
        Template { optional: &$optional, ..template!(true, $name, $values, ["words"]) }
    };
}

pub(super) const TEMPLATES: &[Template] = &[
    // Without its reference while there are services that send none.
    Template {
        optional: &["reference"],
        ..sms!("visit_code", ["code", "reference", "facility", "purpose", "minutes"])
    },
    sms!("visit_admitted", ["facility", "number", "dispute_link"]),
    sms!("visit_overridden", ["facility", "dispute_link"]),
    sms!("visit_dispute_upheld", ["facility", "number"]),
    sms!("visit_dispute_dismissed", ["facility", "number"]),
    sms!(
        "claim_decided",
        ["facility", "number", "payer_part", "patient_part", "explanation_link", "dispute_link"]
    ),
    sms!(
        "claim_corrected",
        [
            "facility",
            "number",
            "former_number",
            "payer_part",
            "patient_part",
            "former_patient_part",
            "explanation_link",
            "dispute_link"
        ]
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
    mail!("interest_confirm", ["link", "days"]),
    mail!("interest_received", ["organization"]),
    mail!("interest_declined", ["organization", "reason"], lines: ["reason"]),
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
    mail!("staff_data_issue_reported", ["agency", "code"]),
    mail!("staff_campaign_awaiting_approval", ["agency", "campaign", "recipients"]),
    mail!("staff_campaign_paused", ["campaign"]),
    mail!("staff_campaign_partially_failed", ["campaign"]),
    mail!("staff_renewal_undone", ["authority", "receipt"]),
    mail!("staff_contacts_suspected", ["contacts"]),
    mail!("staff_route_down", ["route"]),
    mail!("staff_webhook_gone", ["host", "endpoint"]),
    mail!("staff_webhook_failing", ["host", "endpoint"]),
    mail!("connection_intent", ["provider", "channel"]),
    mail!("connection_consented", ["provider", "channel"]),
    mail!("connection_live", ["provider", "channel"]),
    mail!("connection_suspended", ["provider", "channel"]),
    mail!("connection_ended", ["provider", "channel"]),
    mail!("connection_notice", ["provider", "channel"]),
    mail!("connection_duration", ["provider", "channel"]),
    mail!("connection_notice_reminder", ["provider", "channel"]),
    mail!("connection_notice_overdue", ["provider", "channel"]),
    case_mail!("case_opened", ["number", "subject", "marker", "words", "link"], ["words"]),
    case_mail!("case_follow_up_opened", ["number", "subject", "marker", "words", "link"], ["words"]),
    case_mail!("case_message", ["number", "subject", "marker", "words", "link"], ["words"]),
    case_mail!("case_waiting", ["number", "subject", "marker", "words", "link"], ["words"]),
    case_mail!("case_solved", ["number", "subject", "marker", "words", "link"], ["words"]),
    case_mail!("case_reopened", ["number", "subject", "marker", "words", "link"], ["words"]),
    case_mail!("case_closed", ["number", "subject", "marker", "link"], []),
    case_mail!("case_reminder", ["number", "subject", "marker", "link"], []),
    case_mail!("case_is_closed", ["number", "subject", "marker", "link"], []),
    case_mail!("case_may_only_read", ["number", "subject", "marker", "link"], []),
    case_mail!(
        "staff_case_new",
        ["number", "subject", "organization", "marker", "words", "link"],
        ["marker", "words"]
    ),
    case_mail!(
        "staff_case_answered",
        ["number", "subject", "organization", "marker", "words", "link"],
        ["marker", "words"]
    ),
    case_mail!(
        "staff_case_note",
        ["number", "subject", "organization", "marker", "words", "link"],
        ["marker", "words"]
    ),
    case_mail!("staff_case_assigned", ["number", "subject", "organization", "marker", "link"], ["marker"]),
    case_mail!("staff_case_due_soon", ["number", "subject", "organization", "marker", "link"], ["marker"]),
    case_mail!("staff_case_overdue", ["number", "subject", "organization", "marker", "link"], ["marker"]),
    mail!("staff_mail_held", []),
];
