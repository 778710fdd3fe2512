//! What operators look at exists: every metric of the alerts, of the dashboard and of docs/operations.md is one that some
//! crate counts.

use std::{collections::BTreeSet, fs};

use crate::workspace::{crates, none, root, sources};

const PREFIX: &str = "careway_";
/// What Prometheus makes of a duration.
const SERIES: [&str; 3] = ["_bucket", "_count", "_sum"];
const LOOKED_AT: [&str; 3] =
    ["deploy/observability/alerts.yaml", "deploy/observability/grafana/careway.json", "docs/operations.md"];

/// The metrics that a text names.
fn named(text: &str) -> BTreeSet<String> {
    let starts = text.match_indices(PREFIX).map(|(at, _)| at);
    let whole =
        starts.filter(|at| !text[..*at].ends_with(|char: char| char.is_alphanumeric() || char == '_'));
    let name = |at: usize| {
        let is_of_name = |char: char| char.is_ascii_lowercase() || char == '_';
        let name: String = text[at..].chars().take_while(|char| is_of_name(*char)).collect();
        SERIES.iter().find_map(|series| name.strip_suffix(series)).map_or(name.clone(), str::to_owned)
    };
    whole.map(name).collect()
}

/// Those of `named` that no source counts, each with where it is looked at.
fn missing(looked_at: &str, named: &BTreeSet<String>, counted: &str) -> Vec<String> {
    let unknown = named.iter().filter(|name| !counted.contains(&format!("\"{name}\"")));
    unknown.map(|name| format!("{looked_at}: no crate counts {name}")).collect()
}

#[test]
fn what_operators_look_at_is_counted() {
    let texts = crates().into_iter().filter(|folder| !folder.starts_with("tests")).map(|folder| {
        let sources = sources(&folder);
        sources.files().filter_map(|file| sources.text(file)).collect::<String>()
    });
    let counted: String = texts.collect();
    let mut told = Vec::new();
    for file in LOOKED_AT {
        let named = named(&fs::read_to_string(root().join(file)).unwrap());
        assert!(!named.is_empty(), "{file} looks at nothing");
        told.extend(missing(file, &named, &counted));
    }
    none(told);
}

#[test]
fn a_metric_that_nobody_counts_is_told() {
    let named = named("rate(careway_a_seconds_bucket[5m]) > max(careway_b) + not_careway_c");
    assert_eq!(named, ["careway_a_seconds", "careway_b"].map(str::to_owned).into());
    assert_eq!(missing("x", &named, "histogram!(\"careway_a_seconds\")"), ["x: no crate counts careway_b"]);
}
