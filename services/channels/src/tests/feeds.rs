//! The stories of `feed.jsonl` that need transactions: writers who commit late, roll back or have wrong clocks, and a reader who
//! must have everything in the end. The stories of pages are read from the same table.

use std::collections::BTreeMap;

use careway_kernel::{Clock, ConnectionId, OrganizationId, id_at};
use careway_service::{Call, Database, Transaction};
use careway_testing::TestDatabase;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    MIGRATOR, NAME,
    feeds::{
        domain::{FeedKind, rpde},
        store::{delete_forgotten, list_changes, lock_numbering, save_services, update_numbers},
    },
    vectors,
};

const FEED: &str = "https://api.careway.example/v1/channel/changes";

/// A live connection of a channel, whose services are made when they are named.
struct Feed {
    db: Database,
    clock: Clock,
    connection: ConnectionId,
    provider: OrganizationId,
    channel: OrganizationId,
    services: BTreeMap<String, Uuid>,
}

impl Feed {
    async fn open() -> Self {
        let database = TestDatabase::create(NAME, &MIGRATOR).await;
        let clock = Clock::movable();
        let feed = Self {
            db: database.open(6, &clock).await,
            connection: ConnectionId::new(&clock),
            provider: OrganizationId::new(&clock),
            channel: OrganizationId::new(&clock),
            services: BTreeMap::new(),
            clock,
        };
        let mut tx = feed.db.begin_system("tests").await.unwrap();
        sqlx::query(
            "insert into connection (connection_id, provider_id, channel_id, state, causes, endpoint_answered, revision,
                version, created_at)
             values ($1, $2, $3, 'LIVE', '{}', true, 1, 1, $4)",
        )
        .bind(feed.connection.uuid())
        .bind(feed.provider.uuid())
        .bind(feed.channel.uuid())
        .bind(feed.clock.now())
        .execute(&mut *tx)
        .await
        .unwrap();
        tx.finish().await.unwrap();
        feed
    }

    /// A service of that name, published before.
    async fn service(&mut self, name: &str) -> Uuid {
        if let Some(known) = self.services.get(name) {
            return *known;
        }
        let id = id_at(self.clock.now());
        let mut tx = self.db.begin_system("tests").await.unwrap();
        sqlx::query(
            "insert into service (service_id, provider_id, code, name, duration_minutes, step_minutes, buffer_before,
                buffer_after, version, created_at)
             values ($1, $2, $3, $3, 30, 30, 0, 0, 1, $4)",
        )
        .bind(id)
        .bind(self.provider.uuid())
        .bind(name)
        .bind(self.clock.now())
        .execute(&mut *tx)
        .await
        .unwrap();
        sqlx::query(
            "insert into connection_item (connection_id, service_id, ticked, state, system_knows, channel_knows, told_price,
                told_amount, told_currency, told_minutes)
             values ($1, $2, true, 'PUBLISHED', true, true, 1, 0, 'RON', 30)",
        )
        .bind(self.connection.uuid())
        .bind(id)
        .execute(&mut *tx)
        .await
        .unwrap();
        tx.finish().await.unwrap();
        self.services.insert(name.to_owned(), id);
        id
    }

    /// The channel is shown another price.
    async fn write(&self, tx: &mut Transaction, service: Uuid, value: i64) {
        sqlx::query("update connection_item set told_amount = $2 where service_id = $1")
            .bind(service)
            .bind(value)
            .execute(&mut **tx)
            .await
            .unwrap();
        let of = (self.connection, self.channel);
        save_services(tx, of, (&[service], &[]), self.clock.now()).await.unwrap();
    }

    async fn number(&self) {
        let mut tx = self.db.begin_system("tests").await.unwrap();
        lock_numbering(&mut tx).await.unwrap();
        update_numbers(&mut tx, 1000).await.unwrap();
        tx.finish().await.unwrap();
    }

    /// A page as it is sent.
    async fn page(&self, after: Option<i64>, size: i64) -> Value {
        let mut reader = self.db.read(&Call::system("tests")).await.unwrap();
        let from = after.unwrap_or_default();
        let items = list_changes(&mut reader, self.channel, FeedKind::Service, from, size).await.unwrap();
        let page = rpde::page(FEED, FeedKind::Service, after, &items).unwrap();
        serde_json::from_slice(&page.body).unwrap()
    }

    fn named(&self, id: &Value) -> &str {
        let known = self.services.iter().find(|(_, known)| json!(known) == *id);
        known.map(|(name, _)| name.as_str()).unwrap()
    }
}

/// The number in `next`.
fn next(page: &Value) -> i64 {
    page["next"].as_str().unwrap().rsplit('=').next().unwrap().parse().unwrap()
}

/// Reads on from where it was until the last page.
#[derive(Default)]
struct Reader {
    after: Option<i64>,
    has: BTreeMap<String, i64>,
}

impl Reader {
    async fn poll(&mut self, feed: &Feed, size: i64) {
        loop {
            let page = feed.page(self.after, size).await;
            for item in page["items"].as_array().unwrap() {
                let price = item["data"]["price"]["amount"].as_str().unwrap();
                let value: f64 = price.parse().unwrap();
                self.has.insert(feed.named(&item["id"]).to_owned(), (value * 100.0).round() as i64);
            }
            let there = page["items"].as_array().is_some_and(|items| !items.is_empty());
            self.after = Some(next(&page));
            if !there {
                return;
            }
        }
    }
}

#[tokio::test]
async fn a_reader_has_everything_whatever_the_order_of_commits() {
    let rows = vectors::read("feed.jsonl");
    let stories: Vec<_> = rows.iter().filter(|row| row["schedule"].is_array()).collect();
    assert_eq!(stories.len(), 8);
    for story in stories {
        for size in [500, 2] {
            let mut feed = Feed::open().await;
            let mut open: BTreeMap<&str, Transaction> = BTreeMap::new();
            let mut reader = Reader::default();
            for step in story["schedule"].as_array().unwrap() {
                if step["poll"].is_string() {
                    feed.number().await;
                    reader.poll(&feed, size).await;
                    continue;
                }
                let who = step["tx"].as_str().unwrap();
                match step["does"].as_str().unwrap() {
                    "begin" => {
                        let mut tx = feed.db.begin_system("tests").await.unwrap();
                        // Whatever the others take meanwhile.
                        let waits = sqlx::query("set local idle_in_transaction_session_timeout = 0");
                        waits.execute(&mut *tx).await.unwrap();
                        open.insert(who, tx);
                    }
                    "write" => {
                        let service = feed.service(step["item"].as_str().unwrap()).await;
                        let tx = open.get_mut(who).unwrap();
                        feed.write(tx, service, step["value"].as_i64().unwrap()).await;
                    }
                    "commit" => open.remove(who).unwrap().finish().await.unwrap(),
                    "rollback" => drop(open.remove(who)),
                    other => panic!("no such step: {other}"),
                }
            }
            assert_eq!(json!(reader.has), story["readerHas"], "{}", story["id"]);
        }
    }
}

#[tokio::test]
async fn every_story_of_pages() {
    let rows = vectors::read("feed.jsonl");
    let stories: Vec<_> = rows.iter().filter(|row| row["pages"].is_array()).collect();
    assert_eq!(stories.len(), 6);
    for story in stories {
        let mut feed = Feed::open().await;
        for row in story["rows"].as_array().unwrap() {
            let id = feed.service(row["id"].as_str().unwrap()).await;
            let deleted = row["state"] == "deleted";
            let mut tx = feed.db.begin_system("tests").await.unwrap();
            if deleted {
                let withdrawn =
                    "update connection_item set state = 'WITHDRAWN', told_price = null, told_amount = null,
                    told_currency = null, told_minutes = null where service_id = $1";
                sqlx::query(withdrawn).bind(id).execute(&mut *tx).await.unwrap();
            }
            sqlx::query(
                "insert into feed_item (channel_id, kind, item_id, connection_id, change, deleted_at)
                 values ($1, 'service', $2, $3, $4, $5)",
            )
            .bind(feed.channel.uuid())
            .bind(id)
            .bind(feed.connection.uuid())
            .bind(row["change"].as_i64())
            .bind(deleted.then(|| feed.clock.now()))
            .execute(&mut *tx)
            .await
            .unwrap();
            tx.finish().await.unwrap();
        }
        let size = story["pageSize"].as_i64().unwrap();
        for expected in story["pages"].as_array().unwrap() {
            let page = feed.page(expected["after"].as_i64(), size).await;
            let items = page["items"].as_array().unwrap().iter();
            let items: Vec<_> = items.map(|item| json!([feed.named(&item["id"]), item["state"]])).collect();
            assert_eq!(json!(items), expected["items"], "{}", story["id"]);
            assert_eq!(json!(next(&page)), expected["nextAfter"], "{}", story["id"]);
        }
    }
}

#[tokio::test]
async fn what_is_gone_is_told_for_as_long_as_it_must_be() {
    let rows = vectors::read("feed.jsonl");
    let stories: Vec<_> = rows.iter().filter(|row| row["kind"] == "tombstone-age").collect();
    assert_eq!(stories.len(), 2);
    for story in stories {
        let days = story["deletedDaysAgo"].as_f64().unwrap();
        let ago = TimeDelta::milliseconds((days * 86_400_000.0) as i64);
        assert_eq!(json!(is_told_after(ago).await), story["mustStillBeListed"], "{}", story["id"]);
    }
    assert!(!is_told_after(TimeDelta::days(15)).await, "and not for ever");
}

/// Whether what was published and has been gone for so long is still told.
async fn is_told_after(gone_for: TimeDelta) -> bool {
    let mut feed = Feed::open().await;
    let id = feed.service("ultrasound").await;
    let now = feed.clock.now();
    let save = async |there: &[Uuid], gone: &[Uuid], at: DateTime<Utc>| {
        let mut tx = feed.db.begin_system("tests").await.unwrap();
        let of = (feed.connection, feed.channel);
        save_services(&mut tx, of, (there, gone), at).await.unwrap();
        tx.finish().await.unwrap();
        feed.number().await;
    };
    save(&[], &[id], now).await;
    assert_eq!(feed.page(None, 500).await["items"], json!([]), "never published is never listed");
    save(&[id], &[], now).await;
    save(&[], &[id], now - gone_for).await;
    let mut tx = feed.db.begin_system("tests").await.unwrap();
    delete_forgotten(&mut tx, now - crate::feeds::timers::TOLD).await.unwrap();
    tx.finish().await.unwrap();
    feed.page(None, 500).await["items"] != json!([])
}
