//! The templates that everybody has. The two texts before a card's last day are the authority's own, letter for letter: the
//! plain one is not the marked one without its marks.

use careway_kernel::{Language, TemplateId};
use uuid::Uuid;

use super::{Purpose, Template, TemplateContent};
use crate::messages::Channel;

const DUE: [&str; 2] = [
    "The BHYT {{ card }} cua ong/ba {{ name }} se het han vao ngay {{ expires_on }}. Vui long lien he voi \
     {{ agency_code }} - {{ agency }} de gia han the. Tran Trong.",
    "Thẻ BHYT {{ card }} của ông/bà {{ name }} sẽ hết hạn vào ngày {{ expires_on }}. Vui lòng liên hệ với \
     {{ agency_code }} - {{ agency }} để gia hạn thẻ. Trân trọng.",
];
const LAPSED: [&str; 2] = [
    "The BHYT {{ card }} cua ong/ba {{ name }} da het han tu ngay {{ expires_on }}. Vui long lien he voi \
     {{ agency_code }} - {{ agency }} de gia han the. Tran Trong.",
    "Thẻ BHYT {{ card }} của ông/bà {{ name }} đã hết hạn từ ngày {{ expires_on }}. Vui lòng liên hệ với \
     {{ agency_code }} - {{ agency }} để gia hạn thẻ. Trân trọng.",
];
const SUBJECT_DUE: &str = "Thẻ BHYT {{ card }} sẽ hết hạn vào ngày {{ expires_on }}";
const SUBJECT_LAPSED: &str = "Thẻ BHYT {{ card }} đã hết hạn từ ngày {{ expires_on }}";

/// Every built-in template.
pub(crate) fn built_in() -> [Template; 4] {
    let template =
        |number, name: &str, purpose, channel, subject: &str, [plain, marked]: [&str; 2]| Template {
            id: id(number),
            owner: None,
            version: 1,
            content: TemplateContent {
                name: name.to_owned(),
                purpose,
                channel,
                language: Language::Vi,
                subject: subject.to_owned(),
                plain_body: plain.to_owned(),
                marked_body: marked.to_owned(),
            },
            changed_at: None,
        };
    let (sms, email) = (Channel::Sms, Channel::Email);
    [
        template(1, "Sắp hết hạn", Purpose::Due, sms, "", DUE),
        template(2, "Đã hết hạn", Purpose::Lapsed, sms, "", LAPSED),
        template(3, "Sắp hết hạn (e-mail)", Purpose::Due, email, SUBJECT_DUE, ["", DUE[1]]),
        template(4, "Đã hết hạn (e-mail)", Purpose::Lapsed, email, SUBJECT_LAPSED, ["", LAPSED[1]]),
    ]
}

/// The built-in template of this id.
pub(crate) fn find_built_in(wanted: TemplateId) -> Option<Template> {
    built_in().into_iter().find(|template| template.id == wanted)
}

/// The same everywhere and for ever: no `UUIDv7` of any clock.
fn id(number: u128) -> TemplateId {
    TemplateId::from_uuid(Uuid::from_u128(0x7e3a_0000_0000_4000_8000_0000_0000_0000 | number))
}
