//! Whoever keeps how attempts ended and whoever has them sent anew at the same time wait for each other, and never each for the
//! other.

use careway_kernel::{Clock, OrganizationId, WebhookEndpointId, id_at};
use careway_testing::TestDatabase;
use chrono::TimeDelta;
use uuid::Uuid;

use crate::{
    MIGRATOR, NAME,
    webhook_endpoints::{
        domain::{Endpoint, Failing, Ordering, Settings, secret::Scheme},
        store::insert_endpoint,
    },
    webhook_messages::{
        domain::State,
        store::{Ended, NewMessage, insert_deliveries, insert_messages, save_ended, update_recovered},
    },
};

/// Messages of the endpoint.
const MESSAGES: usize = 200;
/// How often the two meet.
const ROUNDS: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn those_who_keep_ends_and_those_who_recover_never_lock_each_other_out() {
    let (database, clock) = (TestDatabase::create(NAME, &MIGRATOR).await, Clock::movable());
    let db = database.open(4, &clock).await;
    let now = clock.now();
    let endpoint = Endpoint {
        id: WebhookEndpointId::new(&clock),
        organization: OrganizationId::new(&clock),
        settings: Settings {
            url: "https://hooks.partner.example/".to_owned(),
            types: Vec::new(),
            ordering: Ordering::FirstAttempts,
            rate: 0,
        },
        permissions: Vec::new(),
        scheme: Scheme::Hmac,
        disabled: None,
        enabled_from: now,
        verified_at: None,
        failing: Failing::default(),
        version: 1,
        created_at: now,
    };
    let events: Vec<Uuid> = (0..MESSAGES).map(|_| id_at(now)).collect();
    let message = |event: &Uuid| NewMessage {
        event: *event,
        organization: Some(endpoint.organization),
        also: None,
        event_type: "careway.visits.v1.VisitAdmitted".to_owned(),
        subject: *event,
        version: 1,
        occurred_at: now,
        body: Vec::new(),
    };
    let mut tx = db.begin_system("tests").await.unwrap();
    insert_endpoint(&mut tx, &endpoint).await.unwrap();
    insert_messages(&mut tx, events.iter().map(message).collect()).await.unwrap();
    let hearers: Vec<_> = events.iter().map(|event| (endpoint.id, *event)).collect();
    insert_deliveries(&mut tx, &hearers, now).await.unwrap();
    tx.finish().await.unwrap();

    let ended = |event: &Uuid| Ended {
        event: *event,
        tries: 0,
        state: State::Pending,
        due_at: Some(now),
        attempt: id_at(now),
        at: now,
        milliseconds: 1,
        status: Some(500),
        failure: None,
    };
    let keep = async || {
        for _ in 0..ROUNDS {
            let mut tx = db.begin_system("tests").await.unwrap();
            let ends: Vec<_> = events.iter().rev().map(ended).collect();
            save_ended(&mut tx, endpoint.id, &ends).await?;
            tx.finish().await?;
        }
        Ok::<_, careway_service::Error>(())
    };
    let recover = async || {
        for _ in 0..ROUNDS {
            let mut tx = db.begin_system("tests").await.unwrap();
            let (since, until) = (now - TimeDelta::hours(1), now + TimeDelta::hours(1));
            update_recovered(&mut tx, endpoint.id, since, until, now).await?;
            tx.finish().await?;
        }
        Ok::<_, careway_service::Error>(())
    };
    let (kept, recovered) = futures::join!(keep(), recover());
    kept.unwrap();
    recovered.unwrap();
}
