//! The words of the page, in the languages that members are written to in. The claim's own come from its explanation.

use careway_kernel::Language;

/// What the page says.
pub(super) struct Words {
    /// Of the page.
    pub(super) title: &'static str,
    /// Until the answer is there.
    pub(super) wait: &'static str,
    /// Over the lines.
    pub(super) lines: &'static str,
    /// Over the reasons for which a line, or a part of it, is not paid.
    pub(super) why: &'static str,
    /// Opens the steps of a line.
    pub(super) steps: &'static str,
    /// Over the steps.
    pub(super) step: &'static str,
    /// Over what each step leaves.
    pub(super) left: &'static str,
    /// For whoever does not agree.
    pub(super) help: &'static str,
    /// On the button, after it did not work.
    pub(super) again: &'static str,
    /// The link is no good.
    pub(super) unknown: &'static str,
}

/// The words in a language.
pub(super) fn words(language: Language) -> Words {
    match language {
        Language::Rw => Words {
            title: "Ibyavuye mu busabe bwo kwishyurwa",
            wait: "Tegereza gato…",
            lines: "Umurongo ku wundi",
            why: "Impamvu bitishyuwe byose",
            steps: "Intambwe ku yindi",
            step: "Intambwe",
            left: "Asigaye ku bwishingizi",
            help: "Niba hari ikitagenda neza, baza ivuriro cyangwa ubwishingizi bwawe.",
            again: "Ongera ugerageze",
            unknown: "Iyi link ntiyuzuye, ntikora, cyangwa ubusabe bwasubijwe. Fungura link yo mu butumwa bwa nyuma.",
        },
        Language::En => Words {
            title: "What became of your claim",
            wait: "One moment…",
            lines: "Line by line",
            why: "Why not all of it is paid",
            steps: "Step by step",
            step: "Step",
            left: "Left for your insurer",
            help: "If something is not right, ask the facility or your insurer.",
            again: "Try again",
            unknown: "This link is not complete or not valid, or the claim was taken back. Open the link of the latest message.",
        },
        Language::Fr => Words {
            title: "Ce qu’est devenue votre demande de remboursement",
            wait: "Un instant…",
            lines: "Ligne par ligne",
            why: "Pourquoi tout n’est pas payé",
            steps: "Étape par étape",
            step: "Étape",
            left: "Reste pour votre assureur",
            help: "Si quelque chose n’est pas juste, demandez à l’établissement ou à votre assureur.",
            again: "Réessayer",
            unknown: "Ce lien est incomplet ou n’est pas valable, ou la demande a été retirée. Ouvrez le lien du dernier message.",
        },
        Language::Vi => Words {
            title: "Kết quả hồ sơ thanh toán của bạn",
            wait: "Vui lòng chờ…",
            lines: "Từng dòng",
            why: "Vì sao không được trả toàn bộ",
            steps: "Từng bước",
            step: "Bước",
            left: "Còn lại cho bảo hiểm",
            help: "Nếu có điều gì không đúng, hãy hỏi cơ sở y tế hoặc bảo hiểm của bạn.",
            again: "Thử lại",
            unknown: "Liên kết không đầy đủ hoặc không hợp lệ, hoặc hồ sơ đã được rút. Hãy mở liên kết trong tin nhắn mới nhất.",
        },
        Language::Ro => Words {
            title: "Ce s-a întâmplat cu cererea dumneavoastră",
            wait: "Un moment…",
            lines: "Linie cu linie",
            why: "De ce nu se plătește tot",
            steps: "Pas cu pas",
            step: "Pas",
            left: "Rămâne pentru asigurător",
            help: "Dacă ceva nu este în regulă, întrebați unitatea medicală sau asigurătorul.",
            again: "Încercați din nou",
            unknown: "Linkul este incomplet sau nu este valabil ori cererea a fost retrasă. Deschideți linkul din ultimul mesaj.",
        },
        Language::Bn => Words {
            title: "আপনার দাবির কী হলো",
            wait: "একটু অপেক্ষা করুন…",
            lines: "লাইন ধরে ধরে",
            why: "কেন সবটা দেওয়া হচ্ছে না",
            steps: "ধাপে ধাপে",
            step: "ধাপ",
            left: "বীমার জন্য বাকি",
            help: "কিছু ঠিক না মনে হলে চিকিৎসাকেন্দ্র বা আপনার বীমাকে জিজ্ঞাসা করুন।",
            again: "আবার চেষ্টা করুন",
            unknown: "লিংকটি অসম্পূর্ণ বা বৈধ নয়, অথবা দাবিটি ফিরিয়ে নেওয়া হয়েছে। সর্বশেষ বার্তার লিংকটি খুলুন।",
        },
    }
}
