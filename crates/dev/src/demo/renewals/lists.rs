//! The authority's lists come in, one row is mended, and the agency sees who is due.

use anyhow::ensure;
use careway_standalone::seed::{Answer, until};
use chrono::Days;
use serde_json::Value;

use super::household::{Household, Member, Office};
use crate::demo::steps::Steps;

/// The officer sends who takes part, and what is to be renewed.
pub(super) async fn send(steps: &mut Steps, office: &Office, household: &Household) -> anyhow::Result<()> {
    steps.step("The authority sends who takes part, in a list with Vietnamese titles");
    let rows: Vec<String> =
        household.people.iter().map(|person| participant(person, household, office)).collect();
    let wrong = rows[0].replace(&household.people[0].number, "7,93E+09");
    let list = format!(
        "Mã số BHXH;Họ và tên;Ngày sinh;Mã hộ;Di động;Từ ngày;Đến ngày;Mã đại lý\n{}{wrong}",
        rows.concat()
    );
    let import = import(steps, office, "/v1/participants/import", list).await?;
    ensure!(*import.at("import.created") == 3, "three people should be new: {import}");
    steps.means(
        "three people are new; of the fourth row nothing is guessed, and the others do not wait for it",
    );

    steps.step("Why was a row not taken?");
    let rows = format!("/v1/imports/{}/rows?outcome=REJECTED", import.text("import.importId"));
    let rejected = steps.get(&office.officer.rest, &rows, 200).await?;
    let why = rejected.at("rows.0.violations.0");
    steps.means(format!(
        "row {}, {}: {}",
        rejected.at("rows.0.row"),
        word(&why["column"]),
        word(&why["message"])
    ));

    steps.step("It sends which cards are to be renewed");
    let mut rows: Vec<String> =
        household.people.iter().map(|person| item(&person.number, household, office)).collect();
    // Nobody of the list of participants has this one.
    rows.push(item("7900000001", household, office));
    let list = format!("Mã số BHXH;Đến ngày;Mã đại lý\n{}", rows.concat());
    import_items(steps, office, list).await
}

async fn import_items(steps: &mut Steps, office: &Office, list: String) -> anyhow::Result<()> {
    let taken = import(steps, office, "/v1/renewals/import", list).await?;
    ensure!(*taken.at("import.rejected") == 0, "every row should be taken: {taken}");
    steps.means("a card that no participant of the agency has is among the mismatches, and in no list");
    let mismatches = steps.get(&office.officer.rest, "/v1/renewals/mismatches?pageSize=3", 200).await?;
    let row = |it: &Value| {
        [word(&it["bhxhNumber"]), word(&it["agencyCode"]), word(&it["reason"])].map(str::to_owned)
    };
    steps.shows(["NUMBER", "AGENCY", "WHY"], mismatches.list("mismatches").iter().map(row).collect());
    Ok(())
}

/// The agent sees the household; the renewals' ids.
pub(super) async fn read(
    steps: &mut Steps,
    office: &Office,
    household: &Household,
) -> anyhow::Result<Vec<String>> {
    steps.step("The agent opens the renewal list, by household");
    let path = format!("/v1/renewals?household={}&order=HOUSEHOLD", household.code);
    let listed = steps.get(&office.agent.rest, &path, 200).await?;
    let row = |it: &Value| {
        [word(&it["bhxhNumber"]), word(&it["fullName"]), word(&it["lastDay"]), word(&it["state"])]
            .map(str::to_owned)
    };
    steps.shows(["NUMBER", "NAME", "LAST DAY", "STATE"], listed.list("renewals").iter().map(row).collect());
    let due: Vec<String> =
        listed.list("renewals").iter().map(|it| word(&it["renewalId"]).to_owned()).collect();
    ensure!(due.len() == 3, "the three of the household should be due: {listed}");
    Ok(due)
}

/// Sends a list, and waits until it is taken.
async fn import(steps: &Steps, office: &Office, path: &str, list: String) -> anyhow::Result<Answer> {
    let officer = &office.officer.rest;
    let rows = list.lines().count() - 1;
    steps.asks("POST", path, &format!("CSV, {rows} rows").into());
    let sent = steps.hears(officer.upload(path, "text/csv", list).await?, 201)?;
    let location = format!("/v1/imports/{}", sent.text("import.importId"));
    let import = until("the list is taken", async || {
        let read = officer.get(&location).await?.ok()?;
        Ok(matches!(read.text("import.state"), "DONE" | "FAILED").then_some(read))
    })
    .await?;
    let counted = |name: &str| import.at(&format!("import.{name}")).as_i64().unwrap_or(0);
    steps.means(format!(
        "{} of {} rows looked at: {} new, {} changed, {} as they were, {} not taken",
        counted("rowsDone"),
        counted("rows"),
        counted("created"),
        counted("updated"),
        counted("unchanged"),
        counted("rejected"),
    ));
    Ok(import)
}

fn participant(person: &Member, household: &Household, office: &Office) -> String {
    let Member { number, name, birth, mobile } = person;
    let (from, to) = (household.last_day - Days::new(364), household.last_day);
    let day = "%d/%m/%Y";
    format!(
        "{number};{name};{birth};{};{mobile};{};{};{}\n",
        household.code,
        from.format(day),
        to.format(day),
        office.agency_code
    )
}

fn item(number: &str, household: &Household, office: &Office) -> String {
    format!("{number};{};{}\n", household.last_day.format("%d/%m/%Y"), office.agency_code)
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
