//! Documents made from the code are current. `CAREWAY_WRITE_DOCS=1 cargo test -p careway-tests docs` writes them.

use std::{collections::BTreeMap, fmt::Write, path::Path};

use careway_gateway::PROBLEMS;
use careway_tests::World;
use careway_visits::CLAIM_REFUSALS;

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
async fn every_reason_the_contract_names_is_in_the_catalogue() {
    let known: BTreeMap<_, _> = PROBLEMS.iter().map(|(reason, status, _)| (*reason, *status)).collect();
    assert_eq!(known.len(), PROBLEMS.len(), "a reason stands twice");
    let world = World::start().await;
    for route in world.platform().routes() {
        for reason in &route.refuses {
            assert!(
                known.contains_key(reason.as_str()),
                "{} refuses with {reason}, which is not documented",
                route.rpc
            );
        }
    }
}
