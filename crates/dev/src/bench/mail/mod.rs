//! Mails that open cases: through LMTP until each is kept, beside pgbench making the same statements; and reading alone, beside
//! mail-parser alone.

mod letters;
mod limit;
mod parse;
mod post;

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use anyhow::ensure;
use careway_standalone::{
    provision,
    seed::{
        AUTHSERV_ID, Inbox, Rest,
        acts::{Person, hire, register},
    },
};
use serde_json::json;
use sqlx::PgConnection;

use self::{
    letters::{DOMAIN, Form},
    limit::Limit,
    parse::Parsed,
    post::Post,
};
use super::{
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

const PASSWORD: &str = "umuganda ku wa gatandatu";

/// Mail servers keep few connections; the service takes 32 at once.
const CONNECTIONS: [usize; 3] = [4, 12, 32];

/// How much is measured.
#[derive(Clone, Copy)]
struct Plan {
    authors: u64,
    rounds: usize,
    /// How many numbers of connections are tried, and of clients of pgbench; the best count.
    tries: usize,
    /// Of one closed loop.
    loop_time: Duration,
    /// Of each try for the best number of connections.
    search_time: Duration,
    /// Of one run of pgbench, in seconds.
    raw_time: u32,
    /// That are read in a round.
    parsed: u32,
}

const FULL: Plan = Plan {
    authors: 5_000,
    rounds: 5,
    tries: 3,
    loop_time: Duration::from_secs(3),
    search_time: Duration::from_secs(1),
    raw_time: 2,
    parsed: 20_000,
};
const QUICK: Plan = Plan {
    authors: 2_000,
    rounds: 2,
    tries: 2,
    loop_time: Duration::from_millis(1500),
    search_time: Duration::from_millis(500),
    raw_time: 1,
    parsed: 5_000,
};
const CHECK: Plan = Plan {
    authors: 100,
    rounds: 1,
    tries: 1,
    loop_time: Duration::from_millis(400),
    search_time: Duration::from_millis(200),
    raw_time: 1,
    parsed: 20,
};

/// A round: the platform, then the limit.
struct Round {
    /// Mails a second.
    rate: f64,
    /// CPU microseconds per mail by process, everything that follows from it included.
    cpu: BTreeMap<String, f64>,
    /// How long events and answers were still under way.
    drain: Duration,
    limit: pgbench::Limit,
}

/// What came of the mails that were delivered.
struct Delivered {
    connections: usize,
    /// The names of the platform's processes.
    own: Vec<String>,
    rounds: Vec<Round>,
}

/// Measures, prints what came out, and keeps it under `.dev/bench/mail.md`.
pub(super) async fn run(checkout: &Checkout, arguments: Arguments) -> anyhow::Result<()> {
    let plan = arguments.plan(FULL, QUICK, CHECK);
    on_stage(checkout, &arguments, "mail", async |stage| measure(stage, plan).await).await
}

async fn measure(stage: &Stage, plan: Plan) -> anyhow::Result<String> {
    let machine = report::machine(stage).await?;
    say::headline("Reading");
    let parsed = tokio::task::spawn_blocking(move || parse::measure(plan.parsed, plan.rounds)).await??;
    say::headline("Cases");
    provision::provision(&stage.servers.postgres, "").await?;
    stage.copy_raw("cases").await?;
    let socket = stage.checkout.lmtp();
    let settings = Settings::new(stage)?
        .with("CAREWAY_CASES_LMTP_LISTEN", &format!("unix:{}", socket.display()))
        .with("CAREWAY_CASES_AUTHSERV_ID", AUTHSERV_ID);
    let platform = Platform::start(stage, &settings, Layout::OneProcess).await?;
    let delivered = deliver(stage, &platform, &socket, plan).await;
    platform.stop().await?;
    Ok(write(&machine, &parsed, &delivered?))
}

/// Mails in rounds that alternate with the limit.
async fn deliver(stage: &Stage, platform: &Platform, socket: &Path, plan: Plan) -> anyhow::Result<Delivered> {
    let step = say::begin(format!("a partner with {} people", plan.authors));
    hire_authors(stage, platform, plan.authors).await?;
    let mut quiet = Quiet::connect(stage).await?;
    quiet.wait().await?;
    step.done(format!("a partner with {} people", plan.authors));

    let step = say::begin("looking for the maximum");
    let post = Arc::new(Post::new(plan.authors, socket));
    let mut cases = stage.connect("cases").await?;
    // The first moments fill connection pools and plans.
    workers::closed(&mut post.postmen(4).await?, plan.search_time / 2, stage.refusals()).await?;
    let mut best = (0.0, CONNECTIONS[0]);
    for connections in CONNECTIONS.into_iter().take(plan.tries) {
        let mut postmen = post.postmen(connections).await?;
        let reached = workers::closed(&mut postmen, plan.search_time, stage.refusals()).await?;
        if reached.rate > best.0 {
            best = (reached.rate, connections);
        }
    }
    quiet.wait().await?;
    let connections = best.1;
    let servers = platform::servers(stage);
    let limit = Limit::prepare(stage, servers.clone(), plan.authors).await?;
    step.done(format!("most over {connections} connections"));

    let own = platform.processes();
    let watched = Watched([own.0.clone(), servers.0].concat());
    let mut postmen = post.postmen(connections).await?;
    let mut rounds = Vec::new();
    for number in 1..=plan.rounds {
        let step = say::begin(format!("round {number} of {}", plan.rounds));
        let (before, opened) = (watched.usage()?, count(&mut cases).await?);
        let reached = workers::closed(&mut postmen, plan.loop_time, stage.refusals()).await?;
        let opened = count(&mut cases).await? - opened;
        ensure!(opened == reached.done, "{opened} cases were opened by {} mails", reached.done);
        let drain = quiet.wait().await?;
        let cpu = watched.usage()?.per_operation(&before, reached.done);
        let limit = limit.best(plan.tries, plan.raw_time).await?;
        step.done(format!("round {number}: {:.0}/s of {:.0}/s", reached.rate, limit.rate));
        rounds.push(Round { rate: reached.rate, cpu, drain, limit });
    }
    Ok(Delivered { connections, own: own.0.into_iter().map(|(name, _)| name).collect(), rounds })
}

/// A partner, and people who may write for it. One is hired as everybody is; the others' rows are copied from theirs, for a
/// password costs a tenth of a second and mail asks for none.
async fn hire_authors(stage: &Stage, platform: &Platform, authors: u64) -> anyhow::Result<()> {
    let inbox = Inbox::new(stage.checkout.inbox());
    let operator = Rest::new(&platform.url())?.sign_in(&Settings::operator()).await?;
    let partner = json!({
        "kind": "PARTNER", "name": "Shondhan Appointments", "country": "BD", "timeZone": "Asia/Dhaka", "locale": "en",
        "codes": [{"kind": "MERCHANT", "value": "BD-BENCH-1"}],
    });
    let partner = register(&operator, partner, "BD-BENCH-1").await?;
    let first = Person {
        name: "Tanvir Rahman".to_owned(),
        email: format!("tanvir@{DOMAIN}"),
        roles: vec!["ADMINISTRATOR".to_owned()],
    };
    hire(&operator, Some(&partner), &inbox, &first, PASSWORD).await?;
    let mut identity = stage.connect("identity").await?;
    let made = sqlx::query(
        "with hired as (
            select m.*, a.password_hash, a.password_changed_at from membership m join account a using (account_id)
            where a.email = $1),
         made as (
            insert into account (account_id, email, password_hash, password_changed_at, created_at)
            select gen_random_uuid(), 'author' || lpad(n::text, 5, '0') || '@' || $2, password_hash, password_changed_at,
                created_at
            from hired, generate_series(0, $3 - 1) n returning account_id)
         insert into membership (organization_id, account_id, name, roles, status, version, created_at)
         select organization_id, made.account_id, name, roles, status, version, created_at from hired, made",
    )
    .bind(&first.email)
    .bind(DOMAIN)
    .bind(i64::try_from(authors)?)
    .execute(&mut identity)
    .await?;
    ensure!(made.rows_affected() == authors, "{} authors were hired", made.rows_affected());
    Ok(())
}

/// Cases that mails opened.
async fn count(cases: &mut PgConnection) -> anyhow::Result<u64> {
    let count: i64 = sqlx::query_scalar("select count(*) from support_case where channel = 'MAIL'")
        .fetch_one(cases)
        .await?;
    Ok(u64::try_from(count)?)
}

fn write(machine: &str, parsed: &[Parsed], delivered: &Delivered) -> String {
    let of = |value: &dyn Fn(&Round) -> f64| Spread::of(delivered.rounds.iter().map(value));
    let own = |round: &Round| delivered.own.iter().filter_map(|name| round.cpu.get(name)).sum::<f64>();
    let postgres = |round: &Round| round.cpu.get("PostgreSQL").copied().unwrap_or_default();
    let mut findings = Findings::default();
    let mut line = |what: &str, found: String, goal: &str| findings.line(what, found, goal);
    line(
        "mail to case, rate / pgbench's",
        format!("{:.2}", of(&|round| round.rate / round.limit.rate)),
        "≥ 0.4",
    );
    for form in parsed {
        let ratio = form.rounds.iter().map(|(own, bare)| bare.as_secs_f64() / own.as_secs_f64());
        let goal = if form.form == Form::Plain { "≥ 0.9" } else { "" };
        let what = format!("reading {}, rate / mail-parser's", form.form.name());
        line(&what, format!("{:.2}", Spread::of(ratio)), goal);
    }
    line("mails/s until the case is open", format!("{:.0}", of(&|round| round.rate)), "");
    line("connections", delivered.connections.to_string(), "");
    line("pgbench/s, the same statements", format!("{:.0}", of(&|round| round.limit.rate)), "");
    line("own CPU per mail, µs", format!("{:.0}", of(&own)), "");
    line("PostgreSQL's CPU per mail, µs", format!("{:.0}", of(&postgres)), "");
    line("PostgreSQL's under pgbench, µs", format!("{:.0}", of(&|round| round.limit.postgres)), "");
    line("events and answers drained in, s", format!("{:.1}", of(&|round| round.drain.as_secs_f64())), "");
    findings.written("mail", machine)
}
