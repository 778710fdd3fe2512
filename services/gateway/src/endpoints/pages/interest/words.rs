//! The words of the page, in the languages that people are written to in.

use careway_kernel::Language;

/// What the page says.
pub(super) struct Words {
    /// Of the page.
    pub(super) title: &'static str,
    /// Who the reader is.
    pub(super) question: &'static str,
    /// On the button.
    pub(super) confirm: &'static str,
    /// For whoever did not fill in anything.
    pub(super) otherwise: &'static str,
    /// It is confirmed.
    pub(super) done: &'static str,
    /// The link is no good.
    pub(super) unknown: &'static str,
}

/// The words in a language.
pub(super) fn words(language: Language) -> Words {
    match language {
        Language::Rw => Words {
            title: "Emeza urupapuro rwawe",
            question: "Hari uwujuje urupapuro rwo gusaba gukorana na Careway akoresheje aderesi yawe. Ni wowe?",
            confirm: "Yego, ni njye",
            otherwise: "Niba atari wowe, funga iyi paji gusa: ibitemejwe birasibwa.",
            done: "Murakoze. Urupapuro rwanyu rwageze ku bakozi bacu; tuzabamenyesha kuri imeyili.",
            unknown: "Iyi link ntiyuzuye cyangwa ntikora. Yifungure nanone uhereye mu butumwa, cyangwa wongere wuzuze urupapuro.",
        },
        Language::En => Words {
            title: "Confirm your interest form",
            question: "Somebody filled in the interest form of Careway with your address. Was it you?",
            confirm: "Yes, it was me",
            otherwise: "If it was not you, just close this page: what is not confirmed is deleted.",
            done: "Thank you. Your form is with our team; you hear from us by mail.",
            unknown: "This link is not complete, or not valid any more. Open it again from the mail, or fill in the form again.",
        },
        Language::Fr => Words {
            title: "Confirmez votre formulaire",
            question: "Quelqu’un a rempli le formulaire d’intérêt de Careway avec votre adresse. Était-ce vous ?",
            confirm: "Oui, c’était moi",
            otherwise: "Si ce n’était pas vous, fermez simplement cette page : ce qui n’est pas confirmé est effacé.",
            done: "Merci. Votre formulaire est entre les mains de notre équipe ; vous serez averti par courriel.",
            unknown: "Ce lien est incomplet ou n’est plus valable. Ouvrez-le de nouveau depuis le courriel, ou remplissez le formulaire à nouveau.",
        },
        Language::Vi => Words {
            title: "Xác nhận biểu mẫu của bạn",
            question: "Có người đã điền biểu mẫu quan tâm của Careway với địa chỉ của bạn. Đó có phải là bạn không?",
            confirm: "Vâng, đó là tôi",
            otherwise: "Nếu không phải bạn, chỉ cần đóng trang này: những gì không được xác nhận sẽ bị xóa.",
            done: "Cảm ơn bạn. Biểu mẫu đang được nhóm chúng tôi xem xét; bạn sẽ nhận được thư.",
            unknown: "Liên kết này không đầy đủ hoặc không còn hiệu lực. Hãy mở lại từ thư, hoặc điền lại biểu mẫu.",
        },
        Language::Ro => Words {
            title: "Confirmați formularul",
            question: "Cineva a completat formularul de interes Careway cu adresa dvs. Ați fost dvs.?",
            confirm: "Da, eu am fost",
            otherwise: "Dacă nu ați fost dvs., închideți pur și simplu această pagină: ce nu se confirmă se șterge.",
            done: "Vă mulțumim. Formularul este la echipa noastră; veți primi un e-mail.",
            unknown: "Acest link este incomplet sau nu mai este valabil. Deschideți-l din nou din e-mail sau completați iar formularul.",
        },
        Language::Bn => Words {
            title: "আপনার ফর্ম নিশ্চিত করুন",
            question: "আপনার ঠিকানা দিয়ে কেউ Careway-এর আগ্রহের ফর্ম পূরণ করেছেন। আপনিই কি?",
            confirm: "হ্যাঁ, আমিই",
            otherwise: "আপনি না হলে শুধু এই পাতাটি বন্ধ করুন: নিশ্চিত না হলে তা মুছে ফেলা হয়।",
            done: "ধন্যবাদ। ফর্মটি আমাদের দলের কাছে আছে; ই-মেইলে জানানো হবে।",
            unknown: "লিংকটি অসম্পূর্ণ অথবা আর কার্যকর নয়। ই-মেইল থেকে আবার খুলুন, অথবা ফর্মটি আবার পূরণ করুন।",
        },
    }
}
