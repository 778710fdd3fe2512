//! The words of the page, in the languages that members are written to in.

use careway_kernel::Language;

use super::super::question::Words;

/// The words in a language.
pub(super) fn words(language: Language) -> Words {
    match language {
        Language::Rw => Words {
            title: "Ntabwo ari wowe?",
            question: "Wabonye ubutumwa buvuga ko wakiriwe ku ivuriro. Niba atari wowe, bitumenyeshe hano.",
            consequence: "Ikigo cy’ubwishingizi bwawe kizasuzuma iyo visite, kandi nta kizishyurwa bitarasuzumwa.",
            confirm: "Ntabwo ari njye",
            otherwise: "Niba ari wowe, nta cyo usabwa gukora: funga iyi paji gusa.",
            done: "Murakoze. Byanditswe, kandi ikigo cy’ubwishingizi bwawe kizabisuzuma. Nomero ya visite:",
            unknown: "Iyi link ntiyuzuye cyangwa ntikora. Yifungure nanone uhereye mu butumwa.",
        },
        Language::En => Words {
            title: "Was it not you?",
            question: "A message told you that you were checked in at a health facility. If that was not you, tell us here.",
            consequence: "Your insurer then looks into the visit, and nothing is paid for it meanwhile.",
            confirm: "It was not me",
            otherwise: "If it was you, there is nothing to do: just close this page.",
            done: "Thank you. It is noted, and your insurer will look into it. Number of the visit:",
            unknown: "This link is not complete, or not valid. Open it again from the message.",
        },
        Language::Fr => Words {
            title: "Ce n’était pas vous ?",
            question: "Un message vous a annoncé que vous avez été admis dans un établissement de santé. Si ce n’était pas vous, dites-le ici.",
            consequence: "Votre assureur examinera alors cette visite, et rien ne sera payé entre-temps.",
            confirm: "Ce n’était pas moi",
            otherwise: "Si c’était bien vous, vous n’avez rien à faire : fermez simplement cette page.",
            done: "Merci. C’est noté, et votre assureur va examiner cette visite. Numéro de la visite :",
            unknown: "Ce lien est incomplet ou n’est pas valable. Ouvrez-le de nouveau depuis le message.",
        },
        Language::Vi => Words {
            title: "Không phải bạn?",
            question: "Bạn đã nhận được tin nhắn rằng bạn được tiếp nhận tại một cơ sở y tế. Nếu đó không phải là bạn, hãy cho chúng tôi biết tại đây.",
            consequence: "Cơ quan bảo hiểm của bạn sẽ kiểm tra lượt khám này và tạm thời không thanh toán.",
            confirm: "Không phải tôi",
            otherwise: "Nếu đúng là bạn, bạn không cần làm gì: chỉ cần đóng trang này.",
            done: "Cảm ơn bạn. Chúng tôi đã ghi nhận và cơ quan bảo hiểm của bạn sẽ kiểm tra. Mã lượt khám:",
            unknown: "Liên kết này không đầy đủ hoặc không hợp lệ. Hãy mở lại từ tin nhắn.",
        },
        Language::Ro => Words {
            title: "Nu ați fost dumneavoastră?",
            question: "Ați primit un mesaj că ați fost înregistrat la o unitate medicală. Dacă nu ați fost dumneavoastră, spuneți-ne aici.",
            consequence: "Asigurătorul dumneavoastră va verifica vizita, iar până atunci nu se plătește nimic pentru ea.",
            confirm: "Nu am fost eu",
            otherwise: "Dacă ați fost dumneavoastră, nu trebuie să faceți nimic: închideți pur și simplu pagina.",
            done: "Mulțumim. Am notat, iar asigurătorul dumneavoastră va verifica. Numărul vizitei:",
            unknown: "Acest link este incomplet sau nu este valabil. Deschideți-l din nou din mesaj.",
        },
        Language::Bn => Words {
            title: "আপনি ছিলেন না?",
            question: "আপনি একটি বার্তা পেয়েছেন যে একটি স্বাস্থ্যকেন্দ্রে আপনার ভর্তি নথিভুক্ত হয়েছে। যদি সেটি আপনি না হন, এখানে আমাদের জানান।",
            consequence: "আপনার বীমাকারী তখন ভিজিটটি খতিয়ে দেখবে, এবং ততদিন এর জন্য কোনো অর্থ দেওয়া হবে না।",
            confirm: "আমি ছিলাম না",
            otherwise: "যদি আপনিই হন, কিছু করার দরকার নেই: শুধু এই পাতাটি বন্ধ করুন।",
            done: "ধন্যবাদ। বিষয়টি নথিভুক্ত হয়েছে, এবং আপনার বীমাকারী এটি খতিয়ে দেখবে। ভিজিট নম্বর:",
            unknown: "এই লিংকটি অসম্পূর্ণ বা বৈধ নয়। বার্তা থেকে আবার খুলুন।",
        },
    }
}
