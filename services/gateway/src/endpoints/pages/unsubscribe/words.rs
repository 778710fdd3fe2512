//! The words of the page, in the languages that members are written to in.

use careway_kernel::Language;

use super::super::question::Words;

/// The words in a language.
pub(super) fn words(language: Language) -> Words {
    match language {
        Language::Rw => Words {
            title: "Ntushaka kwibutswa?",
            question: "Wabonye ubutumwa bukwibutsa ko ikarita yawe igiye kurangira. Ntushaka kongera kubona bene ubwo butumwa kuri iyi aderesi?",
            consequence: "Ubutumwa ujya usaba ubwawe, nka kode yo kwinjira, uzakomeza kububona.",
            confirm: "Hagarika kunyibutsa",
            otherwise: "Niba ushaka gukomeza kwibutswa, funga iyi paji gusa.",
            done: "Murakoze. Ntuzongera kwibutswa kuri iyi aderesi.",
            unknown: "Iyi link ntiyuzuye cyangwa ntikora. Yifungure nanone uhereye mu butumwa.",
        },
        Language::En => Words {
            title: "No more reminders?",
            question: "A mail reminded you that your card is about to end. Do you want no more of such reminders at this address?",
            consequence: "What you ask for yourself, like a code to sign in with, is still sent.",
            confirm: "End reminders",
            otherwise: "If you want to be reminded, there is nothing to do: just close this page.",
            done: "Thank you. No more reminders are sent to this address.",
            unknown: "This link is not complete, or not valid. Open it again from the mail.",
        },
        Language::Fr => Words {
            title: "Plus de rappels ?",
            question: "Un courriel vous a rappelé que votre carte arrive à son terme. Ne voulez-vous plus de tels rappels à cette adresse ?",
            consequence: "Ce que vous demandez vous-même, comme un code de connexion, vous est toujours envoyé.",
            confirm: "Arrêter les rappels",
            otherwise: "Si vous voulez être averti, vous n’avez rien à faire : fermez simplement cette page.",
            done: "Merci. Aucun rappel ne sera plus envoyé à cette adresse.",
            unknown: "Ce lien est incomplet ou n’est pas valable. Ouvrez-le de nouveau depuis le courriel.",
        },
        Language::Vi => Words {
            title: "Ngừng nhận lời nhắc?",
            question: "Bạn đã nhận được thư nhắc rằng thẻ của bạn sắp hết hạn. Bạn không muốn nhận những lời nhắc như vậy tại địa chỉ này nữa?",
            consequence: "Những gì bạn tự yêu cầu, như mã đăng nhập, vẫn được gửi.",
            confirm: "Ngừng nhận lời nhắc",
            otherwise: "Nếu bạn vẫn muốn được nhắc, bạn không cần làm gì: chỉ cần đóng trang này.",
            done: "Cảm ơn bạn. Sẽ không còn lời nhắc nào được gửi đến địa chỉ này.",
            unknown: "Liên kết này không đầy đủ hoặc không hợp lệ. Hãy mở lại từ thư.",
        },
        Language::Ro => Words {
            title: "Fără mementouri?",
            question: "Un e-mail v-a amintit că vă expiră cardul. Nu mai doriți astfel de mementouri la această adresă?",
            consequence: "Ceea ce cereți dumneavoastră, de exemplu un cod de autentificare, vi se trimite în continuare.",
            confirm: "Opriți mementourile",
            otherwise: "Dacă doriți să vi se amintească, nu trebuie să faceți nimic: închideți pur și simplu pagina.",
            done: "Mulțumim. La această adresă nu se mai trimit mementouri.",
            unknown: "Acest link este incomplet sau nu este valabil. Deschideți-l din nou din e-mail.",
        },
        Language::Bn => Words {
            title: "আর স্মারক চান না?",
            question: "একটি ইমেইল আপনাকে মনে করিয়ে দিয়েছে যে আপনার কার্ডের মেয়াদ শেষ হতে চলেছে। এই ঠিকানায় এমন স্মারক আর চান না?",
            consequence: "আপনি নিজে যা চান, যেমন প্রবেশের কোড, তা আগের মতোই পাঠানো হবে।",
            confirm: "স্মারক বন্ধ করুন",
            otherwise: "স্মারক পেতে চাইলে কিছু করার দরকার নেই: শুধু এই পাতাটি বন্ধ করুন।",
            done: "ধন্যবাদ। এই ঠিকানায় আর কোনো স্মারক পাঠানো হবে না।",
            unknown: "এই লিংকটি অসম্পূর্ণ বা বৈধ নয়। ইমেইল থেকে আবার খুলুন।",
        },
    }
}
