//! A statement that is put together is put together in a store, where it can be read whole.

use careway_house::{Crate, Sources};

use crate::workspace::{contexts, modules, none};

fn is_store(file: &str) -> bool {
    file.trim_end_matches(".rs").split('/').any(|place| place == "store")
}

fn breaches(context: &str, of: &Crate) -> Vec<String> {
    let builds = |names: &careway_house::Names| {
        let used = names.uses.iter().map(|used| &used.path);
        used.chain(&names.paths).any(|path| path.iter().any(|word| word == "QueryBuilder"))
    };
    let elsewhere = of.modules().filter(|module| !is_store(&module.file) && builds(&module.names));
    elsewhere.map(|module| format!("{context}: {} builds a statement", module.file)).collect()
}

#[test]
fn statements_are_built_in_stores() {
    none(contexts().flat_map(|(context, sources)| breaches(context, &modules(&sources))).collect());
}

#[test]
fn a_statement_built_elsewhere_is_told() {
    let sources = Sources::of(&[
        ("lib.rs", "mod claims;"),
        (
            "claims/mod.rs",
            "mod store; mod submit; mod write; #[cfg(test)] mod tests { use sqlx::QueryBuilder; }",
        ),
        ("claims/store/mod.rs", "mod save;"),
        ("claims/store/save.rs", "use sqlx::{Postgres, QueryBuilder}; fn a(b: QueryBuilder<Postgres>) {}"),
        ("claims/submit.rs", "use sqlx::{Postgres, QueryBuilder}; fn a(b: QueryBuilder<Postgres>) {}"),
        ("claims/write.rs", "fn a() { sqlx::QueryBuilder::new(\"\") }"),
    ]);
    assert_eq!(
        breaches("x", &modules(&sources)),
        ["x: claims/submit.rs builds a statement", "x: claims/write.rs builds a statement"]
    );
}
