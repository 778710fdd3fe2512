//! Text messages that people send us: kept sealed, once, for whoever reads what is meant.

use careway_kernel::{PhoneNumber, id_at};
use careway_service::Result;
use hex::encode;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    routes::RouteSettings,
    store::{
        INBOUND,
        inbound::{self, InboundRow},
    },
};
use crate::App;

/// More than ten parts is no answer of anybody.
const LONGEST: usize = 1600;

/// Keeps one, of a route that takes any. A carrier that did not hear the answer sends it again: the same within a minute is one.
pub(super) async fn take(app: &App, route: &RouteSettings, from: &str, text: &str) -> Result<()> {
    if !route.replies {
        return Ok(());
    }
    let text: String = text.chars().take(LONGEST).collect();
    let number = number(from);
    let mut tx = app.db.begin_system("take-sms").await?;
    let now = tx.now();
    let id = id_at(now);
    let content = json!({ "from": number, "text": text }).to_string();
    let row = InboundRow {
        inbound_sms_id: id,
        route: route.name.clone(),
        number_key: app.contact_keys.index(&number).to_vec(),
        sealed: app.sealer.seal(INBOUND, id, content.as_bytes())?,
        received_at: now,
    };
    let minute = now.timestamp() / 60;
    let mut dedupe = Sha256::new();
    dedupe.update(&row.number_key);
    dedupe.update(text.as_bytes());
    let digest = encode(dedupe.finalize());
    let dedupe_key = |minute: i64| format!("{}:{minute}:{digest}", route.name);
    // Less than a minute may lie between two minutes of the clock; replicas may not agree on which comes first.
    let beside = [dedupe_key(minute - 1), dedupe_key(minute + 1)];
    inbound::insert_inbound(&mut tx, &row, &dedupe_key(minute), &beside).await?;
    metrics::counter!("careway_inbound_sms_total", "route" => route.name.clone()).increment(1);
    tx.finish().await
}

/// In E.164, as contacts are kept; what is no number stays as it is.
fn number(from: &str) -> String {
    let international = format!("+{}", from.trim_start_matches('+').trim_start_matches("00"));
    let parsed = PhoneNumber::from_e164(&international);
    parsed.map_or_else(|_| from.to_owned(), |number| number.as_e164().to_owned())
}
