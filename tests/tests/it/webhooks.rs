//! A clinic's own system is told of its visits, through REST: signed, again until it is taken, held while the endpoint is off, and
//! sent again on demand.

use std::sync::{Arc, Mutex};

use careway_tests::{Network, Rest, TestPlatform, accepted, refused, until};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::notices::{mails, next_mail};

const ENDPOINTS: &str = "/v1/webhook-endpoints";

/// What came: the id, the signatures, the body.
type Came = (String, String, Value);

/// The clinic's own system, which answers what it is told to.
#[derive(Clone)]
struct System {
    url: String,
    answers: Arc<Mutex<u16>>,
    came: Arc<Mutex<Vec<Came>>>,
}

impl System {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/in", listener.local_addr().expect("an address"));
        let system = Self { url, answers: Arc::new(Mutex::new(204)), came: Arc::default() };
        let serving = system.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.serve(stream).await });
            }
        });
        system
    }

    fn answer(&self, status: u16) {
        *self.answers.lock().expect("never poisoned") = status;
    }

    fn came(&self) -> Vec<Came> {
        self.came.lock().expect("never poisoned").clone()
    }

    /// Waits until so many came.
    async fn has(&self, count: usize) -> Vec<Came> {
        let came = async || Ok((self.came().len() >= count).then(|| self.came()));
        until("webhooks come", came).await.expect("they come")
    }

    /// Answers what comes on a connection, until it ends.
    async fn serve(&self, stream: TcpStream) -> Option<()> {
        let mut stream = BufReader::new(stream);
        loop {
            let (mut id, mut signatures, mut length) = (String::new(), String::new(), 0);
            loop {
                let mut line = String::new();
                if stream.read_line(&mut line).await.ok()? == 0 {
                    return None;
                }
                match line.trim_end().split_once(": ") {
                    Some(("webhook-id", value)) => id = value.to_owned(),
                    Some(("webhook-signature", value)) => signatures = value.to_owned(),
                    Some(("content-length", value)) => length = value.parse().ok()?,
                    None if line == "\r\n" => break,
                    _ => {}
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).await.ok()?;
            let status = *self.answers.lock().expect("never poisoned");
            self.came.lock().expect("never poisoned").push((
                id,
                signatures,
                serde_json::from_slice(&body).ok()?,
            ));
            // Whoever is refused comes again when the test lets an hour pass, and not by itself.
            let answer =
                format!("HTTP/1.1 {status} Answered\r\nretry-after: 3600\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.ok()?;
        }
    }
}

/// How many messages stand so, once that many do.
async fn stand(rest: &Rest, state: &str, count: usize) {
    let path = format!("/v1/webhook-messages?state={state}");
    until(state, async || {
        let listed = rest.get(&path).await?.ok()?;
        Ok((listed.list("webhookMessages").len() == count).then_some(()))
    })
    .await
    .expect("they come to stand so");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clinics_own_system_is_told_of_its_visits() {
    let platform = TestPlatform::with(&[("CAREWAY_CHANNELS_PRIVATE_ADDRESSES", "true")]).await;
    let network = Network::of(&platform).await;
    let (clinic, system) = (&network.facility.administrator, System::start().await);
    let types = accepted(200, clinic.get("/v1/event-types?context=visits")).await;
    let started = types.list("eventTypes").iter().find(|one| one["name"] == "careway.visits.v1.VisitStarted");
    assert_eq!(started.expect("it is listed")["permission"], "visits.read");
    let endpoint = json!({"url": system.url, "types": ["careway.visits.v1.VisitStarted"]});
    refused(403, "PERMISSION_DENIED", network.desk.post(ENDPOINTS, endpoint.clone())).await;
    let made = accepted(201, clinic.post(ENDPOINTS, endpoint)).await;
    let path = made.header("location").expect("where it is").to_owned();
    assert!(made.text("secret").starts_with("whsec_"));
    assert!(!accepted(200, clinic.get(&path)).await.body.to_string().contains("whsec_"));
    let tested = accepted(200, clinic.post(&format!("{path}/test"), json!({}))).await;
    assert_eq!((tested.at("answered"), tested.at("status")), (&json!(true), &json!(204)));

    system.answer(500);
    let start = async || {
        let member = network.payer.covered_member(&platform).await;
        let visit = network.desk.post("/v1/visits", json!({"memberNumber": member.number}));
        accepted(201, visit).await.text("visit.visitId").to_owned()
    };
    let visit = start().await;
    let (id, signatures, body) = system.has(2).await.remove(1);
    assert!(signatures.starts_with("v1,") && !signatures.contains(' '));
    assert_eq!((&body["data"]["visitId"], &body["subject"]), (&json!(visit), &json!(visit)));
    stand(clinic, "PENDING", 1).await;
    system.answer(204);
    accepted(200, clinic.post(&format!("{path}/rotate-secret"), json!({}))).await;
    platform.clock().advance(std::time::Duration::from_secs(4400));
    let again = system.has(3).await.remove(2);
    assert_eq!((&again.0, &again.2), (&id, &body), "the same once more");
    assert_eq!(again.1.split(' ').count(), 2, "signed by both secrets");
    stand(clinic, "DELIVERED", 1).await;
    let attempts = accepted(200, clinic.get(&format!("{path}/attempts"))).await;
    assert_eq!(
        (attempts.at("webhookAttempts.0.number"), attempts.at("webhookAttempts.1.status")),
        (&json!(2), &json!(500))
    );

    system.answer(410);
    start().await;
    stand(clinic, "HELD", 1).await;
    assert_eq!(accepted(200, clinic.get(&path)).await.text("webhookEndpoint.disabledCause"), "GONE");
    // Who may manage webhooks is told by mail, which names the host and nothing more of the address.
    let (subject, text) = next_mail(&platform, clinic, 1).await;
    assert_eq!(subject, "Webhooks to 127.0.0.1 are stopped");
    assert!(text.contains(made.text("webhookEndpoint.endpointId")) && text.contains("410"), "{text}");
    assert!(!["/in", "whsec_", &visit].iter().any(|secret| text.contains(secret)), "{text}");
    assert!(mails(&platform, &network.desk).await.is_empty());
    system.answer(204);
    let resend = format!("/v1/webhook-messages/{}/resend", id.trim_start_matches("evt_"));
    let to = json!({"endpointId": made.text("webhookEndpoint.endpointId")});
    refused(409, "WEBHOOK_ENDPOINT_DISABLED", clinic.post(&resend, to.clone())).await;
    accepted(200, clinic.post(&format!("{path}/enable"), json!({}))).await;
    stand(clinic, "DELIVERED", 2).await;

    accepted(200, clinic.post(&format!("{path}/disable"), json!({}))).await;
    start().await;
    stand(clinic, "HELD", 1).await;
    let came = system.came().len();
    accepted(200, clinic.post(&format!("{path}/enable"), json!({}))).await;
    let since = (platform.clock().now() - chrono::TimeDelta::hours(1)).to_rfc3339();
    accepted(200, clinic.post(&format!("{path}/recover"), json!({"since": since}))).await;
    system.has(came + 1).await;
    stand(clinic, "DELIVERED", 3).await;
    let came = system.came().len();
    accepted(200, clinic.post(&resend, to)).await;
    assert_eq!(system.has(came + 1).await.remove(came).0, id, "under the id that it had");

    let read = accepted(200, clinic.get(&path)).await;
    let change = clinic.patch(&path, json!({"ordering": "STRICT"})).if_match(read.etag());
    assert_eq!(accepted(200, change).await.text("webhookEndpoint.ordering"), "STRICT");
    accepted(204, clinic.delete(&path)).await;
    refused(404, "NOT_FOUND", clinic.get(&path)).await;
}
