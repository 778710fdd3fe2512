//! The rules of a domain are pure: no SQL, no gRPC, no contract, no application, no clock, nothing asynchronous.

use careway_house::{Crate, Module, Sources};

use crate::workspace::{contexts, modules, none};

/// Crates whose types a rule knows nothing of.
const CRATES: [&str; 7] =
    ["sqlx", "tonic", "prost", "prost_types", "careway_contract", "redis", "async_nats"];
/// Words that no rule says.
const WORDS: [&str; 5] = ["async", "await", "App", "Clock", "SystemTime"];
/// Aggregates that are rules and nothing else.
const ALL_RULES: [&str; 1] = ["adjudication"];

fn is_domain(file: &str) -> bool {
    let mut places = file.trim_end_matches(".rs").split('/');
    ALL_RULES.iter().any(|aggregate| file.starts_with(&format!("{aggregate}/")))
        || places.any(|it| it == "domain")
}

fn breaches(context: &str, of: &Crate) -> Vec<String> {
    of.modules().filter(|module| is_domain(&module.file)).flat_map(|module| impure(context, module)).collect()
}

fn impure(context: &str, module: &Module) -> Vec<String> {
    let used = module.names.uses.iter().map(|used| &used.path);
    let forbidden = used.chain(&module.names.paths).filter(|path| {
        CRATES.contains(&path[0].as_str())
            || path.iter().any(|word| WORDS.contains(&word.as_str()))
            || path.ends_with(&["Utc".to_owned(), "now".to_owned()])
    });
    let mut told: Vec<_> =
        forbidden.map(|path| format!("{context}: {} says {}", module.file, path.join("::"))).collect();
    told.dedup();
    told
}

#[test]
fn rules_are_pure() {
    none(contexts().flat_map(|(context, sources)| breaches(context, &modules(&sources))).collect());
}

#[test]
fn what_is_not_pure_is_told() {
    let sources = Sources::of(&[
        ("lib.rs", "mod plans; mod adjudication; pub struct App;"),
        ("plans/mod.rs", "mod domain; mod store;"),
        (
            "plans/domain/mod.rs",
            "mod rules; #[derive(sqlx::FromRow)] pub struct Plan { a: chrono::DateTime<Utc> }",
        ),
        (
            "plans/domain/rules.rs",
            "use crate::App; use careway_kernel::{Clock, Money}; fn a() { b(Utc::now()) }",
        ),
        ("plans/store.rs", "pub async fn find() { sqlx::query(\"select 1\") }"),
        ("adjudication/mod.rs", "async fn decide() {} #[cfg(test)] mod tests { use sqlx::Row; }"),
    ]);
    assert_eq!(
        breaches("x", &modules(&sources)),
        [
            "x: adjudication/mod.rs says async",
            "x: plans/domain/mod.rs says sqlx::FromRow",
            "x: plans/domain/rules.rs says crate::App",
            "x: plans/domain/rules.rs says careway_kernel::Clock",
            "x: plans/domain/rules.rs says Utc::now",
        ]
    );
}
