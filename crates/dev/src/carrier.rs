//! The carrier of `cargo dev up`: a small peer by SMPP, so that development speaks the real protocol. What it is given lies in
//! the inbox, and it reports on each part: delivered, or undelivered to numbers that end in 99.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use careway_renewals::sms_text;
use careway_testing::{SmppPeer, SubmittedPart};
use chrono::Utc;
use serde_json::json;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::{
    checkout::{self, Checkout},
    say,
};

/// How long a phone takes.
const DELIVERY: Duration = Duration::from_millis(300);
/// Messages of which a part is missing; a carrier forgets them, too.
const MOST_OPEN: usize = 1000;

/// Starts the carrier; answers the file of routes that leads to it.
pub(crate) async fn start(checkout: &Checkout) -> anyhow::Result<PathBuf> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("no free port for the carrier")?;
    let peer = SmppPeer::serve(listener);
    let private = checkout.private()?;
    let (routes, password) = (private.join("routes.toml"), private.join("carrier-password"));
    checkout::replace(&password, "careway")?;
    checkout::replace(&routes, &settings(&peer.address(), &password.to_string_lossy()))?;
    let inbox = checkout.folder("inbox")?;
    tokio::spawn(deliver(peer, inbox));
    Ok(routes)
}

fn settings(address: &str, password: &str) -> String {
    format!(
        "[[route]]\nname = \"carrier\"\nsender = \"CAREWAY\"\n\n[route.smpp]\naddress = \"{address}\"\n\
         system_id = \"careway\"\npassword_file = \"{password}\"\n"
    )
}

/// A message whose parts have not all come: to whom, under which reference, of how many.
type Open = BTreeMap<(String, u16, u8), BTreeMap<u8, SubmittedPart>>;

async fn deliver(peer: SmppPeer, inbox: PathBuf) {
    let peer = Arc::new(peer);
    let mut parts = peer.follow();
    let mut open = Open::new();
    while let Some(part) = parts.recv().await {
        let Some(whole) = join(&mut open, part) else { continue };
        if let Err(error) = write(&inbox, &whole) {
            say::line(format!("the carrier cannot write into {}: {error}", inbox.display()));
        }
        tokio::spawn(report(peer.clone(), whole));
    }
}

async fn report(peer: Arc<SmppPeer>, parts: Vec<SubmittedPart>) {
    tokio::time::sleep(DELIVERY).await;
    for part in parts {
        peer.report(&part.carrier_id, if part.to.ends_with("99") { "UNDELIV" } else { "DELIVRD" });
    }
}

/// The parts of a message, once the last has come.
fn join(open: &mut Open, part: SubmittedPart) -> Option<Vec<SubmittedPart>> {
    let Some((reference, total, number)) = part.header() else { return Some(vec![part]) };
    if open.len() > MOST_OPEN {
        open.clear();
    }
    let key = (part.to.clone(), reference, total);
    let come = open.entry(key.clone()).or_default();
    come.insert(number, part);
    if come.len() < usize::from(total) {
        return None;
    }
    Some(open.remove(&key)?.into_values().collect())
}

/// Written beside and moved: whoever reads the inbox never sees half a message.
fn write(inbox: &std::path::Path, parts: &[SubmittedPart]) -> std::io::Result<()> {
    let now = Utc::now();
    let text: String = parts.iter().map(|part| sms_text(part.data_coding, part.text())).collect();
    let to = parts.first().map(|part| format!("+{}", part.to)).unwrap_or_default();
    let message = json!({
        "at": now.to_rfc3339_opts(chrono::SecondsFormat::Micros, true), "channel": "SMS", "to": to, "text": text,
    });
    let name = format!("{}-{}-00.json", now.format("%Y%m%dT%H%M%S%.6f"), Uuid::now_v7().simple());
    let partial = inbox.join(format!(".{name}"));
    fs::write(&partial, message.to_string())?;
    fs::rename(partial, inbox.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(number: u8, text: &str) -> SubmittedPart {
        SubmittedPart {
            at: std::time::Instant::now(),
            from: "CAREWAY".to_owned(),
            to: "84900000001".to_owned(),
            esm_class: 0x40,
            data_coding: 0,
            octets: [&[5, 0, 3, 7, 2, number], text.as_bytes()].concat(),
            wants_receipt: true,
            carrier_id: number.to_string(),
        }
    }

    #[test]
    fn parts_are_joined_in_their_order_whichever_comes_first() {
        let mut open = Open::new();
        assert!(join(&mut open, part(2, "world")).is_none());
        let whole = join(&mut open, part(1, "Hello ")).unwrap();
        let text: String = whole.iter().map(|part| sms_text(part.data_coding, part.text())).collect();
        assert_eq!(text, "Hello world");
        assert!(open.is_empty());
    }
}
