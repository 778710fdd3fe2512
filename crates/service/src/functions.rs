//! The functions of a database, made anew whenever the text of their file changed.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use include_dir::Dir;
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// Which text each function was made from. The owner's alone: the service itself has no business here.
const KEPT: &str =
    "create table if not exists _careway_function_migrations (name text primary key, digest bytea not null)";

/// Makes the functions whose text changed or that are not there, and drops those whose file is gone, all or nothing.
///
/// A function keeps its identity, so calls that are under way go on. Its arguments and its result cannot change under its
/// name: the version of the service that still runs calls it as it was.
pub(crate) async fn renew(connection: &mut PgConnection, folders: &[&Dir<'_>]) -> anyhow::Result<()> {
    let functions = read(folders)?;
    let mut transaction = connection.begin().await?;
    transaction.execute("set local client_min_messages = warning").await?;
    transaction.execute(KEPT).await?;
    let kept: Vec<(String, Vec<u8>, bool)> = sqlx::query_as(
        "select name, digest, to_regproc(quote_ident(name)) is not null from _careway_function_migrations",
    )
    .fetch_all(&mut *transaction)
    .await?;
    let kept: BTreeMap<_, _> =
        kept.iter().map(|(name, digest, there)| (&**name, (&**digest, *there))).collect();
    for (name, sql) in &functions {
        let digest = Sha256::digest(sql);
        if kept.get(name) != Some(&(&digest[..], true)) {
            make(&mut transaction, name, sql).await.with_context(|| format!("the function {name}"))?;
            sqlx::query(
                "insert into _careway_function_migrations (name, digest) values ($1, $2) \
                 on conflict (name) do update set digest = excluded.digest",
            )
            .bind(name)
            .bind(&digest[..])
            .execute(&mut *transaction)
            .await?;
        }
    }
    for name in kept.keys().filter(|name| !functions.contains_key(*name)) {
        transaction.execute(AssertSqlSafe(format!("drop function if exists {name}"))).await?;
        sqlx::query("delete from _careway_function_migrations where name = $1")
            .bind(name)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// The functions by their names, and the text of each.
fn read<'d>(folders: &[&'d Dir<'_>]) -> anyhow::Result<BTreeMap<&'d str, &'d str>> {
    let mut functions = BTreeMap::new();
    // A hidden file only keeps an empty folder.
    let is_hidden = |file: &include_dir::File<'_>| file.path().starts_with(".gitkeep");
    for file in folders.iter().flat_map(|folder| folder.files()).filter(|file| !is_hidden(file)) {
        let path = file.path().display();
        let name = file.path().to_str().and_then(|path| path.strip_suffix(".sql")).unwrap_or_default();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        ensure!(!name.is_empty() && name.bytes().all(plain), "{path} is not named after a function");
        let sql = file.contents_utf8().with_context(|| format!("{path} is not UTF-8"))?;
        ensure!(functions.insert(name, sql).is_none(), "two files make the function {name}");
    }
    Ok(functions)
}

async fn make(connection: &mut PgConnection, name: &str, sql: &str) -> anyhow::Result<()> {
    connection
        .execute(sqlx::raw_sql(AssertSqlSafe(sql)))
        .await
        .context("a changed function takes and returns what it did; otherwise it gets a new name")?;
    // Null as well when there are several of the name.
    let one: bool =
        sqlx::query_scalar("select to_regproc($1) is not null").bind(name).fetch_one(connection).await?;
    ensure!(one, "its file does not make it, or makes it beside one that takes other arguments");
    Ok(())
}
