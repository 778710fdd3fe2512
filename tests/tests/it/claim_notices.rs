//! Who is told what of a claim, in which words: the member of every decision, to the cent; the payer's reviewers of what waits
//! for them; the facility's clerks of what persons decided and paid.

use careway_tests::{Answer, accepted};
use serde_json::json;

use crate::{
    claim_parties::{ClaimParties, Patient, claim, path},
    notices::{
        address, change_member, last_mail, mails, member_reads, organization_reads, texts, told_once, unsent,
    },
};

/// What is known of a patient and their care, and is nobody's business in a message.
const SECRETS: [&str; 7] = ["J06", "Consultation", "Blood", "Numération", "Uwase", "Aline", "UM-"];

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_told_to_the_cent_and_its_links_lead_on() {
    let mut parties = ClaimParties::with_rules("0").await;
    in_lei(&mut parties).await;
    let (first, second) = (parties.patient().await, parties.patient().await);
    let admitted = texts(&parties.platform, &first.member).await.pop().unwrap();
    let (words, link) = admitted.rsplit_once(' ').unwrap();
    let number = &first.visit_number;
    assert_eq!(
        words,
        format!("Careway: you were checked in at Imanzi Hospital, visit {number}. Was it not you?")
    );
    assert!(link.starts_with("https://careway.example/dispute#"));

    member_reads(&parties.network, &first.member, "fr").await;
    member_reads(&parties.network, &second.member, "vi").await;
    let made = accepted(201, parties.submit(&first, &["CONS-LEI"])).await;
    assert_eq!(
        (made.text("claim.amounts.payer"), made.text("claim.amounts.patient")),
        ("9930.01", "1103.34")
    );
    let text = texts(&parties.platform, &first.member).await.pop().unwrap();
    let [explanation, dispute] = links(&text);
    let number = made.text("claim.number");
    assert_eq!(
        text,
        format!(
            "Careway : demande {number} de Imanzi Hospital : votre assureur paie RON 9,930.01, vous payez RON \
             1,103.34. Détails : {explanation} Ce n'était pas vous ? {dispute}"
        )
    );

    // The first link reads that claim, the second disputes that visit.
    let token = explanation.strip_prefix("https://careway.example/explanation#").unwrap();
    let read = parties.platform.rest().post("/v1/explanations", json!({"token": token, "language": "fr"}));
    let read = accepted(200, read.without_key()).await;
    assert_eq!(read.text("explanation.claimNumber"), number);
    let of_second = accepted(201, parties.submit(&second, &["CONS-LEI"])).await;
    let text = texts(&parties.platform, &second.member).await.pop().unwrap();
    let [explanation, dispute] = links(&text);
    assert_eq!(
        text,
        format!(
            "Careway: hồ sơ {} của Imanzi Hospital: bảo hiểm trả RON 9,930.01, bạn trả RON 1,103.34. Chi tiết: \
             {explanation} Không phải bạn? {dispute}",
            of_second.text("claim.number")
        )
    );

    // Who submitted reads the decision in the answer; nobody at the payer had to decide.
    for person in [&parties.clerk, &parties.reviewer, &parties.network.payer.officer] {
        assert!(mails(&parties.platform, person).await.is_empty());
    }
    told_once(&parties.platform, (4, 0), &SECRETS).await;
    let token = dispute.strip_prefix("https://careway.example/dispute#").unwrap();
    let said = parties.platform.rest().post("/v1/visit-disputes", json!({"token": token}));
    assert_eq!(accepted(200, said).await.text("visitNumber"), second.visit_number);
}

#[tokio::test(flavor = "multi_thread")]
async fn reviewers_clerks_and_the_member_hear_of_a_claim_in_their_own_languages() {
    let parties = ClaimParties::with_rules("0").await;
    let (platform, network) = (&parties.platform, &parties.network);
    let patient = parties.patient().await;
    member_reads(network, &patient.member, "rw").await;
    organization_reads(platform, &network.payer.id, "fr").await;
    organization_reads(platform, &network.facility.id, "vi").await;

    let claim = accepted(201, parties.submit(&patient, &["CONS", "LAB"])).await;
    let number = claim.text("claim.number");
    assert_eq!(claim.text("claim.state"), "IN_REVIEW");
    let waits = (
        format!("La demande {number} vous attend"),
        format!(
            "Bonjour,\n\nImanzi Hospital a soumis la demande {number} à Umurage Health. Elle attend un examinateur \
             dans Careway. C’est à dessein que ce message ne dit rien du patient."
        ),
    );
    assert_eq!(last_mail(platform, &parties.reviewer).await, waits);
    assert_eq!(texts(platform, &patient.member).await.len(), 1, "nothing is decided yet");

    let decisions = json!({"lines": [{"line": 2, "decision": "REJECT", "reasonCode": "MNEC-001"}]});
    accepted(200, parties.reviewer.post(&format!("{}/review", path(&claim)), decisions)).await;
    let decided = |state: &str| {
        (
            format!("Hồ sơ {number} đã có quyết định"),
            format!(
                "Xin chào,\n\nUmurage Health đã quyết định hồ sơ thanh toán {number} của Imanzi Hospital: {state}. \
                 Quyết định từng dòng và lý do có trong Careway."
            ),
        )
    };
    assert_eq!(last_mail(platform, &parties.clerk).await, decided("chấp thuận một phần"));
    is_told_in_kinyarwanda(&parties, &patient, number, ("RWF 8,100", "RWF 1,900")).await;

    accepted(200, parties.ask(&claim, "appeal", json!({"reason": "The record shows why."}))).await;
    let appealed = (
        format!("Un recours sur la demande {number}"),
        format!(
            "Bonjour,\n\nImanzi Hospital conteste la décision de Umurage Health sur la demande {number}. Le recours \
             attend un examinateur dans Careway."
        ),
    );
    assert_eq!(last_mail(platform, &parties.reviewer).await, appealed);
    let answer = json!({"outcome": "UPHELD", "text": "It does not."});
    accepted(200, parties.reviewer.post(&format!("{}/decide-appeal", path(&claim)), answer)).await;
    assert_eq!(last_mail(platform, &parties.clerk).await, decided("giữ nguyên quyết định đầu"));
    is_told_in_kinyarwanda(&parties, &patient, number, ("RWF 8,100", "RWF 1,900")).await;

    told_once(platform, (3, 4), &SECRETS).await;
}

async fn is_told_in_kinyarwanda(
    parties: &ClaimParties,
    patient: &Patient,
    number: &str,
    (payer, own): (&str, &str),
) {
    let text = texts(&parties.platform, &patient.member).await.pop().unwrap();
    let [explanation, dispute] = links(&text);
    assert_eq!(
        text,
        format!(
            "Careway: inyemezabwishyu {number} ya Imanzi Hospital: ubwishingizi bwishyura {payer}, wowe wishyura {own}. \
             Ibisobanuro: {explanation} Niba atari wowe: {dispute}"
        )
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_of_a_claim_is_taken_back_with_it() {
    let parties = ClaimParties::with_rules("0").await;
    let (platform, patient) = (&parties.platform, parties.patient().await);
    member_reads(&parties.network, &patient.member, "ro").await;
    organization_reads(platform, &parties.network.payer.id, "bn").await;
    let mut draft = claim(&["XRAY"]);
    draft["submit"] = json!(false);
    let draft = accepted(201, parties.clerk.post(&format!("{}/claims", patient.visit), draft)).await;
    let undecided = accepted(201, parties.submit(&patient, &["LAB"])).await;
    let decided = accepted(201, parties.submit(&patient, &["CONS"])).await;
    // Decided before it is told, it would wait for nobody.
    platform.settle().await;
    accepted(200, parties.reviewer.post(&format!("{}/review", path(&decided)), json!({}))).await;
    assert_eq!(mails(platform, &parties.reviewer).await.len(), 2);

    let recall = async |claim: &Answer| {
        accepted(200, parties.ask(claim, "recall", json!({"reason": "Wrong visit"}))).await;
        platform.settle().await;
    };
    // The payer never knew of a draft, and the member of none that was not decided.
    recall(&draft).await;
    assert_eq!(mails(platform, &parties.reviewer).await.len(), 2);
    recall(&undecided).await;
    let number = undecided.text("claim.number");
    let gone = (
        format!("দাবি {number} ফিরিয়ে নেওয়া হয়েছে"),
        format!(
            "শুভেচ্ছা,\n\nImanzi Hospital দাবি {number} ফিরিয়ে নিয়েছে। এ নিয়ে Umurage Health-এর আর কিছু সিদ্ধান্ত \
             নেওয়ার বা পরিশোধ করার নেই।"
        ),
    );
    assert_eq!(last_mail(platform, &parties.reviewer).await, gone);
    assert_eq!(texts(platform, &patient.member).await.len(), 2, "the admission, and one decision");
    recall(&decided).await;
    assert_eq!(
        texts(platform, &patient.member).await.pop().unwrap(),
        format!(
            "Careway: Imanzi Hospital a retras cererea {}. Ce v-am scris despre ea nu mai este valabil.",
            decided.text("claim.number")
        )
    );
    told_once(platform, (3, 5), &SECRETS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_told_once_however_many_claims_it_pays() {
    let parties = ClaimParties::with_rules("1000000").await;
    let (platform, officer) = (&parties.platform, &parties.network.payer.officer);
    organization_reads(platform, &parties.network.facility.id, "fr").await;
    let patient = parties.patient().await;
    let mut claims = Vec::new();
    for code in ["CONS", "LAB", "XRAY"] {
        claims.push(accepted(201, parties.submit(&patient, &[code])).await);
    }
    let ids: Vec<_> = claims.iter().map(|claim| claim.text("claim.claimId")).collect();
    let facility = &parties.network.facility.id;
    let advise = async |ids: &[&str]| {
        let wish = json!({"facilityId": facility, "claimIds": ids});
        accepted(201, officer.post("/v1/payment-advices", wish)).await
    };
    let payment = |reference: &str| json!({"reference": reference, "paidOn": parties.today()});
    let told = |advice: &Answer, total: &str, reference: &str| {
        let number = advice.text("paymentAdvice.number");
        (
            format!("Umurage Health a payé l’avis de paiement {number}"),
            format!(
                "Bonjour,\n\nUmurage Health a payé à Imanzi Hospital l’avis de paiement {number} : {total}, référence \
                 {reference}. Ce qui est payé de chaque demande, ligne par ligne, se trouve dans Careway."
            ),
        )
    };

    let advice = advise(&ids[..2]).await;
    assert!(mails(platform, &parties.clerk).await.is_empty(), "announced is not paid");
    let pay = format!("{}/mark-paid", advice.header("location").unwrap());
    accepted(200, officer.post(&pay, payment("TRF-1"))).await;
    assert_eq!(last_mail(platform, &parties.clerk).await, told(&advice, "RWF 11,700", "TRF-1"));
    // Paid claim by claim, an advice is paid with its last one.
    let advice = advise(&ids[2..]).await;
    accepted(200, officer.post(&format!("/v1/claims/{}/mark-paid", ids[2]), payment("TRF-2"))).await;
    assert_eq!(last_mail(platform, &parties.clerk).await, told(&advice, "RWF 17,100", "TRF-2"));
    told_once(platform, (4, 2), &SECRETS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reviewer_is_told_and_a_member_without_a_phone_is_no_failure() {
    let parties = ClaimParties::with_rules("0").await;
    let (platform, payer) = (&parties.platform, &parties.network.payer);
    let second = payer.staff(platform, &["MEDICAL_REVIEWER"]).await;
    let patient = parties.patient().await;
    platform.settle().await;
    change_member(&parties.network, &patient.member, json!({"mobile": ""})).await;
    let claim = accepted(201, parties.submit(&patient, &["CONS"])).await;
    let both = [address(&parties.reviewer).await, address(&second).await];
    let together = platform.messages_to(&both.join(", ")).await.len();
    for address in &both {
        let alone =
            platform.messages_to(address).await.into_iter().filter(|mail| mail.link().is_none()).count();
        assert_eq!(alone + together, 1, "{address}");
    }

    accepted(200, parties.reviewer.post(&format!("{}/review", path(&claim)), json!({}))).await;
    assert_eq!(mails(platform, &parties.clerk).await.len(), 1, "the facility hears of it all the same");
    assert_eq!(unsent(platform, "claim_decided").await, ["NO_CONTACT"]);
    assert_eq!(texts(platform, &patient.member).await.len(), 1, "the admission alone");
}

/// A plan, a price and rules in a currency that has cents.
async fn in_lei(parties: &mut ClaimParties) {
    let officer = &parties.network.payer.officer;
    let named = |text: &str| json!([{"language": "en", "text": text}]);
    let plan = json!({
        "code": "LEI", "names": named("In lei"), "currency": "RON",
        "benefits": [{
            "code": "CONSULTATION", "serviceType": "OUTPATIENT", "names": named("Consultation"),
            "coinsurancePercent": "10",
        }],
    });
    let plan = accepted(201, officer.post("/v1/plans", plan)).await.text("plan.planId").to_owned();
    let prices = "code,kind,name,benefits,currency,price,from\n\
                  CONS-LEI,SERVICE,Consultation,CONSULTATION,RON,11033.35,2020-01-01\n";
    accepted(200, officer.upload("/v1/tariffs/import", "text/csv", prices)).await;
    let now = accepted(200, officer.get("/v1/claim-rules")).await;
    let rules = json!({"automaticUpTo": {"currency": "RON", "amount": "20000"}});
    accepted(200, officer.put("/v1/claim-rules", rules).if_match(now.etag())).await;
    parties.network.payer.plan = plan;
}

/// The two links of a decision's SMS.
fn links(text: &str) -> [&str; 2] {
    let links: Vec<_> = text.split_whitespace().filter(|word| word.starts_with("https://")).collect();
    links.try_into().unwrap_or_else(|_| panic!("two links: {text}"))
}
