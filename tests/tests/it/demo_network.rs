//! The demo network that `cargo dev up` makes: it is what it says, and making it again changes nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
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

/// Partners' systems of the demo are on this machine.
const SETTINGS: [(&str, &str); 1] = [("CAREWAY_CHANNELS_PRIVATE_ADDRESSES", "true")];

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_network_is_made_once_and_its_first_member_can_be_checked_in() {
    let platform = TestPlatform::with(&SETTINGS).await;
    let make = async || {
        seed::demo(platform.rest().base(), &platform.operator_credentials(), platform.folder()).await.unwrap()
    };
    let demo = make().await;
    platform.settle().await;
    has_a_few_days_work_in_it(&platform, &demo).await;
    has_households_that_renew(&platform, &demo).await;
    has_partners_that_get_help(&platform, &demo).await;
    has_appointments_that_are_sold(&platform, &demo).await;

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
    let sold = bookings(&platform, &demo).await.body;
    let cases = cases(&platform, &demo).await.body;
    let first = noted(&platform).await;
    let again = make().await;
    let second = noted(&platform).await - first;
    assert!(second < first / 2, "what is there is not made again: {second} commands after {first}");
    assert_eq!(serde_json::to_value(&again).unwrap(), serde_json::to_value(&demo).unwrap());
    let after = accepted(200, platform.operator().await.get("/v1/organizations")).await;
    assert_eq!(after.body, organizations.body);
    platform.settle().await;
    assert_eq!((states(&platform, &demo).await, self::messages(&platform)), (claims, messages));
    assert_eq!(self::cases(&platform, &demo).await.body, cases);
    assert_eq!(bookings(&platform, &demo).await.body, sold);
    has_a_promise_that_is_not_kept(&platform, &demo).await;
    has_an_appointment_that_is_past_soon(&platform, &demo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_network_that_was_interrupted_is_completed() {
    let platform = TestPlatform::with(&SETTINGS).await;
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
    // And while a clinic is connected with call centres, and once one of them books.
    for (table, rows) in [("connection", 2), ("joint_test", 1), ("booking where test_id is null", 3)] {
        let begun = until("a clinic to sell", async || {
            Ok((count_in(&platform, "channels", table).await >= rows).then_some(()))
        });
        tokio::select! {
            made = make() => panic!("made before there were {rows} of {table}: {:?}", made.err()),
            begun = begun => begun.unwrap(),
        }
        platform.settle().await;
        platform.advance(Duration::from_secs(10));
    }
    let demo = make().await.unwrap();
    has_appointments_that_are_sold(&platform, &demo).await;
    let officer = sign_in(&platform, &demo, "BENEFITS_OFFICER").await;
    assert_eq!(accepted(200, officer.get("/v1/plans")).await.list("plans").len(), 2);
    assert_eq!(accepted(200, officer.get("/v1/contracts")).await.list("contracts").len(), 3);
    assert_eq!(states(&platform, &demo).await, expected());
    assert_eq!(count(&platform, "claim").await, 12);
    assert_eq!(count(&platform, "visit where state <> 'AWAITING_CODE'").await, 12);
    assert_eq!(count(&platform, "preauthorization").await, 1);
    assert_eq!(count(&platform, "payment_advice").await, 2);
    assert_eq!(cases(&platform, &demo).await.list("cases").len(), 12);
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
    count_in(platform, "visits", of).await
}

/// How many rows of a service there are.
async fn count_in(platform: &TestPlatform, service: &str, of: &str) -> i64 {
    let mut reader = platform.database(service).read(&Call::system("tests")).await.unwrap();
    let query = sqlx::AssertSqlSafe(format!("select count(*) from {of}"));
    sqlx::query_scalar(query).fetch_one(&mut *reader).await.unwrap()
}

/// How many commands and looks every service has noted.
async fn noted(platform: &TestPlatform) -> i64 {
    let mut rows = 0;
    for service in ["identity", "visits", "renewals", "cases", "channels"] {
        rows += count_in(platform, service, "audit_entry").await;
    }
    rows
}

/// How many messages were sent to anybody.
fn messages(platform: &TestPlatform) -> usize {
    std::fs::read_dir(platform.folder()).unwrap().count()
}

/// An authority, two agencies and some hundred participants: everything that can be wrong with a list, and with how people are
/// reached.
async fn has_households_that_renew(platform: &TestPlatform, demo: &Demo) {
    let (agent, officer) = (sign_in(platform, demo, "AGENT").await, sign_in(platform, demo, "OFFICER").await);
    let total = async |by: &Rest, path: &str| accepted(200, by.get(path)).await.at("total").as_i64().unwrap();
    let (own, all) = (total(&agent, "/v1/participants").await, total(&officer, "/v1/participants").await);
    assert!(own > 400 && all > 600 && own < all, "{own} of {all}");
    for contact in ["NONE", "LANDLINE", "SUSPECT", "DIFFERS"] {
        assert!(total(&agent, &format!("/v1/participants?contact={contact}")).await > 0, "{contact}");
    }
    let results =
        ["NOT_CONTACTED", "CONTACTED", "PROMISED", "RENEWED", "REFUSED", "MOVED", "DECEASED", "WRONG_NUMBER"];
    for result in results {
        assert!(total(&agent, &format!("/v1/participants?result={result}")).await > 0, "{result}");
    }

    let settings = accepted(200, agent.get("/v1/renewal-settings")).await;
    assert_eq!(settings.list("settings.baseSalaries").len(), 3);
    let hoa = accepted(200, agent.get("/v1/renewals?q=7936491863")).await;
    assert_eq!((hoa.at("total"), hoa.text("renewals.0.fullName")), (&json!(1), "Trần Thị Hoà"));
    assert!(matches!(hoa.at("renewals.0.daysLeft").as_i64(), Some(13 | 14)), "{hoa}");
    let mismatches = accepted(200, officer.get("/v1/renewals/mismatches")).await;
    let reasons: Vec<_> =
        mismatches.list("mismatches").iter().map(|it| it["reason"].as_str().unwrap()).collect();
    assert_eq!((reasons.len(), BTreeSet::from_iter(reasons).len()), (5, 3));
    let issues = accepted(200, officer.get("/v1/data-issues")).await;
    let open = issues.list("dataIssues").iter().filter(|it| it["state"] == "OPEN").count();
    assert_eq!((issues.list("dataIssues").len(), open), (3, 2));
    assert_eq!(
        total(&officer, "/v1/renewals?state=RENEWED").await,
        0,
        "what was renewed by mistake was taken back"
    );
}

/// Every case, as support lists them.
async fn cases(platform: &TestPlatform, demo: &Demo) -> Answer {
    let agent = sign_in(platform, demo, "SUPPORT_AGENT").await;
    accepted(200, agent.get("/v1/cases?pageSize=200")).await
}

/// Two partners with cases in every state, in the portal and by mail, one that follows another, and a mail that nobody believes.
async fn has_partners_that_get_help(platform: &TestPlatform, demo: &Demo) {
    let (agent, lead) =
        (sign_in(platform, demo, "SUPPORT_AGENT").await, sign_in(platform, demo, "SUPPORT_LEAD").await);
    let listed = cases(platform, demo).await;
    let mut states = BTreeMap::new();
    for case in listed.list("cases") {
        *states.entry(case["state"].as_str().unwrap()).or_insert(0) += 1;
    }
    let expected = [("CLOSED", 2), ("IN_PROGRESS", 3), ("OPEN", 4), ("SOLVED", 2), ("WAITING_ON_PARTNER", 1)];
    assert_eq!(states, expected.into());
    let of = |name: &'static str, value: &'static str| {
        listed.list("cases").iter().filter(move |case| case[name] == value).collect::<Vec<_>>()
    };
    assert_eq!((of("channel", "MAIL").len(), of("organizationName", "Global Assistance").len()), (2, 4));
    let [followed] = of("subject", "Bookings come twice")[..] else { panic!("no case that was followed up") };
    assert_eq!(followed["followUps"][0]["state"], "OPEN");

    let [by_mail] = of("subject", "Opening hours during Ramadan")[..] else { panic!("no mail of Tanvir's") };
    let said = format!("/v1/cases/{}/messages", by_mail["number"].as_str().unwrap());
    let said = accepted(200, agent.get(&said)).await;
    assert_eq!(said.text("messages.0.attachments.0.fileName"), "opening-hours.pdf");
    assert_eq!(said.text("messages.0.attachments.0.mediaType"), "application/pdf");
    let held = accepted(200, agent.get("/v1/held-mail")).await;
    assert_eq!((held.list("heldMail").len(), held.text("heldMail.0.reason")), (1, "NOT_AUTHENTICATED"));

    let calendars = accepted(200, lead.get("/v1/work-calendars")).await;
    let names: Vec<_> =
        calendars.list("workCalendars").iter().map(|it| it["workCalendarId"].as_str().unwrap()).collect();
    assert_eq!(names, ["always-bucharest", "default", "dhaka"]);
    let forms = accepted(200, lead.get("/v1/case-forms?q=connect a provider&language=en")).await;
    assert_eq!(forms.text("caseForms.0.topic"), "connection");
}

/// What a channel calls urgent is to be answered within five minutes, and is not.
async fn has_a_promise_that_is_not_kept(platform: &TestPlatform, demo: &Demo) {
    platform.advance(Duration::from_secs(6 * 60));
    let agent = sign_in(platform, demo, "SUPPORT_AGENT").await;
    let urgent = accepted(200, agent.get("/v1/cases?identifier=GA-0311")).await;
    let history = format!("/v1/cases/{}/history", urgent.text("cases.0.caseId"));
    let told = until("a breach to be told of", async || {
        let history = accepted(200, agent.get(&history)).await;
        let is_breach = |it: &&Value| it["after"] == "FIRST_RESPONSE: BREACH";
        Ok(history.list("changes").iter().find(is_breach).cloned())
    });
    told.await.unwrap();
}

async fn of(platform: &TestPlatform, demo: &Demo, role: &str, organization: &str) -> Rest {
    let login = demo.logins.iter().find(|it| it.role == role && it.organization == organization);
    platform.rest().sign_in(&login.unwrap().credentials()).await.unwrap()
}

/// Every appointment, as the clinic's desk lists them.
async fn bookings(platform: &TestPlatform, demo: &Demo) -> Answer {
    let desk = of(platform, demo, "FRONT_DESK", "Clinica Sănătatea").await;
    accepted(200, desk.get("/v1/bookings?pageSize=200")).await
}

/// A clinic that sells by one call centre, is about to by another, and wants to by a third.
async fn has_appointments_that_are_sold(platform: &TestPlatform, demo: &Demo) {
    let clinic = of(platform, demo, "ADMINISTRATOR", "Clinica Sănătatea").await;
    let resources = accepted(200, clinic.get("/v1/resources")).await;
    let kinds = |kind: &str| resources.list("resources").iter().filter(|it| it["kind"] == kind).count();
    assert_eq!((kinds("PRACTITIONER"), kinds("ROOM")), (3, 2));
    assert_eq!(accepted(200, clinic.get("/v1/services")).await.list("services").len(), 6);

    let connections = accepted(200, clinic.get("/v1/connections")).await;
    let channels = accepted(200, clinic.get("/v1/channels")).await;
    let name = |id: &Value| {
        let found = channels.list("channels").iter().find(|it| it["channelId"] == *id);
        found.and_then(|it| it["name"].as_str()).unwrap().to_owned()
    };
    let states: BTreeMap<_, _> = connections
        .list("connections")
        .iter()
        .map(|it| (name(&it["channelId"]), it["state"].as_str().unwrap()))
        .collect();
    let expected = [
        ("Carpatica Asistență", "TESTING"),
        ("Dunărea Medical Line", "DRAFT"),
        ("Global Assistance", "LIVE"),
    ];
    assert_eq!(states, expected.map(|(name, state)| (name.to_owned(), state)).into());
    let of_state = |state: &'static str| {
        connections.list("connections").iter().find(move |it| it["state"] == state).unwrap()
    };
    let steps = of_state("TESTING")["jointTest"]["steps"].as_array().unwrap();
    assert_eq!(steps.iter().filter(|step| step["green"] == true).count(), 4);
    let services = of_state("LIVE")["services"].as_array().unwrap();
    let states: Vec<_> = services.iter().map(|it| it["state"].as_str().unwrap()).collect();
    let count = |state: &str| states.iter().filter(|it| **it == state).count();
    assert_eq!((count("PUBLISHED"), count("NOTIFIED"), states.len()), (5, 1, 6));

    let id = of_state("LIVE")["connectionId"].as_str().unwrap();
    let changes = accepted(200, clinic.get(&format!("/v1/connections/{id}/changes"))).await;
    let states: BTreeSet<_> =
        changes.list("changes").iter().map(|it| it["state"].as_str().unwrap()).collect();
    assert_eq!((changes.list("changes").len(), states), (3, ["IN_FORCE", "TOLD", "UNTOLD"].into()));

    let mut states = BTreeMap::new();
    for booking in bookings(platform, demo).await.list("bookings").iter().filter(|it| it["test"] != true) {
        *states.entry(booking["state"].as_str().unwrap().to_owned()).or_insert(0) += 1;
    }
    let expected = [("BOOKED", 4), ("CANCELLED", 2), ("DECLINED", 1), ("PENDING", 1)];
    assert_eq!(states, expected.map(|(state, count)| (state.to_owned(), count)).into());
    assert!(count_in(platform, "channels", "hold where state = 'OPEN'").await > 0, "a time is held");

    let channel = of(platform, demo, "ADMINISTRATOR", "Global Assistance").await;
    let endpoints = accepted(200, channel.get("/v1/webhook-endpoints")).await;
    assert_eq!(endpoints.list("webhookEndpoints").len(), 1);
    assert_eq!(endpoints.text("webhookEndpoints.0.disabledCause"), "BY_OWNER");
    let agent = of(platform, demo, "AGENT", "Global Assistance").await;
    assert_eq!(accepted(200, agent.get("/v1/channel/catalogue")).await.list("services").len(), 5);
}

/// What began some minutes ago is said to have been kept by the desk.
async fn has_an_appointment_that_is_past_soon(platform: &TestPlatform, demo: &Demo) {
    platform.advance(Duration::from_secs(10 * 60));
    let listed = bookings(platform, demo).await;
    let of_duty = listed.list("bookings").iter().find(|it| it["externalId"] == "GA-88101").unwrap();
    let desk = of(platform, demo, "FRONT_DESK", "Clinica Sănătatea").await;
    let fulfil = format!("/v1/bookings/{}/fulfil", of_duty["bookingId"].as_str().unwrap());
    let fulfilled = accepted(200, desk.post(&fulfil, json!({}))).await;
    assert_eq!(fulfilled.text("booking.state"), "FULFILLED");
}
