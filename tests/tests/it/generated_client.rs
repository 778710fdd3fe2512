//! A client that others' generator makes of the OpenAPI document has every operation, is typed strictly, and does a visit. The
//! generator and the type checker come from PyPI: `cargo dev test` installs them and says where in `CAREWAY_TEST_TOOLS`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use careway_tests::{Member, Network, TestPlatform, accepted};
use tokio::{io::AsyncWriteExt, process::Command};

use crate::contract::{run, tool};

const PROGRAM: &str = include_str!("generated_client/visit.py");
const CONFIG: &str = include_str!("generated_client/config.yml");

#[tokio::test(flavor = "multi_thread")]
async fn a_client_made_from_the_document_is_typed_and_does_a_visit() {
    let platform = TestPlatform::start().await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let member = payer.covered_member(&platform).await;
    let folder = Folder::new();
    generate(&platform, &folder.0).await;
    run(tool_in(&folder.0, "mypy").args(["--strict", "--follow-imports=silent", "visit.py"])).await;

    let said = visit(&platform, &folder.0, &desk.access_token(), &member).await;
    let today = platform.clock().today(chrono_tz::Africa::Kigali);
    assert!(said.trim_end().ends_with(&format!("ADMITTED DISCHARGED {today}")), "{said}");
    assert!(said.lines().count() > 1, "the plan has no ceiling: {said}");
}

/// The client, of the document as the gateway serves it. Whatever the generator leaves out it warns of.
async fn generate(platform: &TestPlatform, folder: &Path) {
    let document = accepted(200, platform.rest().get("/openapi.json")).await;
    fs::write(folder.join("openapi.json"), &document.content).unwrap();
    fs::write(folder.join("config.yml"), CONFIG).unwrap();
    fs::write(folder.join("visit.py"), PROGRAM).unwrap();
    let mut generator = tool_in(folder, "openapi-python-client");
    generator.args(["generate", "--path", "openapi.json", "--config", "config.yml", "--meta", "none"]);
    let said = run(generator.args(["--output-path", "careway_client"])).await;
    assert!(!said.contains("will not be generated"), "{said}");
}

/// What the program says of its visit. The code goes to the member's phone, and from there to the desk.
async fn visit(platform: &TestPlatform, folder: &Path, token: &str, member: &Member) -> String {
    let mut python = tool_in(folder, "python");
    python.args(["visit.py", platform.rest().base(), token, &member.number]);
    let mut program = python.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let code = platform.code_for(&member.phone).await;
    program.stdin.take().unwrap().write_all(format!("{code}\n").as_bytes()).await.unwrap();
    let output = program.wait_with_output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "the program failed: {said}");
    said
}

fn tool_in(folder: &Path, name: &str) -> Command {
    let mut command = Command::new(tool(name));
    command.current_dir(folder).kill_on_drop(true);
    command
}

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("careway-generated-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What a failed generator left may be none.
        let _ = fs::remove_dir_all(&self.0);
    }
}
