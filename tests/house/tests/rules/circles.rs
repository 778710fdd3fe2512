//! No file uses another that, directly or by way of others, uses it.

use std::collections::BTreeSet;

use careway_house::{Sources, circles};

use crate::workspace::{crates, is_by_aggregate, modules, none, sources};

/// The circles that are still there: by crate, in the order of their files. None may be added. One that was opened must
/// be taken from here.
const STILL: &[(&str, &[&str])] = &[];

/// What is there beyond what may still be, and what may be and is not there any more.
fn breaches(found: &BTreeSet<(String, Vec<String>)>, still: &[(&str, &[&str])]) -> Vec<String> {
    let still: BTreeSet<(String, Vec<String>)> = still
        .iter()
        .map(|(name, files)| ((*name).to_owned(), files.iter().map(|file| (*file).to_owned()).collect()))
        .collect();
    let new =
        found.difference(&still).map(|(name, files)| format!("{name}: a circle of {}", files.join(", ")));
    let gone = still.difference(found).map(|(name, files)| {
        format!("{name}: no circle any more, to be taken from the list: {}", files.join(", "))
    });
    new.chain(gone).collect()
}

fn found(name: &str, sources: &Sources) -> Vec<(String, Vec<String>)> {
    circles(&modules(sources).uses()).into_iter().map(|files| (name.to_owned(), files)).collect()
}

#[test]
fn files_do_not_use_each_other_in_circles() {
    let all = crates().into_iter().map(|folder| (sources(&folder), folder));
    let checked: Vec<_> = all.filter(|(sources, _)| is_by_aggregate(sources)).collect();
    let circles = checked.iter().flat_map(|(sources, folder)| found(folder, sources)).collect();
    let still = STILL.iter().filter(|(name, _)| checked.iter().any(|(_, folder)| folder == name));
    none(breaches(&circles, &still.copied().collect::<Vec<_>>()));
}

#[test]
fn a_circle_is_found_through_imports_paths_and_re_exports() {
    let sources = Sources::of(&[
        ("lib.rs", "mod a; mod b; mod c; pub struct App; pub use c::Last;"),
        // Parents and their children are one; the root and tests may use everything.
        (
            "a/mod.rs",
            "mod inner; pub fn first() { inner::deep() } #[cfg(test)] mod tests { use crate::c::Last; }",
        ),
        ("a/inner.rs", "use crate::{App, b}; pub fn deep() { b::second(App) }"),
        ("b.rs", "pub fn second(_: crate::App) -> crate::Last { todo!() }"),
        ("c.rs", "use crate::a; pub struct Last; fn third() { a::deep() } pub use crate::a::inner::deep;"),
    ]);
    let found = found("x", &sources).into_iter().collect();
    let circle = ["a/inner.rs", "b.rs", "c.rs"];
    assert_eq!(breaches(&found, &[("x", &circle)]), Vec::<String>::new());
    assert_eq!(breaches(&found, &[]), ["x: a circle of a/inner.rs, b.rs, c.rs"]);
    let opened = BTreeSet::new();
    assert!(breaches(&opened, &[("x", &circle)])[0].starts_with("x: no circle any more"));
}
