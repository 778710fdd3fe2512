//! Who is told what of a pre-authorization, in which words: whoever must act, in time and when it is late; and of the decision
//! the member and those who asked.

use std::time::Duration;

use careway_tests::{Answer, accepted};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::{
    notices::{
        change_member, last_mail, mails, member_reads, next_mail, organization_reads, texts, told_once,
        unsent,
    },
    preauthorization_parties::{PreauthorizationParties, approvals, decide, inquire, line, path, respond},
};

const HOUR: Duration = Duration::from_secs(3600);
/// What is known of a patient and their care, and is nobody's business in a message.
const SECRETS: [&str; 8] = ["J35", "Surgery", "Bed for", "antibiotics", "episodes", "Uwase", "Aline", "UM-"];

#[tokio::test(flavor = "multi_thread")]
async fn a_request_a_question_an_answer_and_a_decision_are_told() {
    let parties = PreauthorizationParties::start().await;
    let (platform, network) = (&parties.platform, &parties.network);
    organization_reads(platform, &network.payer.id, "fr").await;
    organization_reads(platform, &network.facility.id, "vi").await;
    member_reads(network, &parties.member, "fr").await;
    let visit = parties.admit("INPATIENT").await;
    let asked = accepted(201, parties.ask(&visit, &json!([line("SURGERY", "1"), line("BED", "2")]))).await;
    let (it, number) = (path(&asked), asked.text("preauthorization.number"));
    let due = in_kigali(&asked);
    let pended = (
        format!("L’accord préalable {number} vous attend"),
        format!(
            "Bonjour,\n\nImanzi Hospital demande à Umurage Health l’accord préalable {number}. Il attend un \
             examinateur ; la réponse est due le {due}.\n\nIl se trouve dans Careway parmi les accords en attente. \
             C’est à dessein que ce message ne dit rien du patient."
        ),
    );
    assert_eq!(last_mail(platform, &parties.reviewer).await, pended);

    let due = in_kigali(&accepted(200, inquire(&parties.reviewer, &it)).await);
    let question = (
        format!("Câu hỏi về yêu cầu duyệt trước {number}"),
        format!(
            "Xin chào,\n\nUmurage Health có câu hỏi về yêu cầu duyệt trước {number} của Imanzi Hospital. Vui lòng trả \
             lời trong Careway trước {due}."
        ),
    );
    assert_eq!(last_mail(platform, &parties.clinician).await, question);

    let due = in_kigali(&accepted(200, respond(&parties.clinician, &it)).await);
    let answered = (
        format!("Réponse à votre question sur l’accord préalable {number}"),
        format!(
            "Bonjour,\n\nImanzi Hospital a répondu à la question de Umurage Health sur l’accord préalable {number}. Il \
             attend de nouveau un examinateur ; la réponse est due le {due}."
        ),
    );
    assert_eq!(last_mail(platform, &parties.reviewer).await, answered);
    assert_eq!(texts(platform, &parties.member).await.len(), 1, "the admission: nothing is decided yet");

    let decisions = json!([
        {"sequence": 1, "decision": "APPROVE"},
        {"sequence": 2, "decision": "REJECT", "reasonCode": "MNEC-001", "text": "Home care will do"},
    ]);
    accepted(200, decide(&parties.reviewer, &it, decisions)).await;
    let decided = (
        format!("Yêu cầu duyệt trước {number} đã có quyết định"),
        format!(
            "Xin chào,\n\nUmurage Health đã quyết định yêu cầu duyệt trước {number} của Imanzi Hospital: chấp thuận một \
             phần. Quyết định từng dòng có trong Careway."
        ),
    );
    assert_eq!(last_mail(platform, &parties.clinician).await, decided);
    assert_eq!(
        texts(platform, &parties.member).await.pop().unwrap(),
        format!(
            "Careway : votre assureur accepte une partie de la demande de Imanzi Hospital, numéro {number}. \
             L'établissement vous dira laquelle."
        )
    );
    told_once(platform, (2, 4), &SECRETS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_rules_answer_is_told_to_the_member_alone() {
    let parties = PreauthorizationParties::start().await;
    parties.trust_up_to("100000").await;
    let (platform, network) = (&parties.platform, &parties.network);
    member_reads(network, &parties.member, "bn").await;
    let visit = parties.admit("INPATIENT").await;
    let asked = accepted(201, parties.ask(&visit, &json!([line("BED", "2")]))).await;
    assert_eq!(asked.text("preauthorization.state"), "APPROVED");
    assert_eq!(
        texts(platform, &parties.member).await.pop().unwrap(),
        format!(
            "Careway: Imanzi Hospital-এর অনুরোধ বীমা অনুমোদন করেছে, নম্বর {}।",
            asked.text("preauthorization.number")
        )
    );

    member_reads(network, &parties.member, "rw").await;
    let it = parties.pended(&visit, &json!([line("SURGERY", "1")])).await;
    assert_eq!(mails(platform, &parties.reviewer).await.len(), 1);
    let reject = json!([{"sequence": 1, "decision": "REJECT", "reasonCode": "MNEC-001", "text": "No"}]);
    let rejected = accepted(200, decide(&parties.reviewer, &it, reject)).await;
    assert_eq!(
        texts(platform, &parties.member).await.pop().unwrap(),
        format!(
            "Careway: ubwishingizi ntibwemeye ibyo Imanzi Hospital yasabye, nomero {}. Baza ivuriro cyangwa \
             ubwishingizi.",
            rejected.text("preauthorization.number")
        )
    );
    let (_, text) = last_mail(platform, &parties.clinician).await;
    assert!(text.contains(": rejected. "), "{text}");
    // Nobody needs to hear of what needed no asking.
    platform.advance(2 * HOUR);
    let outpatient = parties.admit("OUTPATIENT").await;
    let asked = accepted(201, parties.ask(&outpatient, &json!([line("CONS-GP", "1")]))).await;
    assert_eq!(asked.text("preauthorization.state"), "NOT_REQUIRED");
    told_once(platform, (4, 2), &SECRETS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_must_act_hears_of_the_clock_and_both_when_the_payer_is_late() {
    let parties = PreauthorizationParties::start().await;
    let (platform, network) = (&parties.platform, &parties.network);
    organization_reads(platform, &network.facility.id, "ro").await;
    let visit = parties.admit("INPATIENT").await;
    accepted(200, network.desk.post(&format!("{visit}/notify-admission"), json!({}))).await;
    let it = parties.pended(&visit, &json!([line("SURGERY", "1")])).await;
    assert_eq!(mails(platform, &parties.reviewer).await.len(), 1);
    let asked = accepted(200, inquire(&parties.reviewer, &it)).await;
    let number = asked.text("preauthorization.number");
    assert_eq!(mails(platform, &parties.clinician).await.len(), 1);

    // Three quarters of the facility's time, and then all of it.
    platform.advance(55 * HOUR);
    let warned = (
        format!("Acordul prealabil {number} ajunge la termen"),
        format!(
            "Bună ziua,\n\nacordul prealabil {number}, cerut de Imanzi Hospital de la Umurage Health, vă așteaptă \
             încă. Termenul este {}.",
            in_kigali(&asked)
        ),
    );
    assert_eq!(next_mail(platform, &parties.clinician, 2).await, warned);
    platform.advance(18 * HOUR);
    let (subject, missed) = next_mail(platform, &parties.reviewer, 2).await;
    assert_eq!(subject, format!("No answer on pre-authorization {number}"));
    let due = in_kigali(&accepted(200, parties.reviewer.get(&it)).await);
    assert_eq!(
        missed,
        format!(
            "Hello,\n\nImanzi Hospital has not answered the question of Umurage Health on pre-authorization {number} \
             in time. It waits for a reviewer again, and is due on {due}."
        )
    );

    // The same for the payer's.
    platform.advance(140 * HOUR);
    let (subject, warned) = next_mail(platform, &parties.reviewer, 3).await;
    assert_eq!(subject, format!("Pre-authorization {number} is due soon"));
    assert_eq!(
        warned,
        format!(
            "Hello,\n\npre-authorization {number}, which Imanzi Hospital asked Umurage Health for, still waits for \
             you. It is due on {due}."
        )
    );
    platform.advance(30 * HOUR);
    let (subject, late) = next_mail(platform, &parties.reviewer, 4).await;
    assert_eq!(subject, format!("Pre-authorization {number} is overdue"));
    assert_eq!(
        late,
        format!(
            "Hello,\n\npre-authorization {number} of Imanzi Hospital was due on {due}, and Umurage Health has not \
             decided it. It is escalated: both sides see it marked so in Careway."
        )
    );
    let (subject, _) = next_mail(platform, &parties.clinician, 3).await;
    assert_eq!(subject, format!("Acordul prealabil {number} a depășit termenul"));

    // Approved at last, and never used.
    accepted(200, decide(&parties.reviewer, &it, approvals(1))).await;
    platform.settle().await;
    platform.advance(31 * 24 * HOUR);
    parties.until_state(&it, "EXPIRED").await;
    let (subject, expired) = next_mail(platform, &parties.clinician, 5).await;
    assert_eq!(subject, format!("Acordul prealabil {number} a expirat"));
    assert_eq!(
        expired,
        format!(
            "Bună ziua,\n\nacordul prealabil {number} al Imanzi Hospital nu a fost folosit în întregime la timp. Ce \
             rezerva Umurage Health este din nou liber; alte îngrijiri cer un acord nou."
        )
    );
    told_once(platform, (2, 9), &SECRETS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_without_a_phone_is_no_failure() {
    let parties = PreauthorizationParties::start().await;
    let visit = parties.admit("INPATIENT").await;
    parties.platform.settle().await;
    change_member(&parties.network, &parties.member, json!({"mobile": ""})).await;
    let it = parties.pended(&visit, &json!([line("SURGERY", "1")])).await;
    assert_eq!(mails(&parties.platform, &parties.reviewer).await.len(), 1);
    accepted(200, decide(&parties.reviewer, &it, approvals(1))).await;
    assert_eq!(mails(&parties.platform, &parties.clinician).await.len(), 1);
    assert_eq!(unsent(&parties.platform, "preauthorization_approved").await, ["NO_CONTACT"]);
    told_once(&parties.platform, (1, 2), &SECRETS).await;
}

/// When it is due, as clocks at the payer and at the facility show it.
fn in_kigali(answer: &Answer) -> String {
    let due: DateTime<Utc> = answer.text("preauthorization.dueAt").parse().unwrap();
    (due + TimeDelta::hours(2)).format("%Y-%m-%d %H:%M").to_string()
}
