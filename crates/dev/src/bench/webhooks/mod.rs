//! Events that are told to endpoints: how many deliveries there are in a second, beside the same posts alone; and how long a delivery
//! takes, beside endpoints that are well and beside one that is slow and one that is dead.

mod posts;
mod receiver;

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use anyhow::ensure;
use careway_standalone::{
    provision,
    seed::{
        Inbox, Rest,
        acts::{Person, hire, register},
    },
};
use serde_json::json;
use sqlx::{Executor, PgConnection};
use uuid::Uuid;

use self::receiver::{Arrivals, DEAD, Receiver, SLOW};
use super::{
    load::{arrivals, percentile},
    measure::{Arguments, on_stage},
    platform::{self, Layout, Platform, Settings},
    processes::Watched,
    quiet::Quiet,
    report::{self, Findings},
    stage::Stage,
    summary::Spread,
};
use crate::{checkout::Checkout, say};

const PASSWORD: &str = "umuganda ku wa gatandatu";
/// Endpoints that an organization may have.
const OF_AN_ORGANIZATION: usize = 20;
/// The part of its maximum that the platform is under when latencies are measured.
const LEISURE: f64 = 0.2;
/// How long messages may be on their way.
const PATIENCE: Duration = Duration::from_secs(180);
const TYPE: &str = "careway.visits.v1.VisitAdmitted";

/// How much is measured.
#[derive(Clone, Copy)]
struct Plan {
    endpoints: usize,
    rounds: usize,
    /// Deliveries of a round, about.
    deliveries: usize,
    /// Of an open loop.
    open_time: Duration,
}

const FULL: Plan = Plan { endpoints: 100, rounds: 5, deliveries: 10_000, open_time: Duration::from_secs(20) };
const QUICK: Plan = Plan { rounds: 2, deliveries: 4_000, open_time: Duration::from_secs(5), ..FULL };
const CHECK: Plan = Plan { endpoints: 4, rounds: 1, deliveries: 40, open_time: Duration::from_millis(500) };

/// A round: deliveries, then the same posts alone.
struct Round {
    /// Deliveries a second, and posts.
    rates: (f64, f64),
    /// CPU microseconds per delivery, of the platform's own processes and of PostgreSQL.
    cpu: (f64, f64),
}

struct Measured {
    /// Connections that were open at once.
    open: usize,
    rounds: Vec<Round>,
    /// Deliveries a second while latencies were taken.
    at_leisure: f64,
    /// From the event to the arrival: where all are well, and where two are not.
    calm: Vec<Duration>,
    troubled: Vec<Duration>,
}

/// Measures, prints what came out, and keeps it under `.dev/bench/webhooks.md`.
pub(super) async fn run(checkout: &Checkout, arguments: Arguments) -> anyhow::Result<()> {
    let plan = arguments.plan(FULL, QUICK, CHECK);
    on_stage(checkout, &arguments, "webhooks", async |stage| measure(stage, plan).await).await
}

async fn measure(stage: &Stage, plan: Plan) -> anyhow::Result<String> {
    let machine = report::machine(stage).await?;
    provision::provision(&stage.servers.postgres, "").await?;
    let settings = Settings::new(stage)?.with("CAREWAY_CHANNELS_PRIVATE_ADDRESSES", "true");
    let platform = Platform::start(stage, &settings, Layout::OneProcess).await?;
    let receiver = Receiver::start(plan.endpoints).await?;
    let measured = deliver(stage, &platform, &receiver, plan).await;
    receiver.trouble(false);
    platform.stop().await?;
    Ok(write(&machine, plan, &measured?))
}

async fn deliver(
    stage: &Stage,
    platform: &Platform,
    receiver: &Receiver,
    plan: Plan,
) -> anyhow::Result<Measured> {
    let step = say::begin(format!("{} endpoints", plan.endpoints));
    let organizations = endpoints(stage, platform, receiver, plan.endpoints).await?;
    let mut teller = Teller { visits: stage.connect("visits").await?, told: HashMap::new() };
    let mut quiet = Quiet::connect(stage).await?;
    quiet.wait().await?;
    // The first deliveries open connections.
    teller.tell(&organizations).await?;
    receiver.wait(plan.endpoints, PATIENCE).await?;
    step.done(format!("{} endpoints", plan.endpoints));

    let own = platform.processes();
    let watched = Watched([own.0.clone(), platform::servers(stage).0].concat());
    let (mut open, mut rounds) = (0, Vec::new());
    for number in 1..=plan.rounds {
        let step = say::begin(format!("round {number} of {}", plan.rounds));
        receiver.forget();
        let of_each = plan.deliveries.div_ceil(plan.endpoints);
        let deliveries = of_each * plan.endpoints;
        let before = watched.usage()?;
        let since = Instant::now();
        teller.tell(&organizations.repeat(of_each)).await?;
        receiver.wait(deliveries, PATIENCE).await?;
        let elapsed = since.elapsed();
        quiet.wait().await?;
        let used = watched.usage()?.per_operation(&before, deliveries as u64);
        let of_own = own.0.iter().filter_map(|(name, _)| used.get(name)).sum();
        let of_postgres = used.get("PostgreSQL").copied().unwrap_or_default();
        // Later the connections of the posts alone would count.
        open = if number == 1 { receiver.most_open() } else { open };
        let bare = posts::post(receiver, (deliveries, open, plan.endpoints)).await?;
        let rate = |time: Duration| deliveries as f64 / time.as_secs_f64();
        step.done(format!("round {number}: {:.0}/s of {:.0}/s", rate(elapsed), rate(bare)));
        rounds.push(Round { rates: (rate(elapsed), rate(bare)), cpu: (of_own, of_postgres) });
    }

    let most = Spread::of(rounds.iter().map(|round| round.rates.0)).median;
    let at_leisure = most * LEISURE;
    let rate = at_leisure * organizations.len() as f64 / plan.endpoints as f64;
    let step = say::begin("at leisure, all well");
    let calm = teller.at_leisure(receiver, &organizations, (plan, rate), false).await?;
    step.done(format!("{} deliveries at leisure", calm.len()));
    let step = say::begin("at leisure, one slow and one dead");
    let troubled = teller.at_leisure(receiver, &organizations, (plan, rate), true).await?;
    step.done(format!("{} deliveries beside two that are in trouble", troubled.len()));
    Ok(Measured { open, rounds, at_leisure, calm, troubled })
}

/// Facilities with their endpoints, twenty each, numbered through.
async fn endpoints(
    stage: &Stage,
    platform: &Platform,
    receiver: &Receiver,
    endpoints: usize,
) -> anyhow::Result<Vec<Uuid>> {
    let inbox = Inbox::new(stage.checkout.inbox());
    let operator = Rest::new(&platform.url())?.sign_in(&Settings::operator()).await?;
    let mut organizations = Vec::new();
    for first in (0..endpoints).step_by(OF_AN_ORGANIZATION) {
        let code = format!("RW-BENCH-{first:02}");
        let facility = json!({"kind": "FACILITY", "name": format!("Clinic {first}"), "country": "RW",
            "timeZone": "Africa/Kigali", "locale": "en", "codes": [{"kind": "FACILITY", "value": code}]});
        let facility = register(&operator, facility, &code).await?;
        let person = Person {
            name: "Aline Uwase".to_owned(),
            email: format!("aline@clinic{first}.example"),
            roles: vec!["ADMINISTRATOR".to_owned()],
        };
        let administrator = hire(&operator, Some(&facility), &inbox, &person, PASSWORD).await?;
        let administrator = operator.sign_in(&administrator).await?;
        for number in first..endpoints.min(first + OF_AN_ORGANIZATION) {
            let endpoint = json!({"url": receiver.url(number), "types": [TYPE]});
            administrator.post("/v1/webhook-endpoints", endpoint).await?.ok()?;
        }
        organizations.push(facility.parse()?);
    }
    Ok(organizations)
}

/// Has facts happen: their rows are put into the outbox of visits, as a command's transaction leaves them there.
struct Teller {
    visits: PgConnection,
    /// When each happened.
    told: HashMap<Uuid, Instant>,
}

impl Teller {
    /// One fact for each of these organizations.
    async fn tell(&mut self, organizations: &[Uuid]) -> anyhow::Result<Vec<Uuid>> {
        let events: Vec<Uuid> = organizations.iter().map(|_| Uuid::now_v7()).collect();
        let now = Instant::now();
        self.told.extend(events.iter().map(|event| (*event, now)));
        sqlx::query(
            "insert into outbox (event_id, organization_id, aggregate_type, aggregate_id, aggregate_version, type, payload,
                occurred_at)
             select e.event, e.organization, 'visit', e.visit, 1, $3, '\\x0a24'::bytea || convert_to(e.visit::text, 'UTF8'),
                clock_timestamp()
             from (select event, organization, gen_random_uuid() as visit
                from unnest($1::uuid[], $2::uuid[]) as e (event, organization)) e",
        )
        .bind(&events)
        .bind(organizations)
        .bind(TYPE)
        .execute(&mut self.visits)
        .await?;
        self.visits.execute("select pg_notify('outbox', '')").await?;
        Ok(events)
    }

    /// Some facts a second, of the organizations in turn; how long each delivery took from the moment when its fact was to
    /// happen, those to the two endpoints that may be in trouble left out.
    async fn at_leisure(
        &mut self,
        receiver: &Receiver,
        organizations: &[Uuid],
        (plan, rate): (Plan, f64),
        troubled: bool,
    ) -> anyhow::Result<Vec<Duration>> {
        receiver.forget();
        receiver.trouble(troubled);
        self.told.clear();
        let mut due = arrivals(rate, plan.open_time);
        let (mut expected, mut next) = (0, 0);
        while let Some(intended) = due.recv().await {
            let of = next % organizations.len();
            let events = self.tell(&[organizations[of]]).await?;
            self.told.extend(events.into_iter().map(|event| (event, intended)));
            let endpoints = (plan.endpoints - of * OF_AN_ORGANIZATION).min(OF_AN_ORGANIZATION);
            let left_out = if of == 0 && troubled { 2 } else { 0 };
            expected += endpoints - left_out;
            next += 1;
        }
        ensure!(expected > 0, "nothing happened");
        let came = receiver.wait(expected, PATIENCE).await?;
        Ok(self.latencies(&came))
    }

    fn latencies(&self, came: &Arrivals) -> Vec<Duration> {
        let others = came.iter().filter(|((_, endpoint), _)| ![SLOW, DEAD].contains(endpoint));
        let mut took: Vec<Duration> = others
            .filter_map(|((event, _), at)| Some(at.saturating_duration_since(*self.told.get(event)?)))
            .collect();
        took.sort_unstable();
        took
    }
}

fn write(machine: &str, plan: Plan, measured: &Measured) -> String {
    let of = |value: &dyn Fn(&Round) -> f64| Spread::of(measured.rounds.iter().map(value));
    let millis = |sorted: &[Duration], percent| percentile(sorted, percent).as_secs_f64() * 1e3;
    let (calm, troubled) = (&measured.calm, &measured.troubled);
    let latency = |sorted: &[Duration]| {
        format!("{:.1}, {:.1} ms of {}", millis(sorted, 50), millis(sorted, 99), sorted.len())
    };
    let mut findings = Findings::default();
    let mut line = |what: &str, found: String, goal: &str| findings.line(what, found, goal);
    line(
        &format!("deliveries/s to {} endpoints", plan.endpoints),
        format!("{:.0}", of(&|round| round.rates.0)),
        "≥ 1430",
    );
    line(
        "p99 beside a slow and a dead one / p99 beside none",
        format!("{:.2}", millis(troubled, 99) / millis(calm, 99)),
        "≤ 1.5",
    );
    line("deliveries/s at leisure", format!("{:.0}", measured.at_leisure), "");
    line("event to arrival, all well, p50, p99", latency(calm), "");
    line("event to arrival, one slow and one dead, p50, p99", latency(troubled), "");
    line("the same posts alone, a second", format!("{:.0}", of(&|round| round.rates.1)), "");
    line("deliveries / posts alone", format!("{:.2}", of(&|round| round.rates.0 / round.rates.1)), "");
    line("connections at once", measured.open.to_string(), "");
    line("own CPU per delivery, µs", format!("{:.0}", of(&|round| round.cpu.0)), "");
    line("PostgreSQL's CPU per delivery, µs", format!("{:.0}", of(&|round| round.cpu.1)), "");
    findings.written("webhooks", machine)
}
