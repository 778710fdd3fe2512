//! Reasons of refusals: what the contract declares, the sources give, and the other way round. A service can give none
//! that is not declared, and none with another kind: it takes the contract's enums. The gateway writes them as text.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use heck::ToUpperCamelCase;
use prost_reflect::DescriptorPool;

/// Where the reasons of the edge are given.
const EDGE: [&str; 2] = ["services/gateway/src", "crates/transcoding/src"];

/// The sources below a folder, without their tests.
fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !["tests", "target"].contains(&name.as_str()) {
            sources(&path, found);
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push(text.split("#[cfg(test)]\nmod ").next().unwrap_or_default().to_owned());
        }
    }
}

fn read(folders: &[&str]) -> Vec<String> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let mut found = Vec::new();
    folders.iter().for_each(|folder| sources(&root.join(folder), &mut found));
    found
}

/// Every enum of reasons with its values.
fn declared() -> BTreeMap<String, Vec<String>> {
    let pool = DescriptorPool::decode(careway_contract::DESCRIPTOR_SET).unwrap();
    let option = pool.get_extension_by_name("careway.refusals.v1.refusal").unwrap();
    let mut declared: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for value in pool.all_enums().flat_map(|reasons| reasons.values().collect::<Vec<_>>()) {
        if value.options().has_extension(&option) {
            let reasons = value.parent_enum().full_name().to_owned();
            declared.entry(reasons).or_default().push(value.name().to_owned());
        }
    }
    declared
}

/// Whether `wanted` is there as a word of its own.
fn names(source: &str, wanted: &str) -> bool {
    let joined = |letter: char| letter.is_alphanumeric() || letter == '_';
    source.match_indices(wanted).any(|(at, _)| {
        let (before, after) = (&source[..at], &source[at + wanted.len()..]);
        !before.ends_with(joined) && !after.starts_with(joined)
    })
}

#[test]
fn every_reason_that_is_declared_is_given() {
    let mut idle = BTreeSet::new();
    for (reasons, values) in declared() {
        let [_, context, _, name] = reasons.split('.').collect::<Vec<_>>()[..] else { panic!("{reasons}") };
        let own = format!("services/{context}/src");
        let given = match name {
            "EdgeReason" => read(&EDGE),
            "SharedReason" => read(&["crates", "services"]),
            _ => read(&[&own]),
        };
        for value in values {
            let written = match name {
                "EdgeReason" => format!("\"{value}\""),
                _ => format!("{name}::{}", value.to_upper_camel_case()),
            };
            if !given.iter().any(|source| names(source, &written)) {
                idle.insert(format!("{reasons}.{value}"));
            }
        }
    }
    assert!(idle.is_empty(), "declared and given by nobody: {idle:?}");
}

/// A service matches the types of its refusals; of what another service said it asks `Error::is`.
#[test]
fn nobody_compares_reasons_as_text() {
    let services: Vec<String> = ["cases", "channels", "gateway", "identity", "renewals", "visits"]
        .map(|service| format!("services/{service}/src"))
        .into();
    let compares = |line: &str| {
        let decides = [".reason() ==", ".reason() !=", ".reason().starts_with", "matches!(error.reason()"];
        decides.iter().any(|it| line.contains(it))
            || (line.contains("match ") && line.contains("error.reason()"))
            || (line.contains(".fact(\"") && line.contains(".is_"))
    };
    let sources = read(&services.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(sources.len() > 400, "the sources are read: {}", sources.len());
    let found: Vec<&str> =
        sources.iter().flat_map(|source| source.lines()).filter(|line| compares(line)).collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn the_edge_gives_reasons_with_the_status_they_are_declared_with() {
    let declared: BTreeMap<String, u16> = careway_gateway::problems()
        .unwrap()
        .into_iter()
        .map(|problem| (problem.reason, problem.status.as_u16()))
        .collect();
    let mut given = 0;
    for source in read(&EDGE) {
        for (_, after) in
            source.match_indices("StatusCode::").map(|(at, word)| source.split_at(at + word.len()))
        {
            let Some((status, rest)) = after.split_once(',') else { continue };
            let Some(rest) = rest.trim_start().strip_prefix('"') else { continue };
            let reason = rest.split('"').next().unwrap_or_default();
            // The words of OAuth's own answers are no reasons.
            if reason.is_empty()
                || reason.contains(|letter: char| !letter.is_ascii_uppercase() && letter != '_')
            {
                continue;
            }
            let known = declared.get(reason).unwrap_or_else(|| panic!("{reason} is given and not declared"));
            assert_eq!(code(status), Some(*known), "{reason} is answered with {status}");
            given += 1;
        }
    }
    assert!(given > 20, "the sources are read: {given}");
}

/// `NOT_FOUND` as a number.
fn code(name: &str) -> Option<u16> {
    let spoken = |status: &http::StatusCode| {
        let reason = status.canonical_reason().unwrap_or_default();
        reason.to_uppercase().replace(' ', "_") == name
    };
    let all = (400..600).filter_map(|number| http::StatusCode::from_u16(number).ok());
    all.into_iter().find(spoken).map(|status| status.as_u16())
}
