//! A list as large as it was imported, exported whole and planned whole by a campaign, through all of the platform.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use anyhow::ensure;
use careway_standalone::seed::{
    Inbox, Rest,
    acts::{Person, hire},
};
use serde_json::json;
use tokio::time::sleep;

use super::{
    Platform,
    imports::{Imported, PASSWORD, PATIENCE, number, peak_kib, taken},
};
use crate::say;

/// What the steps after an import took.
pub(super) struct Steps {
    pub(super) renewals: Duration,
    pub(super) export: Duration,
    pub(super) planning: Duration,
    /// KiB that all of them took above what the platform had before, at the most.
    pub(super) memory: u64,
}

/// Measures each step once: what is planned is planned for ever.
pub(super) async fn measure(
    operator: &Rest,
    inbox: &Inbox,
    platform: &Platform,
    imported: &Imported,
    rows: u32,
) -> anyhow::Result<Steps> {
    let before = peak_kib(platform)?;
    let step = say::begin(format!("importing the renewal data of {rows}"));
    let mut list = String::from("bhxh_number,card_to,agency_code\n");
    for row in 0..rows {
        let _ = writeln!(list, "{},{},{}", number(row), imported.last_day, imported.agency_code);
    }
    let since = Instant::now();
    let sent = imported.officer.upload("/v1/renewals/import", "text/csv", list).await?.ok()?;
    taken(&imported.officer, sent.text("import.importId"), rows).await?;
    let renewals = since.elapsed();
    step.done(format!("{rows} rows in {}", say::seconds(renewals)));

    let step = say::begin(format!("exporting {rows} participants"));
    let since = Instant::now();
    let size = export(&imported.officer).await?;
    let export = since.elapsed();
    step.done(format!("{size} bytes in {}", say::seconds(export)));

    let step = say::begin(format!("planning {rows} reminders"));
    let planning = plan(operator, inbox, imported, rows).await?;
    step.done(format!("{rows} reminders in {}", say::seconds(planning)));
    Ok(Steps { renewals, export, planning, memory: peak_kib(platform)?.saturating_sub(before) })
}

/// Downloads the list, and keeps nothing of it; how many bytes it has.
async fn export(officer: &Rest) -> anyhow::Result<usize> {
    let url = format!("{}/v1/participants/export", officer.base());
    let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
    let mut answer = client.get(url).bearer_auth(officer.access_token()).send().await?.error_for_status()?;
    let mut size = 0;
    while let Some(piece) = answer.chunk().await? {
        size += piece.len();
    }
    Ok(size)
}

/// An agent's campaign to everybody, approved by the authority: how long it runs until everybody is planned.
async fn plan(operator: &Rest, inbox: &Inbox, imported: &Imported, rows: u32) -> anyhow::Result<Duration> {
    let person = |name: &str, role: &str| Person {
        name: name.to_owned(),
        email: format!("{}-{}@careway.example", role.to_lowercase(), imported.agency_code.to_lowercase()),
        roles: vec![role.to_owned()],
    };
    let head = hire(operator, Some(&imported.agency), inbox, &person("Đỗ Văn Ân", "ADMINISTRATOR"), PASSWORD)
        .await?;
    let head = operator.sign_in(&head).await?;
    let agent = hire(&head, None, inbox, &person("Lê Thị Ơn", "AGENT"), PASSWORD).await?;
    let agent = operator.sign_in(&agent).await?;
    let campaign =
        json!({"name": "Everybody", "kind": "ONCE", "channel": "SMS", "steps": [-30, -14, -7, -1, 0]});
    let made = agent.post("/v1/reminder-campaigns", campaign).await?.ok()?;
    let path = format!("/v1/reminder-campaigns/{}", made.text("campaign.campaignId"));
    agent.post(&format!("{path}/submit"), json!({})).await?.ok()?;
    if rows > 200 {
        imported.officer.post(&format!("{path}/approve"), json!({})).await?.ok()?;
    }
    let (waiting, mut since) = (Instant::now(), None);
    loop {
        let told = agent.get(&path).await?.ok()?;
        let is_running = told.text("campaign.state") == "RUNNING";
        if is_running && told.text("campaign.nextRunAt").is_empty() {
            break;
        }
        ensure!(["APPROVED", "SCHEDULED", "RUNNING"].contains(&told.text("campaign.state")), "{}", told.body);
        if is_running {
            since.get_or_insert_with(Instant::now);
        }
        ensure!(waiting.elapsed() < PATIENCE, "not planned in {} s", PATIENCE.as_secs());
        sleep(Duration::from_millis(20)).await;
    }
    let planning = since.map_or(Duration::ZERO, |since| since.elapsed());
    let counted = agent.get(&format!("{path}/statistics")).await?.ok()?;
    ensure!(counted.at("recipients") == rows, "not everybody was planned: {}", counted.body);
    agent.post(&format!("{path}/cancel"), json!({})).await?.ok()?;
    Ok(planning)
}
