//! Types that others' generator makes of the OpenAPI document have every operation, and a program that calls by them passes a
//! strict compiler and does a visit. `cargo dev test` installs Node, which npm comes with, and says where in
//! `CAREWAY_TEST_TOOLS`; npm installs the rest, as `typescript_client/package-lock.json` has it.

use std::{
    env,
    ffi::OsString,
    fs, iter,
    path::{Path, PathBuf},
    process::Stdio,
};

use careway_tests::{Credentials, Member, Network, TestPlatform, accepted};
use serde_json::Value;
use tokio::{io::AsyncWriteExt, process::Command};

use crate::contract::{run, tool};

const FILES: [(&str, &str); 4] = [
    ("package.json", include_str!("typescript_client/package.json")),
    ("package-lock.json", include_str!("typescript_client/package-lock.json")),
    ("tsconfig.json", include_str!("typescript_client/tsconfig.json")),
    ("visit.ts", include_str!("typescript_client/visit.ts")),
];

#[tokio::test(flavor = "multi_thread")]
async fn types_made_from_the_document_are_strict_and_a_program_of_them_does_a_visit() {
    let folder = Folder::new();
    // Before there is a platform: only a few tests at once may have one.
    install(&folder.0).await;
    let platform = TestPlatform::start().await;
    let Network { payer, facility, .. } = Network::of(&platform).await;
    let (member, desk) =
        tokio::join!(payer.covered_member(&platform), facility.hire(&platform, &["FRONT_DESK"]));
    generate(&platform, &folder.0).await;
    run(npx(&folder.0, "tsc").args(["--project", "."])).await;

    let said = visit(&platform, &folder.0, &desk, &member).await;
    let today = platform.clock().today(chrono_tz::Africa::Kigali);
    assert!(said.trim_end().ends_with(&format!("ADMITTED DISCHARGED {today}")), "{said}");
    assert!(said.lines().count() > 1, "no benefit has a limit: {said}");
}

/// What the lock file names, from npm's registry as this machine is set up for it.
async fn install(folder: &Path) {
    for (name, content) in FILES {
        fs::write(folder.join(name), content).unwrap();
    }
    let mut npm = node_tool(folder, "npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    // What npm has from an earlier run it does not ask for again.
    run(npm.arg("--prefer-offline")).await;
}

/// The types, of the document as the gateway serves it: none is left open, and each operation has its own.
async fn generate(platform: &TestPlatform, folder: &Path) {
    let document = accepted(200, platform.rest().get("/openapi.json")).await;
    fs::write(folder.join("openapi.json"), &document.content).unwrap();
    let mut generator = npx(folder, "openapi-typescript");
    run(generator.args(["openapi.json", "--output", "careway.d.ts"])).await;

    let types = fs::read_to_string(folder.join("careway.d.ts")).unwrap();
    assert!(!types.contains(": any;"), "a type is left open");
    let operations = operations(&serde_json::from_slice(&document.content).unwrap());
    let lacking: Vec<_> =
        operations.iter().filter(|name| !types.contains(&format!("\n    {name}: {{\n"))).collect();
    assert!(!operations.is_empty() && lacking.is_empty(), "operations without types: {lacking:?}");
}

/// By their ids.
fn operations(document: &Value) -> Vec<String> {
    let paths = document["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|path| path.as_object().unwrap().values());
    operations.filter_map(|operation| operation["operationId"].as_str()).map(str::to_owned).collect()
}

/// What the program says of its visit. The code goes to the member's phone, and from there to the desk.
async fn visit(platform: &TestPlatform, folder: &Path, desk: &Credentials, member: &Member) -> String {
    let mut node = node_tool(folder, "node");
    node.arg("built/visit.js").envs([
        ("CAREWAY_URL", platform.rest().base()),
        ("CAREWAY_EMAIL", &desk.email),
        ("CAREWAY_PASSWORD", &desk.password),
        ("CAREWAY_MEMBER", &member.number),
    ]);
    let node = node.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut program = node.spawn().unwrap();
    let mut stdin = program.stdin.take().unwrap();
    let mut output = Box::pin(program.wait_with_output());
    let output = tokio::select! {
        // A program that failed before asks for no code.
        early = &mut output => early.unwrap(),
        code = platform.code_for(&member.phone) => {
            // Whoever ended meanwhile does not hear it, and the output says why.
            let _ = stdin.write_all(code.as_bytes()).await;
            drop(stdin);
            output.await.unwrap()
        }
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the program failed: {said}{told}");
    said
}

/// A program that `npm ci` installed into the folder; none is fetched.
fn npx(folder: &Path, name: &str) -> Command {
    let mut npx = node_tool(folder, "npx");
    npx.args(["--no", "--", name]);
    npx
}

/// A program of Node's. What it calls in turn is of this Node too, not of the machine's.
fn node_tool(folder: &Path, name: &str) -> Command {
    let mut command = Command::new(tool(name));
    command.current_dir(folder).env("PATH", tools_first()).stdin(Stdio::null()).kill_on_drop(true);
    command
}

fn tools_first() -> OsString {
    let tools = tool("node").parent().unwrap().to_owned();
    let path = env::var_os("PATH").unwrap_or_default();
    env::join_paths(iter::once(tools).chain(env::split_paths(&path))).unwrap()
}

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = env::temp_dir().join(format!("careway-typescript-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What a failed npm left may be none.
        let _ = fs::remove_dir_all(&self.0);
    }
}
