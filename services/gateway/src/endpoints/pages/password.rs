//! A page that asks for a new password: what a password is, and what is wrong with the one that was typed.

use careway_kernel::Language;

/// The field, what it takes, and what it refuses.
pub(super) const FIELD: &str = include_str!("password.html");

/// Buttons here threaten nothing.
pub(super) const STYLE: &str = include_str!("password.css");

/// As they stand in the braces of the field, in a language.
pub(super) fn named(language: Language) -> [(&'static str, &'static str); 5] {
    let [label, rule, shown, short, common] = match language {
        Language::Rw => [
            "Ijambobanga rishya",
            "Inyuguti 12 kugeza ku 128. Interuro ndende yoroshye kwibuka.",
            "Erekana ijambobanga",
            "Ijambobanga rigomba kugira inyuguti 12 kugeza ku 128.",
            "Iri jambobanga riri mu yo abantu babanza kugerageza. Hitamo irindi.",
        ],
        Language::En => [
            "New password",
            "12 to 128 characters. A long sentence is easy to remember.",
            "Show the password",
            "A password has 12 to 128 characters.",
            "This password is one of those that are tried first. Choose another.",
        ],
        Language::Fr => [
            "Nouveau mot de passe",
            "12 à 128 caractères. Une longue phrase se retient facilement.",
            "Afficher le mot de passe",
            "Un mot de passe a de 12 à 128 caractères.",
            "Ce mot de passe est de ceux que l’on essaie en premier. Choisissez-en un autre.",
        ],
        Language::Vi => [
            "Mật khẩu mới",
            "12 đến 128 ký tự. Một câu dài thì dễ nhớ.",
            "Hiện mật khẩu",
            "Mật khẩu phải có từ 12 đến 128 ký tự.",
            "Mật khẩu này nằm trong số những mật khẩu bị thử đầu tiên. Hãy chọn mật khẩu khác.",
        ],
        Language::Ro => [
            "Parolă nouă",
            "12 până la 128 de caractere. O propoziție lungă se ține minte ușor.",
            "Arată parola",
            "O parolă are între 12 și 128 de caractere.",
            "Această parolă este dintre cele încercate primele. Alegeți alta.",
        ],
        Language::Bn => [
            "নতুন পাসওয়ার্ড",
            "১২ থেকে ১২৮টি অক্ষর। একটি লম্বা বাক্য সহজে মনে থাকে।",
            "পাসওয়ার্ড দেখান",
            "পাসওয়ার্ডে ১২ থেকে ১২৮টি অক্ষর থাকতে হবে।",
            "এই পাসওয়ার্ডটি সবার আগে চেষ্টা করা হয় এমনগুলোর একটি। অন্য একটি বেছে নিন।",
        ],
    };
    [("{label}", label), ("{rule}", rule), ("{shown}", shown), ("{short}", short), ("{common}", common)]
}
