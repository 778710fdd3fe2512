//! A receiver as docs/webhooks.md shows one in Rust, played against the vectors; and a server that notes what is posted to it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Whether a message is Careway's: `headers` are `webhook-id`, `webhook-timestamp` and `webhook-signature`, `now` is in seconds.
pub(crate) fn is_careways(secret: &str, headers: [&str; 3], body: &[u8], now: i64) -> bool {
    let [id, timestamp, signatures] = headers;
    let key = secret.strip_prefix("whsec_").and_then(|key| STANDARD.decode(key).ok());
    let (Some(key), Ok(sent_at)) = (key, timestamp.parse::<i64>()) else { return false };
    if (now - sent_at).abs() > 300 {
        return false;
    }
    signatures.split(' ').filter_map(|signature| signature.strip_prefix("v1,")).any(|signature| {
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key of any length");
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        mac.verify_slice(&signature).is_ok()
    })
}

#[test]
fn the_receiver_of_the_guide_accepts_what_the_vectors_accept() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/channels/signatures.jsonl");
    let rows = std::fs::read_to_string(path).unwrap();
    let rows = rows.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut played = 0;
    for row in rows.filter(|row| ["verify", "age"].contains(&row["kind"].as_str().unwrap())) {
        let text = |field: &str| row[field].as_str().unwrap();
        let headers = [text("webhookId"), text("webhookTimestamp"), text("webhookSignature")];
        let body = STANDARD.decode(text("bodyBase64")).unwrap();
        let secret = row["secrets"][0].as_str().unwrap();
        let accepted = is_careways(secret, headers, &body, row["now"].as_i64().unwrap());
        assert_eq!(row["accepted"], accepted, "{row}");
        played += 1;
    }
    assert_eq!(played, 18);
}

#[test]
fn the_guide_shows_this_very_receiver() {
    let guide = include_str!("../../../../docs/webhooks.md");
    let source = include_str!("receiver.rs");
    let start = source.find("    let [id, timestamp, signatures]").unwrap();
    let end = start + source[start..].find("\n}\n").unwrap();
    assert!(guide.contains(&source[start..end]), "docs/webhooks.md shows another receiver");
}

/// A message as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
    pub(crate) at: Instant,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn id(&self) -> &str {
        self.header("webhook-id")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Whether it is signed by this secret.
    pub(crate) fn is_signed_by(&self, secret: &str) -> bool {
        let timestamp = self.header("webhook-timestamp");
        let headers = [self.id(), timestamp, self.header("webhook-signature")];
        is_careways(secret, headers, &self.body, timestamp.parse().unwrap())
    }
}

/// What a receiver answers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reply {
    Status(u16),
    /// Once the receiver is released.
    Late(u16),
    Never,
}

type Behaviour = Box<dyn Fn(&Seen) -> Reply + Send + Sync>;

/// A server that notes what is posted to it. It listens until the test ends.
#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    behaviour: Arc<Mutex<Arc<Behaviour>>>,
    released: watch::Sender<bool>,
    open: Arc<AtomicUsize>,
    most_open: Arc<AtomicUsize>,
}

impl Receiver {
    /// One that answers so.
    pub(crate) async fn start(behaviour: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let behaviour: Behaviour = Box::new(behaviour);
        let receiver = Self {
            url: format!("http://{}/in", listener.local_addr().unwrap()),
            seen: Arc::default(),
            behaviour: Arc::new(Mutex::new(Arc::new(behaviour))),
            released: watch::Sender::new(false),
            open: Arc::default(),
            most_open: Arc::default(),
        };
        let serving = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move {
                    let open = serving.open.fetch_add(1, Ordering::SeqCst) + 1;
                    serving.most_open.fetch_max(open, Ordering::SeqCst);
                    serving.serve(stream).await;
                    serving.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        receiver
    }

    /// One that answers 204 at once.
    pub(crate) async fn well() -> Self {
        Self::start(|_| Reply::Status(204)).await
    }

    /// It answers otherwise from now on.
    pub(crate) fn behave(&self, behaviour: impl Fn(&Seen) -> Reply + Send + Sync + 'static) {
        let behaviour: Behaviour = Box::new(behaviour);
        *self.behaviour.lock().unwrap() = Arc::new(behaviour);
    }

    /// It answers those that it left waiting, and nobody waits any more.
    pub(crate) fn release(&self) {
        self.released.send_replace(true);
    }

    /// What came so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// How many connections there were at the same time.
    pub(crate) fn most_open(&self) -> usize {
        self.most_open.load(Ordering::SeqCst)
    }

    async fn serve(&self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        while let Some(seen) = read(&mut stream).await {
            self.seen.lock().unwrap().push(seen.clone());
            let behaviour = self.behaviour.lock().unwrap().clone();
            let status = match behaviour(&seen) {
                Reply::Status(status) => status,
                Reply::Late(status) => {
                    let _ = self.released.subscribe().wait_for(|released| *released).await;
                    status
                }
                Reply::Never => {
                    // Until the other side hangs up.
                    let _ = stream.read(&mut [0]).await;
                    return;
                }
            };
            let answer = format!("HTTP/1.1 {status} Answered\r\ncontent-length: 0\r\n\r\n");
            if stream.get_mut().write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }
}

/// Reads one request; none at the end.
async fn read(stream: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut headers = BTreeMap::new();
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|length| *length > 0)?;
    loop {
        line.clear();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let mut body = vec![0; headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    Some(Seen { headers, body, at: Instant::now() })
}
