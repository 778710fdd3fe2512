//! The REST interface against its own document: valid OpenAPI 3.1, and every request made from it, right or wrong, is answered
//! as it says. The checkers come from PyPI: `cargo dev test` installs them and says where in `CAREWAY_TEST_TOOLS`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use careway_tests::{Facility, Network, Rest, TestPlatform, accepted};
use serde_json::Value;
use tokio::process::Command;

use crate::clients::{client, token};

/// What ends the session that asks: fuzzed by a system, which has none.
const ENDS_THE_SESSION: [&str; 2] = ["/v1/sessions/current", "/v1/sessions/switch"];

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_valid_openapi() {
    let platform = TestPlatform::start().await;
    let path = std::env::temp_dir().join(format!("careway-openapi-{}.json", std::process::id()));
    fs::write(&path, platform.in_process().openapi().to_string()).unwrap();
    run(Command::new(tool("openapi-spec-validator")).arg(&path)).await;
    fs::remove_file(&path).unwrap();
}

/// Other methods are answered 501, which is no fault of ours: see `edge`. A request without `If-Match` is answered 428, as
/// RFC 6585 has it.
const CONFIG: &str = "\
[phases.coverage]
unexpected-methods = [\"GET\", \"POST\", \"PUT\", \"PATCH\", \"DELETE\", \"OPTIONS\"]

[checks.missing_required_header]
expected-statuses = [400, 401, 403, 404, 406, 415, 428]
";

/// How the fuzzer writes a mail: as the bytes that it made up. And what it takes for wrong, `null` or a blank text for a field
/// that is not given is not: so it is in the JSON of protobuf, and docs/api.md says it.
const HOOKS: &str = "\
import schemathesis
from schemathesis.specs.openapi.checks import negative_data_rejection


@schemathesis.serializer(\"message/rfc822\")
def mail(ctx, value):
    return value if isinstance(value, bytes) else getattr(value, \"data\", None) or str(value).encode()


def says_nothing(value):
    if isinstance(value, dict):
        return any(map(says_nothing, value.values()))
    if isinstance(value, list):
        return any(map(says_nothing, value))
    return value is None or isinstance(value, str) and not value.strip()


@schemathesis.check
def what_does_not_fit_is_refused(ctx, response, case):
    blank = says_nothing(case.body) or says_nothing(dict(case.query or {}))
    return None if blank else negative_data_rejection(ctx, response, case)
";

/// Checks that contradict what is decided:
/// what fits the document may still be refused, by rules of the services that no schema can say (states, check digits, days);
/// what does not fit is checked by the hook instead, which knows what `null` is.
const NOT_CHECKED: &str = "positive_data_acceptance,negative_data_rejection";

#[tokio::test(flavor = "multi_thread")]
async fn every_request_made_from_the_document_is_answered_as_it_says() {
    let platform = TestPlatform::start().await;
    // Administrators may do everything, and the only one of an organization cannot be disabled.
    let Network { payer, facility, .. } = Network::of(&platform).await;
    // Of another facility: fuzzers delete the clients they find.
    let (id, secret) = client(&Facility::of(&platform).await).await;
    platform.settle().await;
    let folder = std::env::temp_dir().join(format!("careway-fuzzed-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("openapi.json"), platform.in_process().openapi().to_string()).unwrap();
    fs::write(folder.join("schemathesis.toml"), CONFIG).unwrap();
    fs::write(folder.join("hooks.py"), HOOKS).unwrap();
    let runs = [
        ("facility", Some(&facility.administrator), "--exclude-path", 40, 500),
        ("payer", Some(&payer.administrator), "--exclude-path", 40, 500),
        ("system", None, "--include-path", 10, 5),
    ];
    for (who, person, sessions, seconds, least) in runs {
        // The very token that fuzzes, without anybody to sign in again.
        let bearer = match person {
            Some(person) => person.access_token(),
            None => accepted(200, token(&platform, &id, &secret, "")).await.text("access_token").to_owned(),
        };
        let token = platform.rest().with_token(&bearer);
        accepted(200, token.get("/v1/me")).await;
        let mut asked = Vec::new();
        // A busy machine asks less in the same time: then it gets more time, and other requests.
        for seed in (7..12).map(|seed| seed.to_string()) {
            asked.extend(fuzz(&folder, &token, (sessions, seconds, &seed)).await);
            if asked.len() >= least {
                break;
            }
        }
        let unheard = asked.iter().filter(|(_, reason)| reason.starts_with("TOKEN_"));
        assert_eq!(unheard.collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "{who} fuzzed as nobody");
        assert!(asked.len() >= least, "{who} asked only {} times", asked.len());
        accepted(200, token.get("/v1/me")).await;
    }
    fs::remove_dir_all(&folder).unwrap();
}

/// Fuzzes with this caller's token; what was asked of operations that need one, with the reasons they were refused for.
async fn fuzz(
    folder: &Path,
    caller: &Rest,
    (sessions, seconds, seed): (&str, u32, &str),
) -> Vec<(String, String)> {
    let mut command = Command::new(tool("schemathesis"));
    command.current_dir(folder).env("SCHEMATHESIS_HOOKS", "hooks").env("PYTHONPATH", ".").args([
        "run",
        "openapi.json",
        "--url",
        caller.base(),
    ]);
    command.args(["--header", &format!("Authorization: Bearer {}", caller.access_token())]);
    command.args(["--checks", "all", "--exclude-checks", NOT_CHECKED]);
    // The report is to have the token: by it the caller's requests are told from those that a check sends without one.
    command.args(["--phases", "examples,coverage,fuzzing", "--output-sanitize", "false"]);
    command.args([
        "--max-time",
        &seconds.to_string(),
        "--max-examples",
        "8",
        "--seed",
        seed,
        // Two would compile Python at once, which CPython 3.11 cannot count the depth of: now and then it gives up.
        "--workers",
        "1",
    ]);
    command.args(["--no-shrink", "--suppress-health-check", "all", "--warnings", "off", "--no-color"]);
    command.args(["--request-timeout", "120", "--report", "har", "--report-har-path", "asked.har"]);
    for path in ENDS_THE_SESSION {
        command.args([sessions, path]);
    }
    run(&mut command).await;
    let har: Value = serde_json::from_slice(&fs::read(folder.join("asked.har")).unwrap()).unwrap();
    let token = format!("Bearer {}", caller.access_token());
    let entries = har["log"]["entries"].as_array().unwrap().iter();
    entries.filter(|entry| carries(entry, &token)).map(asked).collect()
}

fn carries(entry: &Value, token: &str) -> bool {
    let mut headers = entry["request"]["headers"].as_array().into_iter().flatten();
    headers.any(|header| {
        header["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case("authorization"))
            && header["value"] == token
    })
}

/// An entry of the report: method and address, and the reason of a refusal.
fn asked(entry: &Value) -> (String, String) {
    let text = |pointer: &str| entry.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let problem: Value = serde_json::from_str(text("/response/content/text")).unwrap_or_default();
    let reason = problem["reason"].as_str().unwrap_or_default().to_owned();
    (format!("{} {}", text("/request/method"), text("/request/url")), reason)
}

pub(crate) fn tool(name: &str) -> PathBuf {
    let folder =
        std::env::var_os("CAREWAY_TEST_TOOLS").expect("run `cargo dev test`: it installs the checkers");
    PathBuf::from(folder).join(name)
}

/// Runs it, and gives what it said. What ends otherwise than well has failed.
pub(crate) async fn run(command: &mut Command) -> String {
    let output = command.output().await.expect("the checker runs");
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    said
}
