//! The platform's own messages: what each is called, which values it takes, and its words.

/// One template in every language it has; English is always there.
pub(super) struct Template {
    pub(super) name: &'static str,
    pub(super) values: &'static [&'static str],
    /// Language, subject of a mail, text.
    pub(super) bodies: &'static [(&'static str, Option<&'static str>, &'static str)],
}

/// An SMS to a member, in all six languages.
macro_rules! sms {
    ($name:literal, $values:expr) => {
        Template {
            name: $name,
            values: &$values,
            bodies: &[
                ("en", None, include_str!(concat!("../../templates/", $name, ".en.txt"))),
                ("rw", None, include_str!(concat!("../../templates/", $name, ".rw.txt"))),
                ("fr", None, include_str!(concat!("../../templates/", $name, ".fr.txt"))),
                ("vi", None, include_str!(concat!("../../templates/", $name, ".vi.txt"))),
                ("ro", None, include_str!(concat!("../../templates/", $name, ".ro.txt"))),
                ("bn", None, include_str!(concat!("../../templates/", $name, ".bn.txt"))),
            ],
        }
    };
}

/// A mail to somebody who works in the network, with its subject in each language.
macro_rules! mail {
    ($name:literal, $values:expr, $en:literal, $fr:literal, $vi:literal) => {
        Template {
            name: $name,
            values: &$values,
            bodies: &[
                ("en", Some($en), include_str!(concat!("../../templates/", $name, ".en.txt"))),
                ("fr", Some($fr), include_str!(concat!("../../templates/", $name, ".fr.txt"))),
                ("vi", Some($vi), include_str!(concat!("../../templates/", $name, ".vi.txt"))),
            ],
        }
    };
}

pub(super) const TEMPLATES: &[Template] = &[
    sms!("visit_code", ["code", "facility", "purpose", "minutes"]),
    sms!("visit_admitted", ["facility", "visit_number", "dispute_link"]),
    sms!(
        "claim_decided",
        ["facility", "claim_number", "payer_part", "patient_part", "explanation_link", "dispute_link"]
    ),
    sms!("preauthorization_approved", ["facility", "number"]),
    sms!("preauthorization_partly", ["facility", "number"]),
    sms!("preauthorization_rejected", ["facility", "number"]),
    sms!("prescription_issued", ["facility", "number", "until"]),
    mail!(
        "invitation",
        ["organization", "link", "days"],
        "You are invited to {{ organization }} on Careway",
        "Vous êtes invité à rejoindre {{ organization }} sur Careway",
        "Lời mời tham gia {{ organization }} trên Careway"
    ),
    mail!(
        "password_reset",
        ["link", "minutes"],
        "Choose a new Careway password",
        "Choisissez un nouveau mot de passe Careway",
        "Đặt lại mật khẩu Careway"
    ),
    mail!(
        "staff_preauthorization_pended",
        ["facility", "payer", "number", "due"],
        "Pre-authorization {{ number }} waits for you",
        "L’accord préalable {{ number }} vous attend",
        "Yêu cầu duyệt trước {{ number }} đang chờ bạn"
    ),
    mail!(
        "staff_preauthorization_question",
        ["facility", "payer", "number", "due"],
        "A question on pre-authorization {{ number }}",
        "Une question sur l’accord préalable {{ number }}",
        "Câu hỏi về yêu cầu duyệt trước {{ number }}"
    ),
    mail!(
        "staff_preauthorization_decided",
        ["facility", "payer", "number", "state"],
        "Pre-authorization {{ number }} is decided",
        "L’accord préalable {{ number }} est décidé",
        "Yêu cầu duyệt trước {{ number }} đã có quyết định"
    ),
    mail!(
        "staff_preauthorization_overdue",
        ["facility", "payer", "number", "due"],
        "Pre-authorization {{ number }} is overdue",
        "L’accord préalable {{ number }} est en retard",
        "Yêu cầu duyệt trước {{ number }} đã quá hạn"
    ),
    mail!(
        "staff_claim_decided",
        ["facility", "payer", "number", "state"],
        "Claim {{ number }} is decided",
        "La demande {{ number }} est décidée",
        "Hồ sơ {{ number }} đã có quyết định"
    ),
    mail!(
        "staff_claim_appealed",
        ["facility", "payer", "number"],
        "An appeal on claim {{ number }}",
        "Un recours sur la demande {{ number }}",
        "Khiếu nại về hồ sơ {{ number }}"
    ),
];
