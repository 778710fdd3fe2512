//! Documents made from the code are current. `CAREWAY_WRITE_DOCS=1 cargo test -p careway-tests docs` writes them.

use std::{fmt::Write, path::Path};

use careway_gateway::ProblemDoc;
use careway_tests::TestPlatform;
use careway_visits::CLAIM_REFUSALS;

use crate::dispute_page::read;

#[test]
fn the_catalogue_of_problems_is_current() {
    let mut page = String::from(
        "# Problems\n\nMade from the contract. Every refusal is `application/problem+json` (RFC 9457) with one of these reasons; `type` is\n\
         `/problems/<reason>`.\n\n| reason | status | what it means |\n|---|---|---|\n",
    );
    let mut problems = careway_gateway::problems().unwrap();
    problems.sort_by(|one, next| (one.status, &one.reason).cmp(&(next.status, &next.reason)));
    for ProblemDoc { reason, status, text } in problems {
        let _ = writeln!(page, "| `{reason}` | {} | {text} |", status.as_u16());
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
pub(crate) fn assert_current(name: &str, page: &str) {
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
