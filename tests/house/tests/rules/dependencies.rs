//! Which crates may depend on which: the shared ones in one order, services on shared ones alone.

use serde_json::Value;

use crate::workspace::{cargo, none};

/// The shared crates; each may depend on those that stand before it. There are no others.
const SHARED: [&str; 6] = ["contract", "kernel", "transcoding", "service", "documents", "events"];
/// What every test may use.
const FOR_TESTS: &str = "testing";
/// They see everything.
const SEE_ALL: [&str; 3] = ["standalone", "dev", "tests"];
/// It reads all, and links nothing.
const LINKS_NOTHING: &str = "house";

struct Package {
    /// Without `careway-`.
    name: String,
    is_service: bool,
    /// What it depends on here, and whether for its tests alone.
    dependencies: Vec<(String, bool)>,
}

fn breaches(packages: &[Package]) -> Vec<String> {
    let is_service = |name: &str| packages.iter().any(|package| package.name == name && package.is_service);
    let mut breaches = Vec::new();
    for package in packages.iter().filter(|package| !SEE_ALL.contains(&package.name.as_str())) {
        let place = SHARED.iter().position(|name| *name == package.name);
        let before = match place {
            Some(place) => &SHARED[..place],
            None if package.is_service || package.name == FOR_TESTS => &SHARED[..],
            None if package.name == LINKS_NOTHING => &[],
            None => {
                breaches
                    .push(format!("{} is none of the shared crates; which may it depend on?", package.name));
                continue;
            }
        };
        for (name, for_tests) in &package.dependencies {
            if before.contains(&name.as_str()) || (*for_tests && name == FOR_TESTS) {
                continue;
            }
            breaches.push(match is_service(name) {
                true => format!("{} depends on the service {name}", package.name),
                false => format!("{} depends on {name}, which does not stand before it", package.name),
            });
        }
    }
    breaches
}

fn packages(metadata: &Value) -> Vec<Package> {
    let name = |of: &Value| of["name"].as_str().unwrap().trim_start_matches("careway-").to_owned();
    let packages = metadata["packages"].as_array().unwrap().iter();
    let read = packages.map(|package| Package {
        name: name(package),
        is_service: package["manifest_path"].as_str().unwrap().contains("/services/"),
        dependencies: package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|dependency| dependency["path"].is_string())
            .map(|dependency| (name(dependency), dependency["kind"] == "dev"))
            .collect(),
    });
    read.collect()
}

#[test]
fn crates_depend_on_those_before_them_and_no_service_on_a_service() {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let packages = packages(&serde_json::from_str(&metadata).unwrap());
    assert!(packages.len() > 10, "{} packages are not all", packages.len());
    none(breaches(&packages));
}

#[test]
fn a_forbidden_dependency_is_told() {
    let package = |name: &str, is_service, dependencies: &[(&str, bool)]| Package {
        name: name.to_owned(),
        is_service,
        dependencies: dependencies.iter().map(|(name, tests)| ((*name).to_owned(), *tests)).collect(),
    };
    let told = breaches(&[
        package("kernel", false, &[("service", false)]),
        package("service", false, &[("kernel", false), ("testing", true)]),
        package("testing", false, &[("service", false)]),
        package("visits", true, &[("events", false), ("identity", true)]),
        package("identity", true, &[("testing", false)]),
        package("utils", false, &[]),
        package("tests", false, &[("visits", false)]),
    ]);
    assert_eq!(
        told,
        [
            "kernel depends on service, which does not stand before it",
            "visits depends on the service identity",
            "identity depends on testing, which does not stand before it",
            "utils is none of the shared crates; which may it depend on?",
        ]
    );
}
