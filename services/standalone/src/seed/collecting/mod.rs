//! Household insurance as the demo has it: an authority with its settings, two agencies, their participants and what is to be
//! renewed; and some weeks of an agent's work.

mod lists;
mod people;
mod work;

use std::collections::HashMap;

use anyhow::Context;
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{
    Answer, Rest,
    families::Family,
    organizations::{AGENCY, AUTHORITY, SECOND_AGENCY},
    sign_in, until,
};

/// A month's base salaries by law, in dong.
const BASE_SALARIES: [(&str, &str); 3] =
    [("2019-07-01", "1490000"), ("2023-07-01", "1800000"), ("2024-07-01", "2340000")];

/// Enters all of it, as the people who would. `households` are the authority's own insured; `today` is Vietnam's.
pub(super) async fn enter(
    anybody: &Rest,
    ids: &HashMap<&str, String>,
    households: &[Family],
    today: NaiveDate,
) -> anyhow::Result<()> {
    let administrator = sign_in(anybody, &AUTHORITY, "ADMINISTRATOR").await?;
    set_settings(&administrator).await?;
    for agency in [&AGENCY, &SECOND_AGENCY] {
        ids.get(agency.code).context("an agency that is not registered")?;
        administrator.post("/v1/agencies", json!({"code": agency.code})).await?.ok_or("AGENCY_APPOINTED")?;
    }
    let officer = sign_in(anybody, &AUTHORITY, "OFFICER").await?;
    let people = people::all(households, today);
    import(&officer, "/v1/participants/import", lists::participants(&people)).await?;
    import(&officer, "/v1/renewals/import", lists::renewals(&people, today)).await?;
    let agent = sign_in(anybody, &AGENCY, "AGENT").await?;
    work::contact(&agent).await.context("reaching participants")?;
    work::report(&agent, &officer).await.context("reporting what is wrong")?;
    work::renew_and_undo(&agent, &officer, today).await.context("renewing a card by mistake")
}

/// Sets the base salaries, unless the authority has set something.
async fn set_settings(administrator: &Rest) -> anyhow::Result<()> {
    let present = administrator.get("/v1/renewal-settings").await?.ok()?;
    if present.at("settings.version").as_i64().unwrap_or(0) > 0 {
        return Ok(());
    }
    let salaries: Vec<Value> = BASE_SALARIES
        .iter()
        .map(|(from, amount)| json!({"from": from, "amount": {"currency": "VND", "amount": amount}}))
        .collect();
    let settings = administrator.put("/v1/renewal-settings", json!({"baseSalaries": salaries}));
    settings.if_match(present.etag()).await?.ok()?;
    Ok(())
}

/// Sends a list, all of whose rows must be good, and waits until it is taken.
async fn import(officer: &Rest, path: &str, list: String) -> anyhow::Result<()> {
    let sent = until("the list before to be taken", async || {
        let sent = officer.upload(path, "text/csv", list.clone()).await?;
        if sent.reason() == "IMPORT_RUNNING" { Ok(None) } else { sent.ok().map(Some) }
    })
    .await?;
    let import = format!("/v1/imports/{}", sent.text("import.importId"));
    let taken: Answer = until("a list to be taken", async || {
        let read = officer.get(&import).await?.ok()?;
        Ok(matches!(read.text("import.state"), "DONE" | "FAILED").then_some(read))
    })
    .await?;
    anyhow::ensure!(
        taken.text("import.state") == "DONE" && taken.at("import.rejected").as_i64().unwrap_or(0) == 0,
        "{path} was not taken whole: {}",
        taken.at("import")
    );
    Ok(())
}
