//! What agents do with a list: reach people, report what is wrong, take contributions; and what an officer takes back.

use anyhow::{Context, ensure};
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::super::Rest;

/// What came of asking, one for each.
const RESULTS: [&str; 7] =
    ["CONTACTED", "PROMISED", "RENEWED", "REFUSED", "MOVED", "DECEASED", "WRONG_NUMBER"];

/// Of the card that was renewed by mistake.
const RECEIPT: &str = "BL-0001";

/// What agents find wrong.
const ISSUES: [(&str, &str); 3] = [
    ("BIRTH", "Her citizen card says 20/07/1950"),
    ("FULL_NAME", "The middle name is Ngọc, not Thị"),
    ("HOUSEHOLD", "He lives with his daughter's household since May"),
];

/// Notes every result once, with a note and a contact of its own where that helps.
pub(super) async fn contact(agent: &Rest) -> anyhow::Result<()> {
    let people = some_people(agent).await?;
    for (result, person) in RESULTS.iter().zip(&people) {
        let mut change = json!({"result": result});
        match *result {
            "PROMISED" => change["note"] = "Comes on Saturday".into(),
            "CONTACTED" => change["mobile"] = "0903 818 118".into(),
            _ => {}
        }
        if person["result"] == *result {
            continue;
        }
        let path = format!("/v1/participants/{}", text(person, "participantId"));
        agent.patch(&path, change).if_match(&format!("\"v{}\"", person["version"])).await?.ok()?;
    }
    Ok(())
}

/// Reports three faults; the authority has answered one.
pub(super) async fn report(agent: &Rest, officer: &Rest) -> anyhow::Result<()> {
    if !agent.get("/v1/data-issues").await?.ok()?.list("dataIssues").is_empty() {
        return Ok(());
    }
    let mut first = None;
    for ((field, note), person) in ISSUES.iter().zip(some_people(agent).await?) {
        let path = format!("/v1/participants/{}/data-issues", text(&person, "participantId"));
        let reported = agent.post(&path, json!({"field": field, "note": note})).await?.ok()?;
        first = first.or(Some(reported.text("dataIssue.dataIssueId").to_owned()));
    }
    let answered = format!("/v1/data-issues/{}/resolve", first.context("nobody has anything wrong")?);
    let answer = json!({"outcome": "CORRECTED", "answer": "With the next list"});
    officer.post(&answered, answer).await?.ok()?;
    Ok(())
}

/// The agent renews the wrong card, and the officer takes it back.
pub(super) async fn renew_and_undo(agent: &Rest, officer: &Rest, today: NaiveDate) -> anyhow::Result<()> {
    let renewed = agent.get("/v1/renewals?state=RENEWED").await?.ok()?;
    let by_mistake = |it: &&Value| it["contribution"]["receiptNumber"] == RECEIPT;
    let renewal = match renewed.list("renewals").iter().find(by_mistake) {
        Some(left) => Some(text(left, "renewalId").to_owned()),
        None => renew(agent, today).await?,
    };
    if let Some(renewal) = renewal {
        let undo = format!("/v1/renewals/{renewal}/undo");
        officer.post(&undo, json!({"reason": "The neighbour paid, not she"})).await?.ok()?;
    }
    Ok(())
}

/// Renews somebody's card under the receipt; none when the receipt was used before.
async fn renew(agent: &Rest, today: NaiveDate) -> anyhow::Result<Option<String>> {
    let due = agent.get("/v1/renewals?state=DUE&order=FAMILY_NAME").await?.ok()?;
    let untouched = |it: &&Value| it["result"] == "NOT_CONTACTED" && it["fullName"] != "Trần Thị Hoà";
    let wrong = due.list("renewals").iter().find(untouched).context("nothing is due")?;
    let renewal = text(wrong, "renewalId");
    let quote = agent.get(&format!("/v1/renewals/quote?renewalIds={renewal}&months=3")).await?.ok()?;
    let paid = json!({
        "renewalIds": [renewal], "months": 3, "paidOn": today.to_string(), "amount": quote.at("total"),
        "receiptNumber": RECEIPT,
    });
    let renewed = agent.post("/v1/renewals/renew", paid).await?.ok_or("RECEIPT_USED")?;
    Ok(renewed.status.is_success().then(|| renewal.to_owned()))
}

/// Some participants of the agency, always the same ones.
async fn some_people(agent: &Rest) -> anyhow::Result<Vec<Value>> {
    let listed = agent.get("/v1/participants?household=HGD-0201").await?.ok()?;
    let mut people = listed.list("participants").to_vec();
    let more =
        agent.get("/v1/participants?order=LAST_DAY&pageSize=20&lastDayFrom=2000-01-01&q=7936500").await?;
    people.extend(more.ok()?.list("participants").iter().cloned());
    ensure!(people.len() >= RESULTS.len(), "only {} participants are known", people.len());
    Ok(people)
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}
