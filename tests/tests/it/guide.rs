//! The written guides name only what is there: routes, and settings.

use std::{collections::BTreeSet, fs, path::Path};

use careway_tests::{TestPlatform, dev};

use crate::settings;

const GUIDES: [&str; 16] = [
    "README.md",
    "docs/api.md",
    "docs/architecture.md",
    "docs/backup.md",
    "docs/events.md",
    "docs/grpc.md",
    "docs/install.md",
    "docs/operations.md",
    "docs/promises.md",
    "docs/quickstart.md",
    "docs/renewals.md",
    "docs/secrets.md",
    "docs/sending.md",
    "docs/sizing.md",
    "docs/upgrade.md",
    "docs/webhooks.md",
];
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

#[tokio::test(flavor = "multi_thread")]
async fn every_route_that_a_guide_names_is_in_the_contract() {
    let platform = TestPlatform::start().await;
    let (document, routes) = (platform.in_process().openapi(), platform.in_process().routes());
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

#[tokio::test]
async fn every_setting_that_a_guide_names_is_one_of_the_programs() {
    let settings = settings::names().await;
    assert!(settings.len() > 50, "{} settings are not all", settings.len());
    for (guide, text) in guides() {
        for named in words(&text).filter(|word| is_setting(word) && !word.ends_with("_FILE")) {
            assert!(settings.contains(named), "{guide} names {named}");
        }
    }
}

#[tokio::test]
async fn every_command_of_development_that_a_guide_names_is_one() {
    let mut named = BTreeSet::new();
    for (guide, text) in guides() {
        for said in text.split("cargo dev ").skip(1) {
            let command: Vec<&str> = said
                .split(['`', '\n', '.', ',', ':', ';', ')', '#'])
                .next()
                .unwrap_or_default()
                .split(' ')
                .take_while(|word| !word.is_empty() && word.chars().all(|letter| letter.is_ascii_lowercase()))
                .collect();
            if let Some(first) = command.first() {
                named.insert((guide, (*first).to_owned()));
            }
        }
    }
    assert!(named.len() >= 6, "{named:?}");
    for (guide, command) in named {
        let help = dev().args([&command, "--help"]).output().await.unwrap();
        assert!(help.status.success(), "{guide} names cargo dev {command}");
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
}

fn is_setting(word: &str) -> bool {
    word.starts_with("CAREWAY_") && word.len() > 10
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn guides() -> impl Iterator<Item = (&'static str, String)> {
    GUIDES.into_iter().map(|guide| (guide, fs::read_to_string(root().join(guide)).unwrap()))
}
