//! Documents made from the code are current. `CAREWAY_WRITE_DOCS=1 cargo test -p careway-tests docs` writes them.

use std::{collections::BTreeMap, fmt::Write, path::Path};

use careway_gateway::PROBLEMS;
use careway_tests::World;

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
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/problems.md");
    if std::env::var_os("CAREWAY_WRITE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page, "docs/problems.md is not current");
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
