//! A decision in the words of its reader.

use careway_kernel::Language;

/// What was decided of a claim or a pre-authorization.
pub(crate) fn words(state: &str, language: Language) -> Option<&'static str> {
    let [en, rw, fr, vi, ro, bn] = match state {
        "APPROVED" => ["approved", "byemewe", "acceptation", "chấp thuận", "aprobare", "অনুমোদিত"],
        "PARTIALLY_APPROVED" => [
            "approved in part",
            "byemewe igice",
            "acceptation partielle",
            "chấp thuận một phần",
            "aprobare parțială",
            "আংশিক অনুমোদিত",
        ],
        "REJECTED" => ["rejected", "byanzwe", "refus", "từ chối", "respingere", "প্রত্যাখ্যাত"],
        "UPHELD" => [
            "the first decision stands",
            "icyemezo cya mbere kigumyeho",
            "la première décision est maintenue",
            "giữ nguyên quyết định đầu",
            "prima decizie rămâne valabilă",
            "প্রথম সিদ্ধান্ত বহাল",
        ],
        "OVERTURNED" => [
            "decided anew after the appeal",
            "hafashwe ikindi cyemezo nyuma y’ubujurire",
            "nouvelle décision après le recours",
            "quyết định lại sau khiếu nại",
            "o nouă decizie după contestație",
            "আপিলের পর নতুন সিদ্ধান্ত",
        ],
        _ => return None,
    };
    Some(match language {
        Language::En => en,
        Language::Rw => rw,
        Language::Fr => fr,
        Language::Vi => vi,
        Language::Ro => ro,
        Language::Bn => bn,
    })
}
