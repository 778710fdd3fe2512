//! `it` is what a closure calls its one value; a function's parameter has a name that says what it is.

use careway_house::Sources;

use crate::workspace::{crates, none, root};

fn breaches(folder: &str, sources: &Sources) -> Vec<String> {
    let named = |file: &&str| parameters(sources.text(file).unwrap_or_default()).any(|name| name == "it");
    sources.files().filter(named).map(|file| format!("{folder}/{file} calls a parameter `it`")).collect()
}

/// What functions call their parameters.
fn parameters(text: &str) -> impl Iterator<Item = &str> {
    let signatures = text.split("fn ").skip(1).filter_map(|after| after.split('{').next());
    let parts = signatures.flat_map(|signature| signature.split(['(', ',']));
    parts.filter_map(|part| {
        let (name, of) = part.trim().split_once(':')?;
        (!of.starts_with(':')).then(|| name.trim_start_matches("mut ").trim())
    })
}

#[test]
fn no_parameter_is_called_it() {
    let folders = crates().into_iter().filter(|folder| folder != "tests/house");
    let folders = folders.flat_map(|folder| ["src", "tests"].map(|part| format!("{folder}/{part}")));
    let found = folders.filter(|folder| root().join(folder).is_dir()).flat_map(|folder| {
        let sources = Sources::read(&root().join(&folder)).unwrap();
        breaches(&folder, &sources)
    });
    none(found.collect());
}

#[test]
fn a_parameter_that_is_called_it_is_told() {
    let sources = Sources::of(&[
        ("first.rs", "fn a(it: u8) -> u8 { it }"),
        ("later.rs", "async fn a<T>(\n    self,\n    of: (A, B),\n    mut it: &[T],\n) {\n}"),
        ("closure.rs", "fn a(line: &[u8]) { line.iter().map(|it: &u8| it).count() }"),
        ("path.rs", "fn a(of: it::Of) -> (it::Of, u8) { struct A { it: u8 } }"),
    ]);
    let told = ["src/first.rs", "src/later.rs"].map(|file| format!("{file} calls a parameter `it`"));
    assert_eq!(breaches("src", &sources), told);
}
