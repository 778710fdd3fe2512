//! The written guides name only what is there: routes, and settings.

use std::{collections::BTreeSet, fs, path::Path};

use careway_tests::World;

const GUIDES: [&str; 4] = ["README.md", "docs/api.md", "docs/architecture.md", "docs/operations.md"];
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

#[tokio::test(flavor = "multi_thread")]
async fn every_route_that_a_guide_names_is_in_the_contract() {
    let world = World::start().await;
    let (document, routes) = (world.platform().openapi(), world.platform().routes());
    let mut named = 0;
    for (guide, text) in guides() {
        let words: Vec<&str> = text.split(|letter: char| letter.is_whitespace() || letter == '`').collect();
        for pair in words.windows(2).filter(|pair| METHODS.contains(&pair[0]) && pair[1].starts_with('/')) {
            let path = pair[1].split('?').next().unwrap_or_default();
            let (method, path) = (pair[0].to_lowercase(), path.trim_end_matches(['.', ',', ';', ':']));
            let routed = routes.iter().any(|route| route.method == pair[0] && route.path == path);
            let by_hand = !document["paths"][path][&method].is_null();
            assert!(routed || by_hand, "{guide} names {} {path}", pair[0]);
            named += 1;
        }
    }
    assert!(named >= 10, "the guides name only {named} routes");
}

#[test]
fn every_setting_that_a_guide_names_is_read_by_somebody() {
    let sources = sources(&root().join("services")) + &sources(&root().join("crates"));
    for (guide, text) in guides() {
        let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
        let settings: BTreeSet<&str> =
            words.filter(|word| word.starts_with("CAREWAY_") && word.len() > 10).collect();
        for setting in settings.into_iter().filter(|setting| !setting.ends_with("_FILE")) {
            assert!(sources.contains(&format!("\"{setting}\"")), "{guide} names {setting}");
        }
    }
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn guides() -> impl Iterator<Item = (&'static str, String)> {
    GUIDES.into_iter().map(|guide| (guide, fs::read_to_string(root().join(guide)).unwrap()))
}

fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text += &sources(&path);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text += &fs::read_to_string(path).unwrap();
        }
    }
    text
}
