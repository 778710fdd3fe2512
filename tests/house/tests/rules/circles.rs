//! No file uses another that, directly or by way of others, uses it.

use careway_house::{Sources, circles};

use crate::workspace::{crates, modules, none, sources};

fn breaches(name: &str, sources: &Sources) -> Vec<String> {
    let circles = circles(&modules(sources).uses());
    circles.into_iter().map(|files| format!("{name}: a circle of {}", files.join(", "))).collect()
}

#[test]
fn files_do_not_use_each_other_in_circles() {
    none(crates().iter().flat_map(|folder| breaches(folder, &sources(folder))).collect());
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
    assert_eq!(breaches("x", &sources), ["x: a circle of a/inner.rs, b.rs, c.rs"]);
}
