//! The household pays, the authority sees it at once, the cover goes on; and one renewal is taken back.

use anyhow::ensure;
use careway_standalone::seed::Events;
use serde_json::{Value, json};

use super::household::Office;
use crate::demo::steps::Steps;

/// The agent quotes and takes the payment, while the authority watches.
pub(super) async fn take(steps: &mut Steps, office: &Office, due: &[String]) -> anyhow::Result<()> {
    let agent = &office.agent.rest;
    steps.step("What does a year cost them?");
    let ids: Vec<String> = due.iter().map(|id| format!("renewalIds={id}")).collect();
    let path = format!("/v1/renewals/quote?{}&months=12", ids.join("&"));
    let quote = steps.get(agent, &path, 200).await?;
    let row = |it: &Value| {
        [
            it["rank"].to_string(),
            dong(&it["amount"]),
            word(&it["from"]).to_owned(),
            word(&it["to"]).to_owned(),
        ]
    };
    steps.shows(["RANK", "AMOUNT", "FROM", "TO"], quote.list("cards").iter().map(row).collect());
    steps.means(format!("together {}; each next one of a household pays less", dong(quote.at("total"))));

    steps.step("The household pays; the authority is watching");
    let mut watch = Events::open(&office.officer.rest, "/v1/renewals/watch", None).await?;
    let receipt = format!("BL-{}", due[0].rsplit('-').next().unwrap_or_default());
    let paid = json!({
        "renewalIds": due, "months": 12, "paidOn": office.today.to_string(),
        "amount": quote.at("total"), "receiptNumber": receipt,
    });
    steps.post(agent, "/v1/renewals/renew", paid, 200).await?;
    steps.asks("GET", "/v1/renewals/watch", &Value::Null);
    let mut covered = 0;
    while covered < due.len() {
        let event = watch.next().await?;
        if !due.iter().any(|id| *id == event.data["renewal"]["renewalId"]) {
            continue;
        }
        steps.means(format!(
            "event {}: {} {}",
            event.id,
            word(&event.data["renewal"]["fullName"]),
            word(&event.data["change"])
        ));
        ensure!(event.data["change"] != "NOT_COVERED", "every cover should go on: {}", event.data);
        covered += usize::from(event.data["change"] == "COVERED");
    }
    steps.means("the cards are gone from the list, and their covers go on without a gap");
    Ok(())
}

/// The authority takes one back.
pub(super) async fn take_back(steps: &mut Steps, office: &Office, due: &[String]) -> anyhow::Result<()> {
    steps.step("One of them had paid at another agency already: the authority takes it back");
    let path = format!("/v1/renewals/{}/undo", due[2]);
    let undone = steps.post(&office.officer.rest, &path, json!({"reason": "Paid twice"}), 200).await?;
    steps.means(format!(
        "the card is {} again, and the new cover never was in force",
        undone.text("renewal.state")
    ));
    Ok(())
}

fn dong(money: &Value) -> String {
    format!("{} {}", word(&money["amount"]), word(&money["currency"]))
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
