//! Whether tests ran every statement of every store: PostgreSQL counts the statements that services make.

use anyhow::{Context, bail, ensure};
use careway_house::{Sources, StoreFunction, plain};
use sqlx::{Connection, Executor, PgConnection};

use super::run::Run;

/// The folders whose crates have stores.
const FOLDERS: [&str; 2] = ["crates", "services"];

/// Counts from now on.
pub(super) async fn forget(run: &Run<'_>) -> anyhow::Result<()> {
    let mut admin = connect(run).await?;
    admin.execute("select pg_stat_statements_reset()").await?;
    Ok(())
}

/// Fails with what no test ran.
pub(super) async fn check(run: &Run<'_>) -> anyhow::Result<Option<String>> {
    let mut admin = connect(run).await?;
    // As services: what a test itself says as the superuser is no statement of theirs.
    let heard: Vec<String> = sqlx::query_scalar(
        "select distinct query from pg_stat_statements s join pg_roles r on r.oid = s.userid
         where rolname like '%\\_app'",
    )
    .fetch_all(&mut admin)
    .await?;
    let forgotten: i64 =
        sqlx::query_scalar("select dealloc from pg_stat_statements_info").fetch_one(&mut admin).await?;
    ensure!(
        forgotten == 0,
        "PostgreSQL counted more statements than it could keep: raise pg_stat_statements.max"
    );
    ensure!(
        !heard.is_empty(),
        "no service has said anything since; `cargo dev test --only tests` comes first"
    );
    let heard: Vec<String> = heard.iter().map(|statement| plain(statement)).collect();

    let (mut functions, mut unheard) = (0, Vec::new());
    for (folder, function) in functions_of_stores(run)? {
        functions += 1;
        let StoreFunction { file, name, .. } = &function;
        let missing = function.unheard(&heard);
        unheard.extend(missing.iter().map(|piece| format!("{folder}/{file}: {name}: {}", shortened(piece))));
    }
    if !unheard.is_empty() {
        bail!("no test runs these statements of stores:\n{}", unheard.join("\n"));
    }
    Ok(Some(format!("{functions} functions of stores were run")))
}

fn functions_of_stores(run: &Run<'_>) -> anyhow::Result<Vec<(String, StoreFunction)>> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        for entry in std::fs::read_dir(run.checkout().root().join(folder))? {
            let sources = entry?.path().join("src");
            if sources.is_dir() {
                let below =
                    sources.strip_prefix(run.checkout().root()).context("a folder of the checkout")?;
                let functions = StoreFunction::all(&Sources::read(&sources)?)?;
                found.extend(functions.into_iter().map(|function| (below.display().to_string(), function)));
            }
        }
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(found)
}

async fn connect(run: &Run<'_>) -> anyhow::Result<PgConnection> {
    let url = run.postgres().context("the servers of the tests")?;
    let mut admin = PgConnection::connect(url).await?;
    let counts: bool =
        sqlx::query_scalar("select current_setting('shared_preload_libraries') like '%pg_stat_statements%'")
            .fetch_one(&mut admin)
            .await?;
    if !counts {
        bail!(
            "PostgreSQL counts no statements: it was started by an older `cargo dev` (`cargo dev down` ends it), \
             or was installed without its extension pg_stat_statements"
        );
    }
    admin.execute("create extension if not exists pg_stat_statements").await?;
    Ok(admin)
}

fn shortened(piece: &str) -> String {
    let words: Vec<&str> = piece.split_whitespace().collect();
    let words = words.join(" ");
    match words.char_indices().nth(90) {
        Some((at, _)) => format!("{} …", &words[..at]),
        None => words,
    }
}
