//! Nothing is compiled twice: whatever is built of the workspace, a crate has the same features.

use std::collections::{BTreeMap, BTreeSet};

use crate::workspace::{cargo, none};

/// Packages with their version, and the features they are built with: one set, or two where a program of the build
/// itself needs others.
type Features = BTreeMap<String, BTreeSet<String>>;

/// Lines such as `chrono v0.4.45 clock,std`, some of them marked as told before.
fn read(tree: &str) -> Features {
    let mut features = Features::new();
    for line in tree.lines().filter(|line| !line.trim().is_empty()) {
        let line = line.trim_end_matches(" (*)");
        let mut words = line.splitn(3, ' ');
        let package = format!("{} {}", words.next().unwrap_or_default(), words.next().unwrap_or_default());
        features.entry(package).or_default().insert(words.next().unwrap_or_default().trim().to_owned());
    }
    features
}

/// What the first builds with other features than the second, which builds more.
fn breaches(what: &str, one: &Features, more: &Features) -> Vec<String> {
    let differing =
        one.iter().filter(|(package, sets)| !more.get(*package).is_some_and(|it| it.is_superset(sets)));
    let told = differing.map(|(package, sets)| {
        format!("{what}: {package} is built with {sets:?} and with {:?}", more.get(package))
    });
    told.collect()
}

#[test]
fn what_is_built_for_one_purpose_serves_the_others() {
    let selected = |selection: &[&str]| {
        let how = ["tree", "--prefix", "none", "--format", "{p} {f}"];
        read(&cargo(&[&how[..], selection].concat()))
    };
    let command = selected(&["--package", "careway-dev", "--edges", "normal,build"]);
    let programs = selected(&["--workspace", "--edges", "normal,build"]);
    let tests = selected(&["--workspace", "--edges", "normal,build,dev"]);
    assert!(command.len() > 100, "{} packages are not all", command.len());
    let both = [
        breaches("cargo dev, and all programs", &command, &programs),
        breaches("all programs, and all tests", &programs, &tests),
    ];
    none(both.concat());
}

#[test]
fn other_features_are_told() {
    let few = read("chrono v0.4.45 clock,std\nserde v1.0.229 derive (*)\nbytes v1.12.1 \n");
    let more =
        read("chrono v0.4.45 clock,std,wasmbind\nserde v1.0.229 derive\nserde v1.0.229 \nbytes v1.12.1 \n");
    let told = breaches("a, and b", &few, &more);
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("a, and b: chrono v0.4.45 is built with"), "{told:?}");
}
