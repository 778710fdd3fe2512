//! The limit: pgbench writing what a mail wrote, as often as it can, into a copy of the cases database.

use std::{fs, path::PathBuf};

use anyhow::Context;
use sqlx::Executor;
use uuid::Uuid;

use crate::bench::{
    copies::{insert, keep, rows},
    pgbench::{Limit as Reached, Pgbench},
    processes::Watched,
    stage::{Stage, raw_of},
};

/// What a mail wrote, table by table, and which rows of each are a case's.
const WRITTEN: [(&str, &str, &str); 8] = [
    ("bench_case", "support_case", "case_id = $1"),
    ("bench_message", "case_message", "case_id = $1"),
    ("bench_participant", "case_participant", "case_id = $1"),
    ("bench_notice", "case_notice", "case_id = $1"),
    ("bench_history", "case_history", "case_id = $1"),
    ("bench_mail", "inbound_mail", "case_id = $1"),
    ("bench_answer", "automatic_answer", "case_id = $1"),
    (
        "bench_outbox",
        "outbox",
        "aggregate_id = $1 or aggregate_id in (select notice_id from case_notice where case_id = $1)",
    ),
];

/// What identity looks a mail's author up in.
const LOOKED_UP: [(&str, &str, &str); 4] = [
    ("bench_account", "account", "account_id uuid primary key, email text not null unique"),
    (
        "bench_membership",
        "membership",
        "organization_id uuid, account_id uuid, name text, roles text[], status text, created_at timestamptz, \
         primary key (organization_id, account_id)",
    ),
    (
        "bench_organization",
        "organization",
        "organization_id uuid primary key, kind text, name text, status text, locale text",
    ),
    (
        "bench_organization_code",
        "organization_code",
        "kind text, value text, organization_id uuid, primary key (kind, value)",
    ),
];

/// pgbench with its script.
pub(super) struct Limit {
    pgbench: Pgbench,
    script: PathBuf,
    servers: Watched,
    authors: u64,
}

impl Limit {
    /// Takes the last case that a mail opened as the sample of what each writes, into a copy of the database that was made when it
    /// was empty.
    pub(super) async fn prepare(stage: &Stage, servers: Watched, authors: u64) -> anyhow::Result<Self> {
        let (mut cases, mut identity) = (stage.connect("cases").await?, stage.connect("identity").await?);
        let mut raw = stage.connect(&raw_of("cases")).await?;
        let case: Uuid = sqlx::query_scalar(
            "select case_id from inbound_mail where outcome = 'NEW_CASE' order by inbound_mail_id desc limit 1",
        )
        .fetch_one(&mut cases)
        .await
        .context("no mail opened a case")?;
        for (name, table, which) in WRITTEN {
            let rows = rows(&mut cases, &format!("{table} t where {which}"), Some(case)).await?;
            keep(&mut raw, name, &format!("like {table}"), &rows).await?;
        }
        let known = rows(&mut cases, "organization_ref t", None).await?;
        insert(&mut raw, "organization_ref", &known).await?;
        for (name, table, columns) in LOOKED_UP {
            let rows = rows(&mut identity, &format!("{table} t"), None).await?;
            keep(&mut raw, name, columns, &rows).await?;
        }
        raw.execute(
            "create table bench_words as
                select array_to_string(tsvector_to_array(search), ' ') as words from bench_message;
             create index on bench_membership (account_id);
             create index on bench_organization_code (organization_id);
             grant select on all tables in schema public to cases_app",
        )
        .await?;
        raw.execute("vacuum analyze").await?;
        let script = stage.checkout.folder("raw")?.join("mail.sql");
        fs::write(&script, include_str!("mail.sql"))?;
        let pgbench = Pgbench::find(stage, "cases", &raw_of("cases")).await?;
        Ok(Self { pgbench, script, servers, authors })
    }

    /// The best of several numbers of clients.
    pub(super) async fn best(&self, tries: usize, seconds: u32) -> anyhow::Result<Reached> {
        let variables = [("authors", self.authors)];
        self.pgbench.best(&self.script, &self.servers, (tries, seconds), &variables).await
    }
}
