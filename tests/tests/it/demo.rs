//! `cargo dev demo` against a platform of a test's own: every chapter goes as it should, and again with the same patient.

use std::{fs, os::unix::fs::symlink, path::PathBuf, process, time::Duration};

use careway_standalone::seed;
use careway_tests::{TestPlatform, dev};
use serde_json::json;

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
    let platform = TestPlatform::start().await;
    let demo = seed::demo(platform.rest().base(), &platform.operator_credentials(), platform.folder())
        .await
        .unwrap();
    let (root, _up) = checkout(&platform, &demo);

    let told = tell(&root).await;
    let mut rest = told.as_str();
    for chapter in CHAPTERS {
        let (_, after) = rest.split_once(chapter).unwrap_or_else(|| panic!("no {chapter:?} in\n{told}"));
        rest = after;
    }
    assert!(told.contains("UM-100200") && told.contains("All 35 steps went as they should."), "{told}");

    // The first patient has just got a code: the next one comes.
    let next = tell(&root).await;
    assert!(next.contains("UM-100201") && next.contains("All 35 steps"), "{next}");

    // Later the first one comes again: what was claimed is taken back, and of the medicines the doctor is warned.
    platform.advance(Duration::from_secs(3600));
    let again = tell(&root).await;
    for said in
        ["UM-100200", "An earlier demo claimed the same care", "409 Conflict WARNINGS_NOT_ACKNOWLEDGED"]
    {
        assert!(again.contains(said), "no {said:?} in\n{again}");
    }
    assert!(again.contains("9 000 000 RWF left of 9 000 000 RWF\n"), "nothing is used any more:\n{again}");
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
async fn tell(root: &PathBuf) -> String {
    let output = dev().arg("demo").current_dir(root).output().await.unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let failure = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}\n{failure}");
    told
}
