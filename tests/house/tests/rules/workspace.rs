//! Where the crates are, and what is to be read of them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use careway_house::{Crate, Sources};

/// The bounded contexts: services of one skeleton. The gateway and the program that holds all of them are not.
pub(crate) const CONTEXTS: [&str; 5] = ["identity", "visits", "renewals", "cases", "channels"];

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The folders of all crates that have sources of their own, `crates/kernel` for one.
pub(crate) fn crates() -> Vec<String> {
    let mut found = vec!["tests".to_owned(), "tests/house".to_owned()];
    for folder in ["crates", "services"] {
        let entries = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap());
        let with_sources = entries.filter(|entry| entry.path().join("src").is_dir());
        found.extend(with_sources.map(|entry| format!("{folder}/{}", entry.file_name().to_str().unwrap())));
    }
    found.sort();
    found
}

/// The sources of one of these folders.
pub(crate) fn sources(folder: &str) -> Sources {
    Sources::read(&root().join(folder).join("src")).unwrap()
}

/// The contexts with their sources.
pub(crate) fn contexts() -> impl Iterator<Item = (&'static str, Sources)> {
    CONTEXTS.into_iter().map(|context| (context, sources(&format!("services/{context}"))))
}

/// The modules of sources that can be read.
pub(crate) fn modules(sources: &Sources) -> Crate {
    Crate::of(sources).unwrap_or_else(|error| panic!("{error:#}"))
}

/// What a cargo command says.
pub(crate) fn cargo(arguments: &[&str]) -> String {
    let mut cargo = Command::new(PathBuf::from(env!("CARGO")));
    let output = cargo.args(arguments).arg("--locked").current_dir(root()).output().unwrap();
    let (told, words) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "cargo {}: {words}", arguments.join(" "));
    told
}

/// Fails with every breach of a rule, one a line.
pub(crate) fn none(breaches: Vec<String>) {
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
}
