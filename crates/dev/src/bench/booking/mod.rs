//! Bookings of free times over many calendars beside the insert alone; refusals; many clients at once on few times; and how long
//! what is free is asked for.

mod clients;
mod limit;
mod offer;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::ensure;
use careway_standalone::provision;
use sqlx::PgConnection;
use tokio::task::JoinSet;

use self::{
    clients::{Act, Centre, Client},
    limit::{Limit, wanted},
    offer::Offer,
};
use super::{
    client::Connection,
    load::percentile,
    measure::{Arguments, on_stage},
    pgbench,
    platform::{self, Layout, Platform, Settings},
    processes::Watched,
    quiet::Quiet,
    report::{self, Findings},
    stage::Stage,
    summary::Spread,
    workers,
};
use crate::{checkout::Checkout, say};

/// How many clients book in the closed loops; as pgbench's, the best counts.
const CLIENTS: [usize; 3] = [8, 24, 64];

/// How much is measured.
#[derive(Clone, Copy)]
struct Plan {
    calendars: usize,
    rounds: usize,
    /// How many numbers of clients are tried, and of pgbench's; the best count.
    tries: usize,
    /// Of one closed loop.
    loop_time: Duration,
    /// Of one run of pgbench, in seconds.
    raw_time: u32,
    /// Clients at once, and the times that they want.
    crowd: (usize, u64),
    /// Of one open loop, and how many a second are begun in it.
    open_time: Duration,
    rate: f64,
    looked_up: u64,
}

const FULL: Plan = Plan {
    calendars: 100,
    rounds: 5,
    tries: 3,
    loop_time: Duration::from_secs(2),
    raw_time: 1,
    crowd: (1_000, 100),
    open_time: Duration::from_secs(15),
    rate: 10.0,
    looked_up: 1_000,
};
const QUICK: Plan = Plan {
    rounds: 2,
    tries: 2,
    loop_time: Duration::from_secs(1),
    open_time: Duration::from_secs(4),
    ..FULL
};
const CHECK: Plan = Plan {
    calendars: 5,
    rounds: 1,
    tries: 1,
    loop_time: Duration::from_millis(300),
    raw_time: 1,
    crowd: (50, 5),
    open_time: Duration::from_millis(500),
    rate: 5.0,
    looked_up: 100,
};

/// A round of each, the platform's beside the limit's.
struct Round {
    booked: f64,
    refused: f64,
    /// CPU microseconds per booking, of the platform's own processes and of PostgreSQL.
    cpu: (f64, f64),
    free: pgbench::Limit,
    taken: pgbench::Limit,
    /// Until the last of the crowd was answered, and of the limit's.
    crowd: (Duration, Duration),
    /// How often one of the crowd was put off and asked again.
    put_off: usize,
}

struct Measured {
    under_way: usize,
    rounds: Vec<Round>,
    month: Vec<Duration>,
    lookup: Vec<Duration>,
}

/// Measures, prints what came out, and keeps it under `.dev/bench/booking.md`.
pub(super) async fn run(checkout: &Checkout, arguments: Arguments) -> anyhow::Result<()> {
    let plan = arguments.plan(FULL, QUICK, CHECK);
    on_stage(checkout, &arguments, "booking", async |stage| measure(stage, plan).await).await
}

async fn measure(stage: &Stage, plan: Plan) -> anyhow::Result<String> {
    let machine = report::machine(stage).await?;
    provision::provision(&stage.servers.postgres, "").await?;
    stage.copy_raw("channels").await?;
    // Everybody comes from one address.
    let settings = Settings::new(stage)?.with("CAREWAY_GATEWAY_CONNECTIONS_PER_ADDRESS", "4096");
    let platform = Platform::start(stage, &settings, Layout::OneProcess).await?;
    let measured = book(stage, &platform, plan).await;
    platform.stop().await?;
    Ok(write(&machine, plan, &measured?))
}

async fn book(stage: &Stage, platform: &Platform, plan: Plan) -> anyhow::Result<Measured> {
    let step = say::begin(format!("{} calendars and a channel that sells them", plan.calendars));
    let offer = Offer::make(stage, platform, plan.calendars).await?;
    let centre = Arc::new(Centre::new(offer, plan.looked_up));
    let mut channels = stage.connect("channels").await?;
    let mut quiet = Quiet::connect(stage).await?;
    // These are what is refused later.
    for slot in centre.fresh(plan.calendars as u64)? {
        let booked = clients(platform, &centre, 1, Act::Book).await?[0].book(slot).await?;
        ensure!(booked, "the first booking of a calendar was refused");
    }
    quiet.wait().await?;
    step.done(format!("{} calendars and a channel that sells them", plan.calendars));

    let step = say::begin("looking for the maximum");
    let mut best = (0.0, CLIENTS[0]);
    for under_way in CLIENTS.into_iter().take(plan.tries) {
        let mut clients = clients(platform, &centre, under_way, Act::Book).await?;
        let reached = workers::closed(&mut clients, plan.loop_time / 2, stage.refusals()).await?;
        if reached.rate > best.0 {
            best = (reached.rate, under_way);
        }
    }
    let under_way = best.1;
    let servers = platform::servers(stage);
    let limit = Limit::prepare(stage, servers.clone(), &centre.offer).await?;
    quiet.wait().await?;
    step.done(format!("most with {under_way} under way"));

    let own = platform.processes();
    let watched = Watched([own.0.clone(), servers.0].concat());
    let mut rounds = Vec::new();
    for number in 1..=plan.rounds {
        let step = say::begin(format!("round {number} of {}", plan.rounds));
        // Connections that nobody uses for long are closed.
        let mut bookers = clients(platform, &centre, under_way, Act::Book).await?;
        let (before, booked) = (watched.usage()?, count(&mut channels).await?);
        let reached = workers::closed(&mut bookers, plan.loop_time, stage.refusals()).await?;
        let booked = count(&mut channels).await? - booked;
        ensure!(booked == reached.done, "{booked} bookings of {} requests", reached.done);
        quiet.wait().await?;
        let used = watched.usage()?.per_operation(&before, reached.done);
        let of_own = own.0.iter().filter_map(|(name, _)| used.get(name)).sum();
        let of_postgres = used.get("PostgreSQL").copied().unwrap_or_default();
        let free = limit.bookings(plan.tries, plan.raw_time).await?;
        let mut refused = clients(platform, &centre, under_way, Act::BeRefused).await?;
        let refusals = workers::closed(&mut refused, plan.loop_time / 2, stage.refusals()).await?;
        let taken = limit.refusals(plan.tries, plan.raw_time).await?;
        let (crowd, put_off) = crowd(platform, &centre, &limit, plan).await?;
        quiet.wait().await?;
        step.done(format!(
            "round {number}: {:.0} bookings/s of {:.0}/s, {} at once in {} ms of {}",
            reached.rate,
            free.rate,
            plan.crowd.0,
            crowd.0.as_millis(),
            crowd.1.as_millis()
        ));
        let cpu = (of_own, of_postgres);
        rounds.push(Round { booked: reached.rate, refused: refusals.rate, cpu, free, taken, crowd, put_off });
    }

    let step = say::begin("at leisure");
    let askers = clients(platform, &centre, 4, Act::AskForAMonth).await?;
    let month = workers::open(askers, plan.rate, plan.open_time, stage.refusals()).await?;
    let askers = clients(platform, &centre, 4, Act::LookUp).await?;
    let lookup = workers::open(askers, plan.rate, plan.open_time, stage.refusals()).await?;
    step.done(format!("{} months and {} lookups", month.len(), lookup.len()));
    Ok(Measured { under_way, rounds, month, lookup })
}

async fn clients(
    platform: &Platform,
    centre: &Arc<Centre>,
    count: usize,
    act: Act,
) -> anyhow::Result<Vec<Client>> {
    let mut clients = Vec::with_capacity(count);
    for _ in 0..count {
        let connection = Connection::open(platform.gateway()).await?;
        clients.push(Client { centre: centre.clone(), connection, act });
    }
    Ok(clients)
}

/// Everybody at once, each with a connection of their own that is open already, and the same of the limit: how long until the
/// last one knows, and how often one was put off and asked again. As many win as there are times, or nothing is measured.
async fn crowd(
    platform: &Platform,
    centre: &Arc<Centre>,
    limit: &Limit,
    plan: Plan,
) -> anyhow::Result<((Duration, Duration), usize)> {
    let (people, times) = plan.crowd;
    let slots = centre.fresh(times)?;
    let everybody = clients(platform, centre, people, Act::Book).await?;
    let since = Instant::now();
    let mut tasks = JoinSet::new();
    for (mut client, slot) in everybody.into_iter().zip(slots.iter().copied().cycle()) {
        tasks.spawn(async move { client.insist(slot).await });
    }
    let (mut won, mut put_off) = (0, 0);
    for answered in tasks.join_all().await {
        let (booked, times) = answered?;
        won += u64::from(booked);
        put_off += times;
    }
    let own = since.elapsed();
    ensure!(won == times, "{won} of {people} clients won {times} times");
    let slots: Vec<_> = slots.iter().copied().cycle().take(people).collect();
    let (raw, won) = limit.burst(&wanted(&centre.offer, &slots)?).await?;
    ensure!(won as u64 == times, "{won} inserts won {times} times");
    Ok(((own, raw), put_off))
}

async fn count(channels: &mut PgConnection) -> anyhow::Result<u64> {
    let count: i64 = sqlx::query_scalar("select count(*) from booking").fetch_one(channels).await?;
    Ok(u64::try_from(count)?)
}

fn write(machine: &str, plan: Plan, measured: &Measured) -> String {
    let of = |value: &dyn Fn(&Round) -> f64| Spread::of(measured.rounds.iter().map(value));
    let mut findings = Findings::default();
    let mut line = |what: &str, found: String, goal: &str| findings.line(what, found, goal);
    let (people, times) = plan.crowd;
    let slower = of(&|round| round.crowd.0.as_secs_f64() / round.crowd.1.as_secs_f64());
    let millis = |time: fn(&Round) -> Duration| of(&|round: &Round| time(round).as_secs_f64() * 1e3);
    let latency = |sorted: &[Duration]| {
        let at = |percent| percentile(sorted, percent).as_secs_f64() * 1e3;
        format!("{:.1}, {:.1} ms of {}", at(50), at(99), sorted.len())
    };
    line(
        "bookings, rate / pgbench's",
        format!("{:.2}", of(&|round| round.booked / round.free.rate)),
        "≥ 0.5",
    );
    line(
        &format!("{people} clients on {times} times, time / the bare burst's"),
        format!("{slower:.2}"),
        "≤ 4",
    );
    line("of them won, in every round", times.to_string(), &format!("exactly {times}"));
    line(
        "of them put off (503) and asked again, times",
        format!("{:.0}", of(&|round| round.put_off as f64)),
        "",
    );
    line("a month's availability, p50, p99", latency(&measured.month), "p99 < 50 ms");
    let what = format!("lookup of {} times, p50, p99", plan.looked_up);
    line(&what, latency(&measured.lookup), "p99 < 150 ms");
    line("bookings/s", format!("{:.0}", of(&|round| round.booked)), "");
    line("under way", measured.under_way.to_string(), "");
    line("pgbench's inserts/s", format!("{:.0}", of(&|round| round.free.rate)), "");
    line("refusals/s", format!("{:.0}", of(&|round| round.refused)), "≥ half of J2's benefits reads");
    line("pgbench's refused inserts/s", format!("{:.0}", of(&|round| round.taken.rate)), "");
    line("the crowd answered in, ms", format!("{:.0}", millis(|round| round.crowd.0)), "");
    line("the bare burst in, ms", format!("{:.0}", millis(|round| round.crowd.1)), "");
    line("own CPU per booking, µs", format!("{:.0}", of(&|round| round.cpu.0)), "");
    line("PostgreSQL's CPU per booking, µs", format!("{:.0}", of(&|round| round.cpu.1)), "");
    line("PostgreSQL's under pgbench, µs", format!("{:.0}", of(&|round| round.free.postgres)), "");
    findings.written("booking", machine)
}
