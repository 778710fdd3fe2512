//! A list of participants, taken through all of the platform, beside `COPY` of the rows it comes to into the same tables with
//! the same indexes.

use std::{
    fmt::Write as _,
    fs,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use careway_kernel::{Clock, CountryCode};
use careway_standalone::seed::{
    Inbox, Rest,
    acts::{Person, hire, register},
};
use chrono::{Days, NaiveDate};
use serde_json::json;
use sqlx::{AssertSqlSafe, Executor, PgConnection};
use tokio::time::sleep;

use super::{Measured, Platform, Stage};
use crate::say;

pub(super) const PASSWORD: &str = "murakaza neza careway";
/// How long a list may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(1200);
/// The tables, and the columns that are not made of others.
const TABLES: [&str; 2] = ["participant", "card_period"];

/// A list that was taken: how long that took, whose it is, and whose its people are.
pub(super) struct Imported {
    pub(super) elapsed: Duration,
    pub(super) authority: String,
    pub(super) officer: Rest,
    pub(super) agency: String,
    pub(super) agency_code: String,
    /// When everybody's card ends.
    pub(super) last_day: NaiveDate,
}

/// Measures so many rounds of both, in turn, each list another authority's; and says which was the last.
pub(super) async fn measure(
    stage: &Stage,
    platform: &Platform,
    (operator, inbox): (&Rest, &Inbox),
    (rows, rounds): (u32, usize),
) -> anyhow::Result<(Measured, Imported)> {
    let mut database = stage.connect("renewals").await?;
    let mut measured = Measured::default();
    // What every first time takes is not the list's.
    let mut last = import(operator, inbox, 0, 500).await?;
    for round in 1..=rounds {
        let step = say::begin(format!("importing {rows} participants, round {round} of {rounds}"));
        let before = peak_kib(platform)?;
        last = import(operator, inbox, round, rows).await?;
        measured.memory = measured.memory.max(peak_kib(platform)?.saturating_sub(before));
        let raw = copy(&mut database, &last.authority).await.context("the raw limit")?;
        measured.rounds.push((last.elapsed, raw));
        step.done(format!(
            "{rows} participants in {}, COPY in {}",
            say::seconds(last.elapsed),
            say::seconds(raw)
        ));
    }
    Ok((measured, last))
}

/// An authority sends its first list, until all of it was taken.
async fn import(operator: &Rest, inbox: &Inbox, number: usize, rows: u32) -> anyhow::Result<Imported> {
    let (authority_code, agency_code) = (format!("VN-BENCH-{number}"), format!("BI{number:04}"));
    let organization = |kind: &str, code_kind: &str, code: &str| {
        json!({"kind": kind, "name": format!("{kind} {number}"), "country": "VN", "timeZone": "Asia/Ho_Chi_Minh",
            "locale": "vi", "codes": [{"kind": code_kind, "value": code}]})
    };
    let authority = organization("AUTHORITY", "PAYER", &authority_code);
    let authority = register(operator, authority, &authority_code).await?;
    let agency = register(operator, organization("AGENCY", "AGENCY", &agency_code), &agency_code).await?;
    let person = Person {
        name: "Lê Văn Ân".to_owned(),
        email: format!("authority{number}@careway.example"),
        roles: vec!["ADMINISTRATOR".to_owned()],
    };
    let hired = hire(operator, Some(&authority), inbox, &person, PASSWORD).await?;
    let officer = operator.sign_in(&hired).await?;
    officer.post("/v1/agencies", json!({"code": agency_code})).await?.ok()?;

    let last_day = last_day();
    let list = list(rows, &agency_code, last_day);
    let since = Instant::now();
    let sent = officer.upload("/v1/participants/import", "text/csv", list).await?.ok()?;
    taken(&officer, sent.text("import.importId"), rows).await?;
    Ok(Imported { elapsed: since.elapsed(), authority, officer, agency, agency_code, last_day })
}

/// Waits until every row of an import was taken.
pub(super) async fn taken(officer: &Rest, import: &str, rows: u32) -> anyhow::Result<()> {
    let (path, since) = (format!("/v1/imports/{import}"), Instant::now());
    loop {
        let told = officer.get(&path).await?.ok()?;
        if told.text("import.state") == "DONE" {
            ensure!(told.at("import.created") == rows, "not every row was taken: {}", told.body);
            return Ok(());
        }
        ensure!(since.elapsed() < PATIENCE, "the list was not taken in {} s", PATIENCE.as_secs());
        sleep(Duration::from_millis(50)).await;
    }
}

/// Who stands in a row.
pub(super) fn number(row: u32) -> u64 {
    7_000_000_000 + u64::from(row)
}

/// In a fortnight.
fn last_day() -> NaiveDate {
    Clock::system().today(CountryCode::VN.default_time_zone()) + Days::new(14)
}

fn list(rows: u32, agency: &str, last: NaiveDate) -> String {
    let mut list =
        String::from("bhxh_number,full_name,birth,address,household,mobile,card_from,card_to,agency_code\n");
    let first = last - Days::new(364);
    for row in 0..rows {
        let number = number(row);
        let (household, phone) = (row / 3, row % 1_000_000);
        let _ = writeln!(
            list,
            "{number},Nguyễn Thị {row:x},1950,{row} Lê Lợi,HGD-{household},0912{phone:06},{first},{last},{agency}"
        );
    }
    list
}

/// Copies what an import wrote into tables of the same shape; how long reading it in takes.
async fn copy(database: &mut PgConnection, authority: &str) -> anyhow::Result<Duration> {
    database.execute("drop schema if exists raw cascade; create schema raw").await?;
    let mut files = Vec::new();
    for table in TABLES {
        let columns: Vec<String> = sqlx::query_scalar(
            "select column_name::text from information_schema.columns
             where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER' order by ordinal_position",
        )
        .bind(table)
        .fetch_all(&mut *database)
        .await?;
        let columns = columns.join(", ");
        let file = std::env::temp_dir().join(format!("careway-bench-{}-{table}", std::process::id()));
        let of_it = match table {
            "participant" => format!("authority_id = '{authority}'"),
            _ => format!(
                "participant_id in (select participant_id from participant where authority_id = '{authority}')"
            ),
        };
        let said = format!(
            "copy (select {columns} from {table} where {of_it}) to '{0}'; create table raw.{table} (like {table} including all)",
            file.display()
        );
        database.execute(AssertSqlSafe(said)).await?;
        files.push((table, columns, file));
    }
    let since = Instant::now();
    for (table, columns, file) in &files {
        let said = format!("copy raw.{table} ({columns}) from '{}'", file.display());
        database.execute(AssertSqlSafe(said)).await?;
    }
    let elapsed = since.elapsed();
    database.execute("drop schema raw cascade").await?;
    for (.., file) in files {
        // The server wrote them, perhaps as another user.
        let _ = fs::remove_file(file);
    }
    Ok(elapsed)
}

/// The most memory that the platform's process ever had.
pub(super) fn peak_kib(platform: &Platform) -> anyhow::Result<u64> {
    let processes = platform.processes();
    let (_, pid) = processes.0.first().context("the platform has no process")?;
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
