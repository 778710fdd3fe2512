//! Every service is laid out alike, and says its SQL in its stores alone.

use std::collections::BTreeSet;

use careway_house::{Module, Sources};

use crate::workspace::{contexts, modules, none};

/// What sqlx takes a statement by.
const STATEMENTS: [&str; 8] = [
    "query",
    "query_as",
    "query_scalar",
    "query_with",
    "query_as_with",
    "raw_sql",
    "AssertSqlSafe",
    "QueryBuilder",
];
/// The macro that makes a statement of one that tells its caller.
const SCOPED: &str = "scoped_query";

fn breaches(context: &str, sources: &Sources) -> Vec<String> {
    let crate_ = modules(sources);
    let mut told = Vec::new();
    match sources.text("main.rs").map(|text| text.lines().count()) {
        Some(lines) if lines < 30 => {}
        Some(lines) => {
            told.push(format!("main.rs has {lines} lines: only the program's start belongs there"))
        }
        None => told.push("main.rs is not there".to_owned()),
    }
    let root = crate_.modules().find(|module| module.file == "lib.rs");
    if !root.is_some_and(|root| root.names.items.iter().any(|item| item == "App")) {
        told.push("lib.rs has no struct App".to_owned());
    }
    if sources.text("config.rs").is_none() {
        told.push("config.rs is not there".to_owned());
    }
    for folder in folders(sources) {
        let purpose = sources.text(&format!("{folder}/mod.rs")).map(|text| text.starts_with("//! "));
        if purpose != Some(true) {
            told.push(format!("{folder}/mod.rs does not begin by saying what a {folder} is"));
        }
    }
    for module in crate_.modules() {
        if module.file.split('/').next_back() == Some("api.rs") && !serves(module) {
            told.push(format!("{} has no impl of a Service for App", module.file));
        }
        if !is_store(&module.file) {
            told.extend(statements(module).map(|it| format!("{} says {it}: only stores do", module.file)));
        }
    }
    told.into_iter().map(|breach| format!("{context}: {breach}")).collect()
}

/// The folders of aggregates, and not those of programs, of tests and of the settings.
fn folders(sources: &Sources) -> BTreeSet<&str> {
    let folders = sources.files().filter_map(|file| Some(file.split_once('/')?.0));
    folders.filter(|folder| !["bin", "tests", "config"].contains(folder)).collect()
}

/// `impl …Service for App`.
fn serves(module: &Module) -> bool {
    let mut threes = module.names.paths.windows(3);
    threes.any(|three| {
        three[0].last().is_some_and(|it| it.ends_with("Service"))
            && three[1] == ["for"]
            && three[2] == ["App"]
    })
}

fn is_store(file: &str) -> bool {
    file.ends_with("store.rs") || file.split('/').any(|place| place == "store")
}

/// What a module says of SQL.
fn statements(module: &Module) -> impl Iterator<Item = String> {
    let used = module.names.uses.iter().map(|used| &used.path);
    let named = used.chain(&module.names.paths).filter(|path| {
        let last = path.last().map(String::as_str).unwrap_or_default();
        (path[0] == "sqlx" && STATEMENTS.contains(&last)) || last == "QueryBuilder"
    });
    let macros = module.names.macros.iter().filter(|path| path.last().is_some_and(|it| it == SCOPED));
    let texts = module.names.texts.iter().filter(|text| is_sql(text));
    let said: BTreeSet<String> = named
        .chain(macros)
        .map(|path| path.join("::"))
        .chain(texts.map(|text| text.chars().take(40).collect()))
        .collect();
    said.into_iter()
}

fn is_sql(text: &str) -> bool {
    let text = text.trim_start_matches(['"', 'r', '#', ' ', '\n']);
    [
        ("select ", " from "),
        ("insert into ", " "),
        ("update ", " set "),
        ("delete from ", ""),
        ("with ", " as ("),
    ]
    .iter()
    .any(|(start, then)| text.strip_prefix(start).is_some_and(|rest| rest.contains(then)))
}

#[test]
fn services_have_one_skeleton_and_sql_in_stores_alone() {
    none(contexts().flat_map(|(context, sources)| breaches(context, &sources)).collect());
}

#[test]
fn a_service_of_this_skeleton_is_right() {
    let sources = Sources::of(&[
        ("main.rs", "//! Starts it.\nfn main() {}"),
        ("lib.rs", "//! X.\nmod config; mod plans;\npub struct App;"),
        ("config.rs", "//! Settings."),
        ("plans/mod.rs", "//! What a plan is.\nmod api; mod store;"),
        ("plans/api.rs", "//! Its RPCs.\nimpl plan_service_server::PlanService for App {}"),
        ("plans/store.rs", "//! Its SQL.\nfn find() { sqlx::query(\"select plan_id from plan\") }"),
        ("tests/plans.rs", ""),
    ]);
    assert_eq!(breaches("x", &sources), Vec::<String>::new());
}

#[test]
fn what_is_missing_or_out_of_place_is_told() {
    let sources = Sources::of(&[
        ("main.rs", &"fn main() {}\n".repeat(30)),
        ("lib.rs", "mod plans; pub struct Inner;"),
        ("plans/mod.rs", "mod api; mod list;"),
        ("plans/api.rs", "impl plan_service_server::PlanService for Api {}"),
        (
            "plans/list.rs",
            "use sqlx::QueryBuilder; fn a(b: B) { b.execute(\"delete from plan\"); c::scoped_query!() } // sqlx::query",
        ),
    ]);
    assert_eq!(
        breaches("x", &sources),
        [
            "x: main.rs has 30 lines: only the program's start belongs there",
            "x: lib.rs has no struct App",
            "x: config.rs is not there",
            "x: plans/mod.rs does not begin by saying what a plans is",
            "x: plans/api.rs has no impl of a Service for App",
            "x: plans/list.rs says \"delete from plan\": only stores do",
            "x: plans/list.rs says c::scoped_query: only stores do",
            "x: plans/list.rs says sqlx::QueryBuilder: only stores do",
        ]
    );
}
