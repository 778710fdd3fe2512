//! What the link of a mail shows: a question, and a link on. Following links changes nothing: programs that check them do.

use careway_kernel::Language;

/// The page, in a language. The token is ours, and has no sign that means something in HTML.
pub(crate) fn page(language: Language, token: &str) -> String {
    let [question, yes] = words(language);
    format!(
        "<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>Careway</title>\
         <meta name=\"viewport\" content=\"width=device-width\"></head><body><p>{question}</p>\
         <p><a href=\"../../unsubscribe#{token}\">{yes}</a></p></body></html>"
    )
}

fn words(language: Language) -> [&'static str; 2] {
    match language {
        Language::En => ["Do you want no more reminders at this address?", "End reminders"],
        Language::Rw => ["Ntushaka kongera kwibutswa kuri iyi aderesi?", "Hagarika ubutumwa bwibutsa"],
        Language::Fr => ["Ne plus recevoir de rappels à cette adresse ?", "Arrêter les rappels"],
        Language::Vi => ["Bạn không muốn nhận lời nhắc tại địa chỉ này nữa?", "Ngừng nhận lời nhắc"],
        Language::Ro => ["Nu mai doriți mementouri la această adresă?", "Opriți mementourile"],
        Language::Bn => ["এই ঠিকানায় আর কোনো স্মারক চান না?", "স্মারক বন্ধ করুন"],
    }
}
