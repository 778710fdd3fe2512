//! The words of the page, in the languages of organizations.

use careway_kernel::Language;

/// What the page says.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) question: &'static str,
    /// What follows.
    pub(super) consequence: &'static str,
    /// On the button.
    pub(super) confirm: &'static str,
    pub(super) done: &'static str,
    /// The link is no good.
    pub(super) unknown: &'static str,
}

/// The words in a language.
pub(super) fn words(language: Language) -> Words {
    match language {
        Language::Rw => Words {
            title: "Ijambobanga rishya",
            question: "Hitamo ijambobanga rishya rya konti yawe.",
            consequence: "Aho winjiye hose urasohorwa.",
            confirm: "Bika ijambobanga",
            done: "Byakozwe. Injira ukoresheje ijambobanga rishya.",
            unknown: "Iyi link ntiyuzuye, yararangiye cyangwa yarakoreshejwe. Saba indi.",
        },
        Language::En => Words {
            title: "A new password",
            question: "Choose a new password for your account.",
            consequence: "You are signed out everywhere.",
            confirm: "Save the password",
            done: "It is done. Sign in with the new password.",
            unknown: "This link is not complete, was used already, or has expired. Ask for another.",
        },
        Language::Fr => Words {
            title: "Un nouveau mot de passe",
            question: "Choisissez un nouveau mot de passe pour votre compte.",
            consequence: "Vous serez déconnecté partout.",
            confirm: "Enregistrer le mot de passe",
            done: "C’est fait. Connectez-vous avec le nouveau mot de passe.",
            unknown: "Ce lien est incomplet, a déjà servi ou a expiré. Demandez-en un autre.",
        },
        Language::Vi => Words {
            title: "Mật khẩu mới",
            question: "Hãy chọn mật khẩu mới cho tài khoản của bạn.",
            consequence: "Bạn sẽ được đăng xuất ở mọi nơi.",
            confirm: "Lưu mật khẩu",
            done: "Đã xong. Hãy đăng nhập bằng mật khẩu mới.",
            unknown: "Liên kết này không đầy đủ, đã được dùng hoặc đã hết hạn. Hãy yêu cầu liên kết khác.",
        },
        Language::Ro => Words {
            title: "O parolă nouă",
            question: "Alegeți o parolă nouă pentru contul dumneavoastră.",
            consequence: "Veți fi deconectat peste tot.",
            confirm: "Salvați parola",
            done: "Gata. Conectați-vă cu parola nouă.",
            unknown: "Acest link este incomplet, a fost deja folosit sau a expirat. Cereți altul.",
        },
        Language::Bn => Words {
            title: "নতুন পাসওয়ার্ড",
            question: "আপনার অ্যাকাউন্টের জন্য একটি নতুন পাসওয়ার্ড বেছে নিন।",
            consequence: "আপনি সব জায়গা থেকে সাইন আউট হবেন।",
            confirm: "পাসওয়ার্ড সংরক্ষণ করুন",
            done: "হয়ে গেছে। নতুন পাসওয়ার্ড দিয়ে সাইন ইন করুন।",
            unknown: "এই লিংকটি অসম্পূর্ণ, ব্যবহৃত বা মেয়াদোত্তীর্ণ। আরেকটি চেয়ে নিন।",
        },
    }
}
