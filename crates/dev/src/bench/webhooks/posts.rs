//! The limit of deliveries: signed posts by the client that Careway posts with, as many at once as Careway had connections open,
//! and nothing else.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::ensure;
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::Utc;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, redirect::Policy};
use sha2::Sha256;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::receiver::Receiver;

/// As long as a message about a visit.
const BODY: &str = r#"{"type": "careway.visits.v1.VisitAdmitted", "timestamp": "2027-01-26T08:53:20.123456Z", "data": {"visitId": "0198c0de-5a5e-7b1f-8a51-2f6f0f9b3c21"}, "organizationId": "0198c0de-5a5e-7b1f-8a51-2f6f0f9b3c22", "subject": "0198c0de-5a5e-7b1f-8a51-2f6f0f9b3c23", "version": 3}"#;
const SECRET: [u8; 32] = [7; 32];

/// How long so many take.
pub(super) async fn post(
    receiver: &Receiver,
    (count, at_once, endpoints): (usize, usize, usize),
) -> anyhow::Result<Duration> {
    // As the client of channels is.
    let client = Client::builder()
        .pool_max_idle_per_host(8)
        .redirect(Policy::none())
        .no_proxy()
        .user_agent("Careway/1")
        .build()?;
    let next = Arc::new(AtomicUsize::new(0));
    let since = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..at_once {
        let (client, next) = (client.clone(), next.clone());
        let urls: Vec<_> = (0..endpoints).map(|endpoint| receiver.url(endpoint)).collect();
        tasks.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return anyhow::Ok(());
                }
                let (id, now) = (format!("evt_{}", Uuid::now_v7()), Utc::now().timestamp());
                let mut mac = Hmac::<Sha256>::new_from_slice(&SECRET)?;
                mac.update(format!("{id}.{now}.").as_bytes());
                mac.update(BODY.as_bytes());
                let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
                let answer = client
                    .post(&urls[number % endpoints])
                    .header("content-type", "application/json")
                    .header("webhook-id", id)
                    .header("webhook-timestamp", now)
                    .header("webhook-signature", signature)
                    .body(BODY)
                    .send()
                    .await?;
                ensure!(answer.status().is_success(), "a post was answered {}", answer.status());
            }
        });
    }
    for posted in tasks.join_all().await {
        posted?;
    }
    Ok(since.elapsed())
}
