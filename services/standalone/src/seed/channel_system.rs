//! A channel's own system, as small as one can be: it says that it is well, and believes no message that the secret of its
//! webhook endpoint did not sign.

use std::{
    mem,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use anyhow::{Context, ensure};
use axum::{Router, extract::State, routing::get};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use careway_kernel::Clock;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::{net::TcpListener, task::JoinHandle};

use super::{Rest, until};

const ENDPOINTS: &str = "/v1/webhook-endpoints";
/// What addresses of such systems end with; nobody else's do.
const PATH: &str = "/careway-channel-system";
/// A message that was signed so many seconds ago, or later than now by as many, is not believed.
const MOST_OFF: i64 = 300;

/// The running system; it ends with this.
pub struct ChannelSystem {
    url: String,
    memory: Arc<Memory>,
    serving: JoinHandle<()>,
}

/// A message that it believed.
#[derive(Debug, Clone, Deserialize)]
pub struct Heard {
    /// The type of the event, like `careway.channels.v1.BookingMade`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it says.
    pub data: Value,
}

#[derive(Default)]
struct Memory {
    secret: Mutex<Vec<u8>>,
    /// What was believed and not asked for yet.
    heard: Mutex<Vec<Heard>>,
    disbelieved: AtomicUsize,
}

impl ChannelSystem {
    /// On a free port of the loopback address.
    ///
    /// # Errors
    /// There is none.
    pub async fn start() -> anyhow::Result<Self> {
        let listener =
            TcpListener::bind("127.0.0.1:0").await.context("no free port for a channel's system")?;
        let url = format!("http://{}{PATH}", listener.local_addr()?);
        let memory = Arc::<Memory>::default();
        let well = get(async || StatusCode::NO_CONTENT).post(take);
        let system = Router::new().route(PATH, well).with_state(memory.clone());
        let serving = tokio::spawn(async move {
            // It ends when the task does; until then nothing but the listener could fail.
            let _ = axum::serve(listener, system).await;
        });
        Ok(Self { url, memory, serving })
    }

    /// Where it is asked whether it is well, and told of events.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on messages are believed that this secret signed, which was told when the endpoint was made.
    ///
    /// # Errors
    /// It is no shared secret.
    pub fn believe(&self, secret: &str) -> anyhow::Result<()> {
        let key = secret.strip_prefix("whsec_").context("a secret that is not shared")?;
        *self.memory.secret.lock().expect("never poisoned") = STANDARD.decode(key)?;
        Ok(())
    }

    /// The first message of this type that says this, of those that were not answered before; it is waited for.
    ///
    /// # Errors
    /// None came in time.
    pub async fn next(&self, kind: &str, says: impl Fn(&Value) -> bool) -> anyhow::Result<Heard> {
        until(&format!("a {kind} by webhook"), async || {
            let mut heard = self.memory.heard.lock().expect("never poisoned");
            let place = heard.iter().position(|it| it.name() == kind && says(&it.data));
            Ok(place.map(|place| heard.remove(place)))
        })
        .await
    }

    /// All that was believed and not answered before.
    pub fn rest(&self) -> Vec<Heard> {
        mem::take(&mut *self.memory.heard.lock().expect("never poisoned"))
    }

    /// How many messages were not believed.
    pub fn disbelieved(&self) -> usize {
        self.memory.disbelieved.load(Ordering::Relaxed)
    }

    /// Has a channel told here of events; the path of the endpoint, which answered a test.
    ///
    /// # Errors
    /// The endpoint is refused, or the test is not answered.
    pub async fn endpoint(&self, administrator: &Rest) -> anyhow::Result<String> {
        remove_left(administrator).await?;
        let made = administrator.post(ENDPOINTS, json!({"url": self.url})).await?.ok()?;
        self.believe(made.text("secret"))?;
        let path = format!("{ENDPOINTS}/{}", made.text("webhookEndpoint.endpointId"));
        let tested = administrator.post(&format!("{path}/test"), json!({})).await?.ok()?;
        ensure!(*tested.at("answered") == true, "a webhook endpoint does not answer a test: {}", tested.body);
        Ok(path)
    }
}

/// Takes the endpoints of such systems away that an interrupted run left: their secrets died with it. What was disabled in good
/// order stays.
///
/// # Errors
/// The gateway refuses or is away.
pub async fn remove_left(administrator: &Rest) -> anyhow::Result<()> {
    let known = administrator.get(ENDPOINTS).await?.ok()?;
    for endpoint in known.list("webhookEndpoints") {
        let text = |name: &str| endpoint[name].as_str().unwrap_or_default();
        if text("url").ends_with(PATH) && text("state") == "ENABLED" {
            administrator.delete(&format!("{ENDPOINTS}/{}", text("endpointId"))).await?.ok()?;
        }
    }
    Ok(())
}

impl Heard {
    /// The type without its package.
    pub fn name(&self) -> &str {
        self.kind.rsplit('.').next().unwrap_or_default()
    }
}

impl Drop for ChannelSystem {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn take(State(memory): State<Arc<Memory>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let secret = memory.secret.lock().expect("never poisoned").clone();
    let signed = is_signed(&secret, &headers, &body, Clock::system().now().timestamp());
    let heard = signed.then(|| serde_json::from_slice(&body).ok()).flatten();
    let Some(heard) = heard else {
        memory.disbelieved.fetch_add(1, Ordering::Relaxed);
        return StatusCode::UNAUTHORIZED;
    };
    memory.heard.lock().expect("never poisoned").push(heard);
    StatusCode::NO_CONTENT
}

/// Whether the secret signed this body a moment ago, as Standard Webhooks says.
fn is_signed(secret: &[u8], headers: &HeaderMap, body: &[u8], now: i64) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp"));
    let in_time = timestamp.parse::<i64>().is_ok_and(|at| now.abs_diff(at) <= MOST_OFF.unsigned_abs());
    let signatures = header("webhook-signature").split(' ').filter_map(|one| one.strip_prefix("v1,"));
    let mut signatures = signatures.filter_map(|one| STANDARD.decode(one).ok());
    in_time
        && signatures.any(|signature| {
            let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length");
            mac.update(format!("{id}.{timestamp}.").as_bytes());
            mac.update(body);
            mac.verify_slice(&signature).is_ok()
        })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn nothing_is_believed_but_what_the_secret_signed_a_moment_ago() {
        let (secret, body, now) = (b"secret", br#"{"type": "a"}"#, 1_801_000_400);
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
        mac.update(b"evt_1.1801000400.");
        mac.update(body);
        let signature = format!("v1,AAAA v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        let headers: HeaderMap = [
            ("webhook-id", "evt_1"),
            ("webhook-timestamp", "1801000400"),
            ("webhook-signature", signature.as_str()),
        ]
        .into_iter()
        .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap()))
        .collect();
        assert!(is_signed(secret, &headers, body, now + 300));
        assert!(!is_signed(secret, &headers, body, now + 301), "too old");
        assert!(!is_signed(b"another", &headers, body, now));
        assert!(!is_signed(secret, &headers, br#"{"type": "b"}"#, now));
        assert!(!is_signed(secret, &HeaderMap::new(), body, now));
    }
}
