//! A busy hour at a desk, and its ledger: patients are admitted and visits started, several at once, by clients that
//! repeat a request under its key until it is acknowledged. What they were acknowledged is compared with the databases.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use anyhow::bail;
use careway_service::{Call, Reader};
use careway_standalone::seed::{Answer, Request, Rest, until};
use futures::{StreamExt, stream};
use serde_json::json;
use uuid::Uuid;

use crate::{Member, Network, TestPlatform, accepted, not_now};

/// How many requests are under way at a time.
const AT_ONCE: usize = 8;

/// Limits that would refuse so many codes of one facility.
pub const CODES_FOR_A_LOAD: [(&str, &str); 4] = [
    ("CAREWAY_IDENTITY_CODES_PER_FACILITY_10_MIN", "10000"),
    ("CAREWAY_IDENTITY_CODES_PER_FACILITY_DAY", "10000"),
    ("CAREWAY_IDENTITY_CODES_PER_STAFF_10_MIN", "10000"),
    ("CAREWAY_IDENTITY_CODES_PER_NETWORK_10_MIN", "10000"),
];

/// Patients who wait to be admitted, as many people nobody knows, and what their desk was told of them.
pub struct Load {
    desk: Rest,
    patients: Vec<Patient>,
    /// Visit numbers by visit: the admissions that were acknowledged.
    admitted: Mutex<BTreeMap<String, String>>,
    /// The visits whose start was acknowledged.
    started: Mutex<BTreeSet<String>>,
    unanswered: AtomicUsize,
}

/// Somebody whose code was entered.
struct Patient {
    member: Member,
    visit: String,
}

enum Job<'a> {
    Admit(&'a Patient),
    Start(usize),
}

impl Load {
    /// So many patients of this network, each verified; nothing else may happen in the platform.
    pub async fn of(platform: &TestPlatform, network: &Network, patients: usize) -> Self {
        let verified = stream::iter(0..patients).map(|_| async {
            let member = network.payer.covered_member(platform).await;
            let start = network.desk.post("/v1/visits", json!({"memberNumber": member.number}));
            let visit = accepted(201, start).await.text("visit.visitId").to_owned();
            let code = json!({"code": platform.code_for(&member.phone).await});
            accepted(200, network.desk.post(&format!("/v1/visits/{visit}/verify"), code)).await;
            Patient { member, visit }
        });
        let patients = verified.buffer_unordered(AT_ONCE).collect().await;
        platform.settle().await;
        Self {
            desk: network.desk.clone(),
            patients,
            admitted: Mutex::default(),
            started: Mutex::default(),
            unanswered: AtomicUsize::new(0),
        }
    }

    /// Admits every patient, and starts a visit of a stranger after each, while these faults happen. The last patient
    /// comes when they are over: what works again notices by that what it has missed.
    pub async fn run_through(&self, faults: impl Future<Output = ()>) {
        let jobs = self.patients.iter().enumerate();
        let mut jobs: Vec<_> =
            jobs.flat_map(|(index, patient)| [Job::Start(index), Job::Admit(patient)]).collect();
        let last = jobs.pop();
        tokio::join!(self.run(jobs), faults);
        self.run(last).await;
    }

    async fn run(&self, jobs: impl IntoIterator<Item = Job<'_>>) {
        let work = stream::iter(jobs).for_each_concurrent(AT_ONCE, async |job| match job {
            Job::Admit(patient) => self.admit(patient).await,
            Job::Start(index) => self.start(index).await,
        });
        work.await;
    }

    async fn admit(&self, patient: &Patient) {
        let (path, key) = (format!("/v1/visits/{}/admit", patient.visit), Uuid::now_v7().to_string());
        let wish = json!({"serviceType": "OUTPATIENT"});
        let admitted = self.insist(|| self.desk.post(&path, wish.clone()).key(&key)).await;
        let number = admitted.text("visit.visitNumber").to_owned();
        self.admitted.lock().expect("never poisoned").insert(patient.visit.clone(), number);
    }

    async fn start(&self, index: usize) {
        let (stranger, key) =
            (json!({"memberNumber": format!("UM-8{index:05}")}), Uuid::now_v7().to_string());
        let started = self.insist(|| self.desk.post("/v1/visits", stranger.clone()).key(&key)).await;
        let visit = started.text("visit.visitId").to_owned();
        self.started.lock().expect("never poisoned").insert(visit);
    }

    /// Repeats a request until it is acknowledged. What is no acknowledgement must be a plain "not now".
    async fn insist(&self, ask: impl Fn() -> Request) -> Answer {
        let acknowledged = until("a request to be acknowledged", async || match ask().await {
            Ok(answer) if answer.status.is_success() => Ok(Some(answer)),
            Ok(answer) if not_now(&answer) => {
                self.unanswered.fetch_add(1, Ordering::SeqCst);
                Ok(None)
            }
            Ok(answer) => bail!("{answer}"),
            Err(_broken_off) => {
                self.unanswered.fetch_add(1, Ordering::SeqCst);
                Ok(None)
            }
        });
        acknowledged.await.unwrap_or_else(|error| panic!("{error:#}"))
    }

    /// Waits until so many requests are acknowledged.
    pub async fn acknowledged(&self, requests: usize) {
        let reached = until("requests to be acknowledged", async || {
            let admitted = self.admitted.lock().expect("never poisoned").len();
            let started = self.started.lock().expect("never poisoned").len();
            Ok((admitted + started >= requests).then_some(()))
        });
        reached.await.unwrap_or_else(|error| panic!("{error:#}"));
    }

    /// How often a request was not answered, or told to come again.
    pub fn unanswered(&self) -> usize {
        self.unanswered.load(Ordering::SeqCst)
    }

    /// Waits until more than so many tries were in vain: the clients feel what is wrong.
    pub async fn unanswered_more_than(&self, tries: usize) {
        let felt = until("a request in vain", async || Ok((self.unanswered() > tries).then_some(())));
        felt.await.unwrap_or_else(|error| panic!("{error:#}"));
    }

    /// Compares the ledger with what the services have: every acknowledged request is there, and nothing is doubled.
    ///
    /// # Panics
    /// When something is lost, or was done twice.
    pub async fn compare(&self, platform: &TestPlatform) {
        platform.sent().await;
        let (admitted, started) = {
            let admitted = self.admitted.lock().expect("never poisoned").clone();
            (admitted, self.started.lock().expect("never poisoned").clone())
        };
        assert_eq!((admitted.len(), started.len()), (self.patients.len(), self.patients.len()));
        self.compare_visits(platform, &admitted, &started).await;
        self.compare_events(platform, &admitted, &started).await;
        self.compare_effects(platform).await;
    }

    async fn compare_visits(
        &self,
        platform: &TestPlatform,
        admitted: &BTreeMap<String, String>,
        started: &BTreeSet<String>,
    ) {
        let visits: Vec<(String, String, Option<String>)> =
            sqlx::query_as("select visit_id::text, state, visit_number from visit")
                .fetch_all(&mut *reader(platform, "visits").await)
                .await
                .expect("visits can be read");
        let kept: BTreeMap<_, _> = visits.iter().map(|(id, state, number)| (id, (state, number))).collect();
        for (visit, number) in admitted {
            assert_eq!(kept.get(visit), Some(&(&"ADMITTED".to_owned(), &Some(number.clone()))), "{visit}");
        }
        for visit in started {
            assert_eq!(kept.get(visit).map(|(state, _)| state.as_str()), Some("AWAITING_CODE"), "{visit}");
        }
        assert_eq!(visits.len(), admitted.len() + started.len(), "a request under one key made two visits");
        let numbers: BTreeSet<_> = admitted.values().collect();
        assert_eq!(numbers.len(), admitted.len(), "two visits have one number");
    }

    async fn compare_events(
        &self,
        platform: &TestPlatform,
        admitted: &BTreeMap<String, String>,
        started: &BTreeSet<String>,
    ) {
        let said: Vec<(String, String, Option<i64>)> =
            sqlx::query_as("select aggregate_id::text, type, stream_seq from outbox")
                .fetch_all(&mut *reader(platform, "visits").await)
                .await
                .expect("the outbox can be read");
        let of = |event: &str| {
            let named = said.iter().filter(|(_, name, _)| name.ends_with(event));
            let mut visits: Vec<_> = named.map(|(visit, _, _)| visit.clone()).collect();
            visits.sort();
            visits
        };
        assert_eq!(of(".VisitAdmitted"), admitted.keys().cloned().collect::<Vec<_>>());
        let every: BTreeSet<_> = admitted.keys().chain(started).cloned().collect();
        assert_eq!(of(".VisitStarted"), every.into_iter().collect::<Vec<_>>());
        let places: BTreeSet<_> = said.iter().map(|(_, _, place)| place.expect("it is published")).collect();
        assert_eq!(places.len(), said.len(), "two events share a place in the stream");
    }

    /// What other services did when they heard: one notice to each patient, one line for each access to their data. A
    /// notice of which renewals says that it does not know may not have gone out: it is never sent twice.
    async fn compare_effects(&self, platform: &TestPlatform) {
        let unknown: i64 = sqlx::query_scalar("select count(*) from message where state = 'UNKNOWN'")
            .fetch_one(&mut *reader(platform, "renewals").await)
            .await
            .expect("messages can be read");
        let mut missing = 0;
        for Patient { member, .. } in &self.patients {
            let sent = platform.inbox().messages_to(&member.phone).expect("the message folder can be read");
            assert!((1..=2).contains(&sent.len()), "{} got {} messages", member.number, sent.len());
            missing += 2 - sent.len();
        }
        assert!(missing <= unknown as usize, "{missing} notices are missing, {unknown} are in doubt");
        let mut told: Vec<(String, String)> =
            sqlx::query_as("select visit_id::text, action from member_access where visit_id is not null")
                .fetch_all(&mut *reader(platform, "identity").await)
                .await
                .expect("accesses can be read");
        told.sort();
        let actions = self.patients.iter().flat_map(|patient| {
            ["visit.admit", "visit.verify"].map(|action| (patient.visit.clone(), action.to_owned()))
        });
        let mut expected: Vec<_> = actions.collect();
        expected.sort();
        assert_eq!(told, expected);
    }
}

async fn reader(platform: &TestPlatform, service: &str) -> Reader {
    platform.database(service).read(&Call::system("tests")).await.expect("the database answers")
}
