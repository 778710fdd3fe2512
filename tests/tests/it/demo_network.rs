//! The demo network that `cargo dev up` makes: it is what it says, and making it again changes nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use careway_service::Call;
use careway_standalone::seed::{self, Demo};
use careway_tests::{Answer, Rest, TestPlatform, accepted, until};
use serde_json::{Value, json};

/// What became of each facility's claims, by their references.
const CLAIMS: [(&str, &str); 12] = [
    ("AKA-0077", "APPROVED"),
    ("AKA-0081", "APPROVED"),
    ("AKA-0085", "DRAFT"),
    ("IMZ-00412", "PAID"),
    ("IMZ-00415", "PAID"),
    ("IMZ-00416", "APPROVED"),
    ("IMZ-00419", "IN_PAYMENT"),
    ("IMZ-00423", "APPEALED"),
    ("IMZ-00427", "PARTIALLY_APPROVED"),
    ("IMZ-00431", "IN_REVIEW"),
    ("INS-318", "PARTIALLY_APPROVED"),
    ("INS-322", "IN_REVIEW"),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_network_is_made_once_and_its_first_member_can_be_checked_in() {
    let platform = TestPlatform::start().await;
    let make = async || {
        seed::demo(platform.rest().base(), &platform.operator_credentials(), platform.folder()).await.unwrap()
    };
    let demo = make().await;
    platform.settle().await;
    has_a_few_days_work_in_it(&platform, &demo).await;

    let desk = demo.login("FRONT_DESK").unwrap();
    let desk = platform.rest().sign_in(&desk.credentials()).await.unwrap();
    let member = &demo.members[0];
    let started = accepted(201, desk.post("/v1/visits", json!({"nationalId": member.national_id}))).await;
    let visit = format!("/v1/visits/{}", started.text("visit.visitId"));
    let code = platform.code_for(&member.phone).await;
    let verified = accepted(200, desk.post(&format!("{visit}/verify"), json!({"code": code}))).await;
    assert_eq!(verified.text("member.memberNumber"), member.member_number);
    assert_eq!(verified.text("member.payerName"), member.payer);
    accepted(200, desk.post(&format!("{visit}/admit"), json!({"serviceType": "OUTPATIENT"}))).await;
    let benefits = accepted(200, desk.get(&format!("{visit}/benefits"))).await;
    assert_eq!(
        benefits.at("statement.ceilings.0.limit.left"),
        benefits.at("statement.ceilings.0.limit.limit")
    );

    for login in &demo.logins {
        let session = platform.rest().token(&login.credentials()).await.unwrap().ok().unwrap();
        assert_eq!(session.text("organization.name"), login.organization);
        assert_eq!(session.at("roles"), &json!([login.role]));
    }

    let organizations = accepted(200, platform.operator().await.get("/v1/organizations")).await;
    platform.settle().await;
    let (claims, messages) = (states(&platform, &demo).await, messages(&platform));
    let since = Instant::now();
    let again = make().await;
    assert!(since.elapsed() < Duration::from_secs(1), "what is there is not made again");
    assert_eq!(serde_json::to_value(&again).unwrap(), serde_json::to_value(&demo).unwrap());
    let after = accepted(200, platform.operator().await.get("/v1/organizations")).await;
    assert_eq!(after.body, organizations.body);
    platform.settle().await;
    assert_eq!((states(&platform, &demo).await, self::messages(&platform)), (claims, messages));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_network_that_was_interrupted_is_completed() {
    let platform = TestPlatform::start().await;
    let credentials = platform.operator_credentials();
    let make = || seed::demo(platform.rest().base(), &credentials, platform.folder());
    // Somewhere in the middle.
    let cut = tokio::time::timeout(Duration::from_millis(700), make()).await;
    assert!(cut.is_err(), "it takes longer than that");
    // And again, once some of the patients are being treated.
    for claims in [1, 5] {
        let begun = until("some claims to be there", async || {
            Ok((count(&platform, "claim").await >= claims).then_some(()))
        });
        tokio::select! {
            made = make() => panic!("made before there were {claims} claims: {:?}", made.err()),
            begun = begun => begun.unwrap(),
        }
        platform.settle().await;
        // Whoever was asked for a code a moment ago may be asked again.
        platform.advance(Duration::from_secs(61));
    }
    let demo = make().await.unwrap();
    let officer = sign_in(&platform, &demo, "BENEFITS_OFFICER").await;
    assert_eq!(accepted(200, officer.get("/v1/plans")).await.list("plans").len(), 2);
    assert_eq!(accepted(200, officer.get("/v1/contracts")).await.list("contracts").len(), 3);
    assert_eq!(states(&platform, &demo).await, expected());
    assert_eq!(count(&platform, "claim").await, 12);
    assert_eq!(count(&platform, "visit where state <> 'AWAITING_CODE'").await, 12);
    assert_eq!(count(&platform, "preauthorization").await, 1);
    assert_eq!(count(&platform, "payment_advice").await, 2);
}

/// A person who opens the lists finds claims in every state, each with its reasons; and what was sent about them.
async fn has_a_few_days_work_in_it(platform: &TestPlatform, demo: &Demo) {
    assert_eq!(states(platform, demo).await, expected());
    let (officer, clerk) =
        (sign_in(platform, demo, "BENEFITS_OFFICER").await, sign_in(platform, demo, "CLAIMS_CLERK").await);
    let rules = accepted(200, officer.get("/v1/claim-rules")).await;
    assert_eq!(rules.at("rules.automaticUpTo"), &json!({"currency": "RWF", "amount": "50000"}));

    let reasons = async |reference: &str| {
        let claim = read(&officer, reference).await;
        let lines = claim.list("claim.lines").iter();
        let of_line = |line: &Value| line["refusals"].as_array().cloned().unwrap_or_default();
        let codes = lines.flat_map(of_line).map(|it| it["code"].as_str().unwrap().to_owned());
        codes.collect::<Vec<_>>()
    };
    assert_eq!(reasons("IMZ-00427").await, ["AUTH-001"], "nobody asked before");
    assert_eq!(reasons("IMZ-00419").await, ["AUTH-006"], "three days were approved");
    assert_eq!(reasons("INS-318").await, ["MNEC-002"], "a reviewer allowed two of four");
    assert!(reasons("IMZ-00412").await.is_empty());

    // Malaria: the consultation's copayment, and a tenth of laboratory and medicines each.
    let paid = read(&officer, "IMZ-00412").await;
    let of_lines: Vec<_> =
        paid.list("claim.lines").iter().map(|line| line["amounts"]["patient"].as_str().unwrap()).collect();
    assert_eq!(of_lines, ["1500", "150", "450", "180", "30"]);
    assert_eq!(paid.text("claim.paymentReference"), "TRF-99812");
    let advices = accepted(200, clerk.get("/v1/payment-advices")).await;
    let advices: BTreeSet<_> = advices
        .list("paymentAdvices")
        .iter()
        .map(|it| (it["reference"].as_str().unwrap().to_owned(), it["state"].as_str().unwrap().to_owned()))
        .collect();
    let known = [("UM-ADVICE-0031", "PAID"), ("UM-ADVICE-0032", "ANNOUNCED")];
    assert_eq!(advices, known.map(|(it, state)| (it.to_owned(), state.to_owned())).into());

    // A mail to everybody who submits claims, or asks before care, is in the mailbox of each; the hospital reads Kinyarwanda.
    for (address, subject) in [
        ("clarisse@imanzi.example", "Inyemezabwishyu"),
        ("clarisse@imanzi.example", "Uruhushya"),
        ("theogene@imanzi.example", "Uruhushya"),
    ] {
        let mails = platform.messages_to(address).await;
        let told = mails.iter().filter_map(|mail| mail.subject.as_deref());
        assert!(
            told.into_iter().any(|it| it.starts_with(subject) && it.ends_with("afatiwe icyemezo")),
            "{address} is told nothing of a {subject}"
        );
    }
}

fn expected() -> BTreeMap<String, String> {
    CLAIMS.map(|(reference, state)| (reference.to_owned(), state.to_owned())).into()
}

/// Every claim of the facilities, as their clerks find it.
async fn states(platform: &TestPlatform, demo: &Demo) -> BTreeMap<String, String> {
    let mut states = BTreeMap::new();
    for login in demo.logins.iter().filter(|login| login.role == "CLAIMS_CLERK") {
        let clerk = platform.rest().sign_in(&login.credentials()).await.unwrap();
        for claim in accepted(200, clerk.get("/v1/claims")).await.list("claims") {
            let field = |name: &str| claim[name].as_str().unwrap().to_owned();
            let known = states.insert(field("externalReference"), field("state"));
            assert!(known.is_none(), "{claim} is there twice");
        }
    }
    states
}

async fn read(by: &Rest, reference: &str) -> Answer {
    let found = accepted(200, by.get(&format!("/v1/claims?externalReference={reference}"))).await;
    accepted(200, by.get(&format!("/v1/claims/{}", found.text("claims.0.claimId")))).await
}

async fn sign_in(platform: &TestPlatform, demo: &Demo, role: &str) -> Rest {
    platform.rest().sign_in(&demo.login(role).unwrap().credentials()).await.unwrap()
}

/// How many rows of the visits there are.
async fn count(platform: &TestPlatform, of: &str) -> i64 {
    let mut reader = platform.database("visits").read(&Call::system("tests")).await.unwrap();
    let query = sqlx::AssertSqlSafe(format!("select count(*) from {of}"));
    sqlx::query_scalar(query).fetch_one(&mut *reader).await.unwrap()
}

/// How many messages were sent to anybody.
fn messages(platform: &TestPlatform) -> usize {
    std::fs::read_dir(platform.folder()).unwrap().count()
}
