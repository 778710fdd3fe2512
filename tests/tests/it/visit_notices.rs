//! Who is told what of a visit after the admission: of a dispute the payer who settles it and the facility whose claims are
//! frozen, of how it was settled the member and the facility, of an inpatient's notice the desk.

use std::time::Duration;

use careway_tests::{Network, Rest, TestPlatform, accepted, check_in};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::notices::{last_mail, mails, member_reads, next_mail, organization_reads, texts, told_once};

const SECRETS: [&str; 3] = ["Uwase", "Aline", "UM-"];

on_every_layout! {
    a_dispute_and_how_it_was_settled_are_told,
}

async fn a_dispute_and_how_it_was_settled_are_told(platform: &TestPlatform) {
    let network = Network::of(platform).await;
    let Network { payer, facility, desk } = &network;
    organization_reads(platform, &payer.id, "vi").await;
    organization_reads(platform, &facility.id, "fr").await;
    let clerk = facility.staff(platform, &["CLAIMS_CLERK"]).await;

    for (outcome, language) in [("DISMISSED", "ro"), ("UPHELD", "fr")] {
        let member = payer.covered_member(platform).await;
        member_reads(&network, &member, language).await;
        let visit = check_in(platform, desk, &member).await;
        let number = accepted(200, desk.get(&visit)).await.text("visit.visitNumber").to_owned();
        let sms = platform.messages_to(&member.phone).await;
        let token = sms.last().and_then(|sms| sms.token()).unwrap();
        for _ in 0..2 {
            accepted(200, platform.rest().post("/v1/visit-disputes", json!({"token": token}))).await;
        }
        let disputed = (
            format!("Người được bảo hiểm phủ nhận lượt khám {number}"),
            format!(
                "Xin chào,\n\nmột người được bảo hiểm cho biết lượt khám {number} tại Imanzi Hospital không phải của \
                 mình. Các hồ sơ của lượt khám bị tạm khóa cho đến khi Umurage Health giải quyết trong Careway."
            ),
        );
        assert_eq!(last_mail(platform, &payer.officer).await, disputed);
        let disputed = (
            format!("Un assuré conteste la visite {number}"),
            format!(
                "Bonjour,\n\nun assuré déclare que la visite {number} à Imanzi Hospital n’était pas la sienne. Ses \
                 demandes sont gelées jusqu’à ce que Umurage Health ait tranché dans Careway."
            ),
        );
        assert_eq!(last_mail(platform, &clerk).await, disputed);

        settle(&payer.officer, &visit, outcome).await;
        let text = texts(platform, &member).await.pop().unwrap();
        let mail = last_mail(platform, &clerk).await;
        let (expected, subject) = match outcome {
            "DISMISSED" => (
                format!(
                    "Careway: asigurătorul a verificat vizita {number} la Imanzi Hospital și consideră că este a dvs. \
                     Dacă nu sunteți de acord, sunați-l."
                ),
                format!("Le litige sur la visite {number} est réglé"),
            ),
            _ => (
                format!(
                    "Careway : votre assureur reconnaît que la visite {number} à Imanzi Hospital n'était pas la vôtre. \
                     Rien ne sera payé pour elle."
                ),
                format!("La visite {number} n’était pas celle de l’assuré"),
            ),
        };
        assert_eq!((text, mail.0), (expected, subject));
    }
    told_once(platform, (4, 6), &SECRETS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_does_that_work_the_administrator_is_told() {
    let platform = TestPlatform::start().await;
    let network = Network::of(&platform).await;
    let member = network.payer.covered_member(&platform).await;
    check_in(&platform, &network.desk, &member).await;
    let sms = platform.messages_to(&member.phone).await;
    let token = sms.last().and_then(|sms| sms.token()).unwrap();
    accepted(200, platform.rest().post("/v1/visit-disputes", json!({"token": token}))).await;
    let (subject, _) = last_mail(&platform, &network.facility.administrator).await;
    assert!(subject.starts_with("A member disputes visit V"), "{subject}");
    for person in [&network.desk, &network.payer.administrator] {
        assert!(mails(&platform, person).await.is_empty(), "it is not theirs to know");
    }
    told_once(&platform, (1, 2), &SECRETS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_is_warned_before_the_notice_of_an_inpatient_lapses() {
    let platform = TestPlatform::start().await;
    let network = Network::of(&platform).await;
    let Network { payer, facility, desk } = &network;
    organization_reads(&platform, &facility.id, "rw").await;
    let member = payer.covered_member(&platform).await;
    let started = accepted(201, desk.post("/v1/visits", json!({"memberNumber": member.number}))).await;
    let visit = format!("/v1/visits/{}", started.text("visit.visitId"));
    let code = platform.code_for(&member.phone).await;
    accepted(200, desk.post(&format!("{visit}/verify"), json!({"code": code}))).await;
    let admit = desk.post(&format!("{visit}/admit"), json!({"serviceType": "INPATIENT"}));
    let admitted = accepted(200, admit).await;
    let number = admitted.text("visit.visitNumber");
    let due: DateTime<Utc> = admitted.text("visit.admissionNoticeDueAt").parse().unwrap();
    let due = (due + TimeDelta::hours(2)).format("%Y-%m-%d %H:%M");

    platform.advance(Duration::from_secs(17 * 3600));
    assert!(mails(&platform, desk).await.is_empty());
    platform.advance(Duration::from_secs(2 * 3600));
    let warned = (
        format!("Umurage Health itegereje kumenyeshwa visite {number}"),
        format!(
            "Muraho,\n\nUmurage Health ntiramenyeshwa umurwayi urwariye muri Imanzi Hospital kuri visite {number}. Igihe \
             ntarengwa ni {due}; nyuma yaho inyemezabwishyu izakenera usuzuma."
        ),
    );
    assert_eq!(next_mail(&platform, desk, 1).await, warned);
    told_once(&platform, (1, 1), &SECRETS).await;
}

async fn settle(officer: &Rest, visit: &str, outcome: &str) {
    accepted(200, officer.post(&format!("{visit}/dispute/resolve"), json!({"outcome": outcome}))).await;
}
