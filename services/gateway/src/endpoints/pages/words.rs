//! What every page says, in the languages that members and staff are written to in.

use careway_kernel::Language;

/// What every page says.
pub(super) struct Words {
    /// It did not work, and may.
    pub(super) later: &'static str,
    /// Without JavaScript.
    pub(super) no_script: &'static str,
    /// Before the choice of languages.
    pub(super) in_language: &'static str,
    /// The language's own name.
    pub(super) name: &'static str,
}

/// The words in a language.
pub(super) fn words(language: Language) -> Words {
    match language {
        Language::Rw => Words {
            later: "Ntibikunze ubu. Ongera ugerageze mu kanya.",
            no_script: "Iyi paji ikeneye JavaScript.",
            in_language: "Ururimi:",
            name: "Ikinyarwanda",
        },
        Language::En => Words {
            later: "That did not work. Please try again in a moment.",
            no_script: "This page needs JavaScript.",
            in_language: "Language:",
            name: "English",
        },
        Language::Fr => Words {
            later: "Cela n’a pas fonctionné. Réessayez dans un instant.",
            no_script: "Cette page a besoin de JavaScript.",
            in_language: "Langue :",
            name: "Français",
        },
        Language::Vi => Words {
            later: "Chưa thực hiện được. Vui lòng thử lại sau giây lát.",
            no_script: "Trang này cần JavaScript.",
            in_language: "Ngôn ngữ:",
            name: "Tiếng Việt",
        },
        Language::Ro => Words {
            later: "Nu a reușit. Încercați din nou peste câteva clipe.",
            no_script: "Această pagină are nevoie de JavaScript.",
            in_language: "Limba:",
            name: "Română",
        },
        Language::Bn => Words {
            later: "এইমাত্র কাজটি হয়নি। একটু পরে আবার চেষ্টা করুন।",
            no_script: "এই পাতার জন্য JavaScript দরকার।",
            in_language: "ভাষা:",
            name: "বাংলা",
        },
    }
}
