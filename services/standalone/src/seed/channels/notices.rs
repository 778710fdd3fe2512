//! What the call centre is told once it sells: prices, of which it has acknowledged one, and a new examination.

use anyhow::Context;
use serde_json::{Value, json};

use super::{super::Rest, connecting::Connecting, text};

/// What is dearer now: a price that the call centre goes by, one that it was told, and one that it does not know.
const DEARER: [&str; 3] = ["CONS-CARD", "ECO-ABD", "CONS-MI"];
const NEW: &str = "ECO-TIR";

/// Tells it, as far as it is not told.
pub(super) async fn tell(connecting: &Connecting<'_>, support: &Rest) -> anyhow::Result<()> {
    tell_prices(connecting).await?;
    tell_of_new(connecting, support).await
}

async fn tell_prices(connecting: &Connecting<'_>) -> anyhow::Result<()> {
    let (clinic, editor) = (connecting.clinic, &connecting.channel.editor);
    let path = format!("{}/changes", connecting.path);
    if clinic.rest.get(&path).await?.ok()?.list("changes").is_empty() {
        let services = DEARER.map(|code| clinic.id(code));
        let edit = json!({
            "channelId": connecting.channel.id, "serviceIds": services, "percent": "8",
            "rounding": {"to": "1.00", "mode": "HALF_UP"},
        });
        clinic.rest.post("/v1/prices/bulk-edit", edit).await?.ok()?;
    }
    let changes = clinic.rest.get(&path).await?.ok()?;
    let change = |code: &str| {
        let found = changes.list("changes").iter().find(|it| it["serviceId"] == clinic.id(code));
        found.with_context(|| format!("the price of {code} did not change"))
    };
    let [acknowledged, told, _untold] = DEARER;
    for code in [acknowledged, told] {
        let change = change(code)?;
        if change["state"] == "UNTOLD" {
            let told = json!({"changeIds": [change["changeId"]]});
            clinic.rest.post(&format!("{}/notices", connecting.path), told).await?.ok()?;
        }
    }
    let waiting = editor.get("/v1/channel/notices?state=TOLD").await?.ok()?;
    let of_first = |it: &&Value| it["kind"] == "PRICE" && it["serviceId"] == clinic.id(acknowledged);
    if let Some(notice) = waiting.list("notices").iter().find(of_first) {
        acknowledge(editor, notice).await?;
    }
    Ok(())
}

/// A new examination: Careway has acknowledged the notice of it, and the call centre has not.
async fn tell_of_new(connecting: &Connecting<'_>, support: &Rest) -> anyhow::Result<()> {
    let clinic = connecting.clinic;
    let new = clinic.id(NEW);
    let ticked = [clinic.sold(), vec![new]].concat();
    let ticks = json!({"serviceIds": ticked});
    let connection = clinic.rest.put(&format!("{}/services", connecting.path), ticks).await?.ok()?;
    let item = connection.list("connection.services").iter().find(|it| it["serviceId"] == new);
    let item = item.context("it is not ticked")?;
    if item["state"] == "UNPUBLISHED" {
        let notify = format!("{}/services/{new}/notify", connecting.path);
        clinic.rest.post(&notify, json!({})).await?.ok()?;
    }
    if item["acknowledgedByCareway"] != true {
        let acknowledge = format!("{}/services/{new}/acknowledge", connecting.path);
        support.post(&acknowledge, json!({})).await?.ok()?;
    }
    Ok(())
}

async fn acknowledge(editor: &Rest, notice: &Value) -> anyhow::Result<()> {
    let path = format!("/v1/notices/{}/acknowledge", text(notice, "noticeId"));
    editor.post(&path, json!({})).await?.ok()?;
    Ok(())
}
