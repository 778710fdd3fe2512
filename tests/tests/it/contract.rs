//! The REST interface against its own document: valid OpenAPI 3.1, and no request made from it, right or wrong, is answered
//! with a fault. The checkers come from PyPI: `cargo dev test` installs them and says where in `CAREWAY_TEST_TOOLS`.

use std::path::PathBuf;

use careway_tests::{Network, World};
use serde_json::json;
use tokio::process::Command;

/// Ends the session that asks; the journeys have them.
const ENDS_THE_SESSION: [&str; 2] = ["/v1/sessions/current", "/v1/sessions/switch"];
/// Seconds of fuzzing for each kind of organization.
const SECONDS: &str = "40";

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_valid_openapi() {
    let world = World::start().await;
    let path = std::env::temp_dir().join(format!("careway-openapi-{}.json", std::process::id()));
    std::fs::write(&path, world.platform().openapi().to_string()).unwrap();
    run(Command::new(tool("openapi-spec-validator")).arg(&path)).await;
    std::fs::remove_file(&path).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_made_from_the_document_is_answered_with_a_fault() {
    let world = World::start().await;
    let network = Network::of(&world).await;
    let all = ["FRONT_DESK", "CLINICIAN", "CLAIMS_CLERK", "PHARMACIST", "SUPERVISOR", "ADMINISTRATOR"];
    let facility = network.facility.staff(&world, &all).await;
    let people = [("facility", &facility), ("payer", &network.payer.officer)];
    let document = std::env::temp_dir().join(format!("careway-fuzzed-{}.json", std::process::id()));
    std::fs::write(&document, world.platform().openapi().to_string()).unwrap();
    for (who, rest) in people {
        println!("fuzzing as {who}");
        let mut command = Command::new(tool("schemathesis"));
        command.arg("run").arg(&document).args(["--url", world.rest().base()]);
        command.args(["--header", &format!("Authorization: Bearer {}", rest.access_token())]);
        command.args(["--checks", "not_a_server_error", "--phases", "examples,coverage,fuzzing"]);
        command.args([
            "--max-time",
            SECONDS,
            "--max-examples",
            "8",
            "--seed",
            "7",
            "--workers",
            "2",
            "--no-shrink",
        ]);
        command.args([
            "--suppress-health-check",
            "all",
            "--warnings",
            "off",
            "--request-timeout",
            "20",
            "--no-color",
        ]);
        for path in ENDS_THE_SESSION {
            command.args(["--exclude-path", path]);
        }
        command.current_dir(std::env::temp_dir());
        run(&mut command).await;
    }
    std::fs::remove_file(&document).unwrap();
    let unknown = network.desk.post("/v1/visits", json!({"memberNumbr": "UM-1"})).await.unwrap();
    assert_eq!(unknown.text("violations.0.field"), "memberNumbr", "{unknown}");
}

fn tool(name: &str) -> PathBuf {
    let folder =
        std::env::var_os("CAREWAY_TEST_TOOLS").expect("run `cargo dev test`: it installs the checkers");
    PathBuf::from(folder).join(name)
}

async fn run(command: &mut Command) {
    let output = command.output().await.expect("the checker runs");
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
}
