//! Documents made from the code are current. `CAREWAY_WRITE_DOCS=1 cargo test -p careway-tests docs` writes them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    path::Path,
};

use careway_gateway::PROBLEMS;
use careway_tests::TestPlatform;
use careway_visits::CLAIM_REFUSALS;

use crate::dispute_page::read;

#[test]
fn the_catalogue_of_problems_is_current() {
    let mut page = String::from(
        "# Problems\n\nMade from the code. Every refusal is `application/problem+json` (RFC 9457) with one of these reasons; `type` is\n\
         `/problems/<reason>`.\n\n| reason | status | what it means |\n|---|---|---|\n",
    );
    let mut rows: Vec<_> = PROBLEMS.iter().map(|(reason, status, text)| (status, reason, text)).collect();
    rows.sort();
    for (status, reason, text) in rows {
        let _ = writeln!(page, "| `{reason}` | {status} | {text} |");
    }
    assert_current("docs/problems.md", &page);
}

#[test]
fn the_catalogue_of_claim_refusals_is_current() {
    let mut page = String::from(
        "# Claim refusals\n\nMade from the code. A line of a claim or a pre-authorization that is refused, or a part of it, carries one or more of\n\
         these codes, and a text for a person. What the facility bears is written off: the patient owes nothing for it. Words in\n\
         braces are filled in where they are known; where they are not, the sentence is left out.\n",
    );
    for rows in CLAIM_REFUSALS.chunk_by(|one, next| one.group == next.group) {
        let group = rows[0].group.as_str();
        let _ = write!(
            page,
            "\n## {group}\n\n| code | in short | what it means | borne by |\n|---|---|---|---|\n"
        );
        for row in rows {
            let text = [row.text, row.detail].join(" ");
            let borne_by = row.borne_by.as_str();
            let _ = writeln!(page, "| `{}` | {} | {} | {borne_by} |", row.code, row.title, text.trim_end());
        }
    }
    assert_current("docs/claim-refusals.md", &page);
}

/// That the page is as the code makes it; asked to write, writes it.
fn assert_current(name: &str, page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    if std::env::var_os("CAREWAY_WRITE_DOCS").is_some() {
        std::fs::write(&path, page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page, "{name} is not current");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_is_made_of_what_the_gateway_serves() {
    let platform = TestPlatform::start().await;
    let page = read(&platform, "/docs/", "en").await.text().await.unwrap();
    assert!(page.contains("width=device-width") && !page.contains("//"), "{page}");
    let named = page.split(['"']).filter_map(|it| it.strip_prefix("./")).collect::<Vec<_>>();
    assert!(named.len() > 4, "{page}");
    for asset in named {
        // Refused, it is no page at all.
        read(&platform, &format!("/docs/{asset}"), "en").await;
    }
    let initializer = read(&platform, "/docs/swagger-initializer.js", "en").await.text().await.unwrap();
    assert!(initializer.contains("\"/openapi.json\"") && initializer.contains("BaseLayout"), "{initializer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reason_the_contract_names_is_in_the_catalogue() {
    let known: BTreeMap<_, _> = PROBLEMS.iter().map(|(reason, status, _)| (*reason, *status)).collect();
    assert_eq!(known.len(), PROBLEMS.len(), "a reason stands twice");
    let platform = TestPlatform::start().await;
    for route in platform.in_process().routes() {
        for reason in &route.refuses {
            assert!(
                known.contains_key(reason.as_str()),
                "{} refuses with {reason}, which is not documented",
                route.rpc
            );
        }
    }
}

#[test]
fn every_reason_that_the_sources_give_is_in_the_catalogue() {
    let catalogue: BTreeMap<_, _> =
        PROBLEMS.iter().map(|(reason, status, text)| (*reason, (*status, *text))).collect();
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let mut given = BTreeMap::new();
    for folder in ["services", "crates"] {
        read_reasons(&root.join(folder), &mut given);
    }
    for (reason, kinds) in &given {
        if NEVER_ANSWERED.contains(&reason.as_str()) {
            continue;
        }
        let known = catalogue.get(reason.as_str());
        let (status, text) = known.unwrap_or_else(|| panic!("{reason} is given and not documented"));
        for actual in kinds.iter().filter_map(|kind| status_of(kind)) {
            let told = actual == *status
                || ASKED_AT_THE_EDGE.contains(&reason.as_str())
                || text.contains(&format!("({actual} in "));
            assert!(told, "{reason} is answered with {actual}, documented with {status}");
        }
    }
    for (reason, ..) in PROBLEMS {
        assert!(given.contains_key(*reason), "{reason} is documented and given by nobody");
    }
}

/// Kept with a dead letter, for operators; an answer given before, which is no refusal.
const NEVER_ANSWERED: [&str; 3] = ["EVENT_UNREADABLE", "NO_REACTION", "REPLAY"];
/// What the gateway asks for before a service could.
const ASKED_AT_THE_EDGE: [&str; 1] = ["PRECONDITION_REQUIRED"];

/// Reasons by the kinds or statuses they stand beside; those of a `reason` of their own have none.
type Given = BTreeMap<String, BTreeSet<String>>;

fn read_reasons(folder: &Path, given: &mut Given) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !["tests", "target", "dev", "seed"].contains(&name.as_str()) {
            read_reasons(&path, given);
        } else if name.ends_with(".rs")
            && !name.ends_with("tests.rs")
            // What is wrong with a cell stands in an import's report, not in a problem.
            && !["problems.rs", "cell_error.rs"].contains(&name.as_str())
        {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
            beside_a_kind(code, given);
            of_its_own(code, given);
        }
    }
}

/// `Kind::Conflict, "CODE_TAKEN"`, over any line breaks; the same with a `StatusCode`.
fn beside_a_kind(code: &str, given: &mut Given) {
    for (_, after) in code.match_indices("refused(\"").map(|(at, word)| code.split_at(at + word.len())) {
        add(after.split('"').next().unwrap_or_default(), "Refused", given);
    }
    for marker in ["Kind::", "StatusCode::"] {
        for (_, after) in code.match_indices(marker).map(|(at, _)| code.split_at(at + marker.len())) {
            let Some((kind, rest)) = after.split_once(',') else { continue };
            let Some(rest) = rest.trim_start().strip_prefix('"') else { continue };
            let reason = rest.split('"').next().unwrap_or_default();
            if is_upper_snake(kind) || status_of(kind).is_some() {
                add(reason, kind, given);
            }
        }
    }
}

/// The arms of `fn reason`, `const fn code` and `let reason = match`.
fn of_its_own(code: &str, given: &mut Given) {
    let mut end: Option<String> = None;
    for line in code.lines() {
        let indent = &line[..line.len() - line.trim_start().len()];
        match &end {
            Some(closing) if line.starts_with(closing.as_str()) => end = None,
            Some(_) => line.split('"').skip(1).step_by(2).for_each(|literal| add(literal, "", given)),
            None if ["fn reason(", "const fn code(self)", "let reason = match "]
                .iter()
                .any(|it| line.contains(it)) =>
            {
                end = Some(format!("{indent}}}"));
            }
            None => {}
        }
    }
}

fn add(reason: &str, kind: &str, given: &mut Given) {
    if is_upper_snake(reason) {
        given.entry(reason.to_owned()).or_default().extend((!kind.is_empty()).then(|| kind.to_owned()));
    }
}

fn is_upper_snake(text: &str) -> bool {
    text.len() > 3 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// The HTTP status of a kind of error; a reason beside a status of HTTP has that.
fn status_of(kind: &str) -> Option<u16> {
    Some(match kind {
        "Invalid" => 400,
        "Unauthenticated" => 401,
        "Forbidden" => 403,
        "NotFound" => 404,
        "Conflict" | "Refused" => 409,
        "Stale" => 412,
        "Unprocessable" => 422,
        "Throttled" => 429,
        "Internal" => 500,
        "Unavailable" => 503,
        "Timeout" => 504,
        _ => return None,
    })
}
