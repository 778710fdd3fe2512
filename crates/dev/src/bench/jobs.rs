//! The jobs, done as a facility's system does them: the visit journey, the benefits read, the claim.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, ensure};
use careway_standalone::seed::Rest;
use futures::{StreamExt, TryStreamExt, stream};
use http::HeaderValue;
use serde_json::Value;
use tokio::time::{Instant, timeout};

use super::{
    client::Connection,
    data::Network,
    messages::Phones,
    names::{claim, member_number, phone},
};

/// How long a code may be on its way.
const DELIVERY: Duration = Duration::from_secs(180);

/// How many desks sign in at once.
const SIGN_INS: usize = 2;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Job {
    /// Start, the code, verify, admit, benefits.
    Journey,
    /// The benefits of a visit.
    Read,
    /// A claim of five lines that the rules decide on, of a family that nobody else claims for.
    Claim,
    /// The same, all of one family: its ceiling is one balance.
    HotClaim,
}

impl Job {
    pub(super) const ALL: [Self; 4] = [Self::Journey, Self::Read, Self::Claim, Self::HotClaim];

    /// For tables.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Journey => "J1 visit journey",
            Self::Read => "J2 benefits read",
            Self::Claim => "J3 claim, spread",
            Self::HotClaim => "J3 claim, one family",
        }
    }
}

/// The requests of a job, in their order.
pub(super) const STEPS: [&str; 5] = ["start", "verify", "admit", "benefits", "claim"];

/// A job that was done.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Done {
    /// What each request took; nothing for those the job has not.
    pub(super) steps: [Duration; 5],
    /// From the answer to the start until the code was on the phone.
    pub(super) waited: Duration,
}

/// What it takes to do them.
pub(super) struct Jobs {
    network: Arc<Network>,
    gateway: SocketAddr,
    tokens: Vec<HeaderValue>,
    phones: Phones,
    reads: AtomicU64,
    claim: String,
}

impl Jobs {
    /// Signs in at every desk.
    pub(super) async fn open(
        network: Arc<Network>,
        gateway: SocketAddr,
        phones: Phones,
    ) -> anyhow::Result<Self> {
        let rest = Rest::new(&format!("http://{gateway}"))?;
        let tokens = network.desks.iter().map(async |desk| {
            let answer = rest.token(&desk.credentials).await?.ok()?;
            let mut token: HeaderValue = format!("Bearer {}", answer.text("accessToken")).parse()?;
            token.set_sensitive(true);
            anyhow::Ok(token)
        });
        // A few at a time: each costs a password's hash.
        let tokens: Vec<HeaderValue> =
            stream::iter(tokens).buffered(SIGN_INS).try_collect().await.context("signing in at the desks")?;
        Ok(Self { network, gateway, tokens, phones, reads: AtomicU64::new(0), claim: claim().to_string() })
    }

    /// A connection to the gateway.
    pub(super) async fn connect(&self) -> anyhow::Result<Connection> {
        Connection::open(self.gateway).await
    }

    /// Does the job once.
    pub(super) async fn perform(&self, job: Job, connection: &mut Connection) -> anyhow::Result<Done> {
        match job {
            Job::Journey => self.journey(connection).await,
            Job::Read => self.read(connection).await,
            Job::Claim | Job::HotClaim => self.claim(job, connection).await,
        }
    }

    async fn journey(&self, connection: &mut Connection) -> anyhow::Result<Done> {
        let number = self.network.next_journey.fetch_add(1, Ordering::Relaxed);
        let members = u64::from(self.network.members);
        let member = u32::try_from(number % members).expect("below the number of members");
        let desk = usize::try_from(number + number / members).expect("64 bits") % self.tokens.len();
        let token = &self.tokens[desk];
        let mut done = Done::default();

        let code = self.phones.next_code(phone(member));
        let began = Instant::now();
        let body = format!(r#"{{"memberNumber":"{}"}}"#, member_number(member));
        let started = connection.post("/v1/visits", token, body).await?;
        done.steps[0] = began.elapsed();

        let answered = Instant::now();
        let started: Value = serde_json::from_slice(&started)?;
        let visit = started["visit"]["visitId"].as_str().context("a visit without an id")?;
        let code = timeout(DELIVERY, code).await.context("the code did not come")??;
        done.waited = answered.elapsed();

        let began = Instant::now();
        let body = format!(r#"{{"code":"{code}"}}"#);
        connection.post(&format!("/v1/visits/{visit}/verify"), token, body).await?;
        done.steps[1] = began.elapsed();

        let began = Instant::now();
        let body = r#"{"serviceType":"OUTPATIENT"}"#.to_owned();
        connection.post(&format!("/v1/visits/{visit}/admit"), token, body).await?;
        done.steps[2] = began.elapsed();

        let began = Instant::now();
        connection.get(&format!("/v1/visits/{visit}/benefits"), token).await?;
        done.steps[3] = began.elapsed();
        Ok(done)
    }

    async fn claim(&self, job: Job, connection: &mut Connection) -> anyhow::Result<Done> {
        let number = self.network.next_claimed(job == Job::HotClaim)?;
        let token = &self.tokens[self.network.desk_of_visit(number)];
        let path = format!("/v1/visits/{}/claims", self.network.visit(number));
        let began = Instant::now();
        let claim = connection.post(&path, token, self.claim.clone()).await?;
        let mut done = Done::default();
        done.steps[4] = began.elapsed();
        let claim: Value = serde_json::from_slice(&claim)?;
        let state = claim["claim"]["state"].as_str().unwrap_or_default();
        ensure!(state == "APPROVED", "a claim ended {state}");
        Ok(done)
    }

    async fn read(&self, connection: &mut Connection) -> anyhow::Result<Done> {
        let draw = scatter(self.reads.fetch_add(1, Ordering::Relaxed));
        let number =
            u32::try_from(draw % u64::from(self.network.members)).expect("below the number of members");
        let token = &self.tokens[self.network.desk_of_visit(number)];
        let began = Instant::now();
        connection.get(&format!("/v1/visits/{}/benefits", self.network.visit(number)), token).await?;
        let mut done = Done::default();
        done.steps[3] = began.elapsed();
        Ok(done)
    }
}

/// Numbers in a row become numbers all over the place, the same in every run (SplitMix64).
fn scatter(number: u64) -> u64 {
    let mut bits = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
