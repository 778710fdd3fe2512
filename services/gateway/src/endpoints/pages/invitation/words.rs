//! The words of the page, in the languages of organizations.

use careway_kernel::Language;

/// What the page says.
pub(super) struct Words {
    pub(super) title: &'static str,
    /// Before the organization's name.
    pub(super) question: &'static str,
    /// Before the address that the person signs in with.
    pub(super) address: &'static str,
    /// To whom has an account already.
    pub(super) known: &'static str,
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
            title: "Wahawe ubutumire",
            question: "Watumiriwe gukorana na:",
            address: "Winjira ukoresheje",
            known: "Usanganywe konti. Ijambobanga ryawe ntirihinduka.",
            confirm: "Emera ubutumire",
            done: "Byakozwe. Ubu ushobora kwinjira.",
            unknown: "Iyi link ntiyuzuye, yararangiye cyangwa yarakoreshejwe. Saba umuyobozi wawe kongera kugutumira.",
        },
        Language::En => Words {
            title: "You are invited",
            question: "You are invited to work for:",
            address: "You sign in with",
            known: "You have an account already. Your password stays as it is.",
            confirm: "Accept the invitation",
            done: "It is done. You can sign in now.",
            unknown: "This link is not complete, was used already, or has expired. Ask your administrator to invite you again.",
        },
        Language::Fr => Words {
            title: "Vous êtes invité",
            question: "Vous êtes invité à travailler pour :",
            address: "Vous vous connectez avec",
            known: "Vous avez déjà un compte. Votre mot de passe reste le même.",
            confirm: "Accepter l’invitation",
            done: "C’est fait. Vous pouvez maintenant vous connecter.",
            unknown: "Ce lien est incomplet, a déjà servi ou a expiré. Demandez à votre administrateur de vous inviter de nouveau.",
        },
        Language::Vi => Words {
            title: "Bạn được mời",
            question: "Bạn được mời làm việc cho:",
            address: "Bạn đăng nhập bằng",
            known: "Bạn đã có tài khoản. Mật khẩu của bạn giữ nguyên.",
            confirm: "Nhận lời mời",
            done: "Đã xong. Bây giờ bạn có thể đăng nhập.",
            unknown: "Liên kết này không đầy đủ, đã được dùng hoặc đã hết hạn. Hãy nhờ quản trị viên mời lại.",
        },
        Language::Ro => Words {
            title: "Sunteți invitat",
            question: "Sunteți invitat să lucrați pentru:",
            address: "Vă conectați cu",
            known: "Aveți deja un cont. Parola dumneavoastră rămâne aceeași.",
            confirm: "Acceptați invitația",
            done: "Gata. Acum vă puteți conecta.",
            unknown: "Acest link este incomplet, a fost deja folosit sau a expirat. Cereți administratorului să vă invite din nou.",
        },
        Language::Bn => Words {
            title: "আপনি আমন্ত্রিত",
            question: "আপনাকে কাজ করতে আমন্ত্রণ জানিয়েছে:",
            address: "আপনি সাইন ইন করবেন এই ঠিকানায়",
            known: "আপনার আগে থেকেই একটি অ্যাকাউন্ট আছে। আপনার পাসওয়ার্ড একই থাকবে।",
            confirm: "আমন্ত্রণ গ্রহণ করুন",
            done: "হয়ে গেছে। এখন আপনি সাইন ইন করতে পারেন।",
            unknown: "এই লিংকটি অসম্পূর্ণ, ব্যবহৃত বা মেয়াদোত্তীর্ণ। আপনার প্রশাসককে আবার আমন্ত্রণ জানাতে বলুন।",
        },
    }
}
