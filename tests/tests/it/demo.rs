//! `cargo dev demo` against a platform of a test's own: every chapter goes as it should, and again with the same patient.

use std::{
    fs,
    os::unix::fs::symlink,
    path::PathBuf,
    process,
    time::{Duration, Instant},
};

use careway_standalone::seed;
use careway_tests::{TestPlatform, accepted, dev, http_file};
use serde_json::json;

/// Requests as editors send them.
const REQUESTS: [(&str, &str); 4] = [
    ("visit.http", include_str!("../../../docs/http/visit.http")),
    ("renewals.http", include_str!("../../../docs/http/renewals.http")),
    ("cases.http", include_str!("../../../docs/http/cases.http")),
    ("webhooks.http", include_str!("../../../docs/http/webhooks.http")),
];

/// A line of each chapter, in the order in which they are told.
const CHAPTERS: [&str; 13] = [
    "401 Unauthorized CODE_REJECTED",
    "Umurage Comprehensive, for what the patient is here for",
    "/preauthorizations/check",
    "IMG-MRI, MNEC-001: By what was sent, the care was not called for. The scan will show it.",
    "found to be application/pdf, and kept sealed",
    "LAB-CRE, PRCE-001: ",
    "LAB-HPYLORI, MNEC-001: ",
    "What became of your claim: The claim is approved in part.",
    "less by exactly what the payer pays",
    "409 Conflict NOTHING_LEFT",
    "claim.explanation         the member's link\n",
    "prescription.dispense     Yvette Umuhoza        Akanyoni Family Clinic",
    "409 Conflict VISIT_DISPUTED",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_tells_a_whole_visit_as_often_as_anybody_asks() {
    let (platform, demo) = network().await;
    let (root, _up) = checkout(&platform, &demo);

    let begun = Instant::now();
    let told = tell(&root, &[]).await;
    let mut rest = told.as_str();
    for chapter in CHAPTERS {
        let (_, after) = rest.split_once(chapter).unwrap_or_else(|| panic!("no {chapter:?} in\n{told}"));
        rest = after;
    }
    assert!(told.contains("UM-100200") && told.contains("All 35 steps went as they should."), "{told}");

    // The first patient has just got a code, unless the machine was slow: the next one comes.
    let next = tell(&root, &[]).await;
    let late = begun.elapsed() > Duration::from_secs(60);
    assert!((late || next.contains("UM-100201")) && next.contains("All 35 steps"), "{next}");

    // Later the first one comes again: what was claimed is taken back, and of the medicines the doctor is warned.
    platform.advance(Duration::from_secs(3600));
    let again = tell(&root, &[]).await;
    for said in
        ["UM-100200", "An earlier demo claimed the same care", "409 Conflict WARNINGS_NOT_ACKNOWLEDGED"]
    {
        assert!(again.contains(said), "no {said:?} in\n{again}");
    }
    assert!(again.contains("9 000 000 RWF left of 9 000 000 RWF\n"), "nothing is used any more:\n{again}");
}

/// With numbers that belong to nobody, as `cargo dev up` has them.
async fn sandbox() -> TestPlatform {
    let settings = [
        ("CAREWAY_CHANNELS_PRIVATE_ADDRESSES", "true"),
        ("CAREWAY_DEVELOPMENT", "true"),
        ("CAREWAY_IDENTITY_SANDBOX_NUMBERS", "+25078999"),
    ];
    let platform = TestPlatform::with(&settings).await;
    let demo = seed::demo(platform.rest().base(), &platform.operator_credentials(), platform.folder()).await;
    demo.unwrap();
    platform
}

#[tokio::test(flavor = "multi_thread")]
async fn the_requests_for_editors_are_answered_as_is_written_there() {
    let platform = sandbox().await;
    let careway = platform.rest().base().trim_end_matches('/');
    for (name, file) in REQUESTS {
        let sent = http_file::send_all(file, &[("careway", careway)]).await;
        assert!(sent.unwrap_or_else(|error| panic!("{name}: {error:#}")) > 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quickstart_goes_as_it_is_written() {
    let platform = sandbox().await;
    let guide = include_str!("../../../docs/quickstart.md");
    let blocks = guide.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    let script: String = blocks.collect();
    let mut shell = tokio::process::Command::new("sh");
    shell.args(["-eux", "-c", &script]).env("CAREWAY", platform.rest().base().trim_end_matches('/'));
    let output = shell.output().await.unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    for said in ["\"inForce\":true", "\"ceilings\":", "\"state\":\"ADMITTED\""] {
        assert!(told.contains(said), "no {said} in\n{told}");
    }
    assert!(platform.messages_to("+250789990001").await.iter().all(|sms| !sms.text.contains("000000")));
}

/// A line of each chapter of the household's story, whatever hour it is there.
const OF_A_HOUSEHOLD: [&str; 7] = [
    "3 new, 0 changed, 0 as they were, 1 not taken",
    "NO_PARTICIPANT",
    "What does a year cost them?",
    "together 2906280 VND",
    "COVERED",
    "DUPLICATE",
    "All 12 steps went as they should.",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_tells_of_a_household_that_renews_as_often_as_anybody_asks() {
    let (platform, demo) = network().await;
    let (root, _up) = checkout(&platform, &demo);
    for _ in 0..2 {
        let told = tell(&root, &["renewals"]).await;
        let mut rest = told.as_str();
        for line in OF_A_HOUSEHOLD {
            let (_, after) = rest.split_once(line).unwrap_or_else(|| panic!("no {line:?} in\n{told}"));
            rest = after;
        }
    }
}

/// A line of each chapter of a partner's story.
const OF_A_PARTNER: [&str; 12] = [
    "POST /v1/interest-forms/confirm",
    "/invitation#",
    "appointments",
    "400 Bad Request INVALID_REQUEST",
    "answers",
    "support+cwr-",
    "the mail is APPENDED",
    "403 Forbidden PERMISSION_DENIED",
    "409 Conflict CASE_CLOSED",
    "the mail is REFUSED CASE_CLOSED",
    "the mail is HELD NOT_AUTHENTICATED",
    "All 20 steps went as they should.",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_tells_of_a_partner_that_gets_help_as_often_as_anybody_asks() {
    let (platform, demo) = network().await;
    let (root, _up) = checkout(&platform, &demo);
    for _ in 0..2 {
        let told = tell(&root, &["cases"]).await;
        let mut rest = told.as_str();
        for line in OF_A_PARTNER {
            let (_, after) = rest.split_once(line).unwrap_or_else(|| panic!("no {line:?} in\n{told}"));
            rest = after;
        }
    }
}

/// A line of each chapter of a clinic's story.
const OF_A_CLINIC: [&str; 22] = [
    "409 Conflict OWN_CONTRACT",
    "First of eight",
    "Customer service is in copy",
    "409 Conflict NOT_READY",
    "PRICE_MISSING",
    "409 Conflict CONSENT_NOT_CURRENT",
    "webhook careway.channels.v1.WebhookTest",
    "200 OK SET_UP",
    "409 Conflict SLOT_HELD",
    "all 11 are green",
    "403 Forbidden PERMISSION_DENIED",
    "200 OK LIVE",
    "409 Conflict PRICE_CHANGED",
    "201 Created BOOKED",
    "webhook careway.channels.v1.BookingMade",
    "409 Conflict SLOT_TAKEN",
    "Maria Popescu",
    "what was booked before keeps its price of 140.00 RON",
    "what was booked keeps its 30",
    "409 Conflict CONNECTION_NOT_LIVE",
    "409 Conflict CONNECTION_ENDED",
    "All 29 steps went as they should.",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_tells_of_a_clinic_that_sells_by_a_call_centre_as_often_as_anybody_asks() {
    let (platform, demo) = network().await;
    let (root, _up) = checkout(&platform, &demo);
    for _ in 0..2 {
        let told = tell(&root, &["channels"]).await;
        let mut rest = told.as_str();
        for line in OF_A_CLINIC {
            let (_, after) = rest.split_once(line).unwrap_or_else(|| panic!("no {line:?} in\n{told}"));
            rest = after;
        }
    }
    let booked_there =
        demo.logins.iter().find(|it| it.role == "ADMINISTRATOR" && it.organization == "Global Assistance");
    let administrator = platform.rest().sign_in(&booked_there.unwrap().credentials()).await.unwrap();
    let endpoints = accepted(200, administrator.get("/v1/webhook-endpoints")).await;
    assert_eq!(endpoints.list("webhookEndpoints").len(), 1, "the demo leaves no endpoint of its own");
}

/// A platform with the demo network, as `cargo dev up` starts it: partners' systems may be on this machine.
async fn network() -> (TestPlatform, seed::Demo) {
    let platform = TestPlatform::with(&[("CAREWAY_CHANNELS_PRIVATE_ADDRESSES", "true")]).await;
    let demo = seed::demo(platform.rest().base(), &platform.operator_credentials(), platform.folder()).await;
    (platform, demo.unwrap())
}

/// What a working copy has in which `cargo dev up` runs; as long as the file is held.
fn checkout(platform: &TestPlatform, demo: &seed::Demo) -> (PathBuf, fs::File) {
    let root = platform.folder().join("checkout");
    let private = root.join(".dev");
    fs::create_dir_all(root.join("crates/dev")).unwrap();
    fs::write(root.join("crates/dev/Cargo.toml"), "").unwrap();
    fs::create_dir_all(&private).unwrap();
    symlink(platform.folder(), private.join("inbox")).unwrap();
    fs::write(private.join("demo.json"), serde_json::to_vec(demo).unwrap()).unwrap();
    let up = private.join("up.json");
    let running = json!({"pid": process::id(), "gateway": demo.gateway});
    fs::write(&up, running.to_string()).unwrap();
    let held = fs::File::open(up).unwrap();
    held.lock().unwrap();
    (root, held)
}

/// What a person sees of it.
async fn tell(root: &PathBuf, story: &[&str]) -> String {
    let output = dev().arg("demo").args(story).current_dir(root).output().await.unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let failure = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}\n{failure}");
    told
}
