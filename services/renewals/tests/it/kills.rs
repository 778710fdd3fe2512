//! Who plans and sends, and holds the route, is killed in the middle of its work, again and again: nobody gets a message twice, and
//! what is missing is UNKNOWN.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::{Child, Command, Stdio},
    time::Duration,
};

use careway_contract::renewals::v1::campaign::{Kind, State};
use careway_kernel::Clock;
use careway_testing::{
    SmppPeer, SubmittedPart, TestServers, TestService, TestSetup, database::SECRET, eventually,
};
use chrono::{Timelike, Utc};

use crate::{
    test_people::TestPeople,
    test_reminders::campaign,
    test_renewals::{TestRenewals, code_message, routes_file, smpp_route},
};

/// `CAREWAY_TEST_KILLS` says how often by hand.
fn kills() -> usize {
    #[expect(clippy::disallowed_methods, reason = "how long somebody by hand wants to wait is theirs to say")]
    let told = std::env::var("CAREWAY_TEST_KILLS");
    told.ok().and_then(|kills| kills.parse().ok()).unwrap_or(4)
}

/// The service as a process of its own, beside the one that only takes messages.
pub(crate) fn process(setup: &TestSetup, routes: &str) -> Process {
    let servers = TestServers::from_env();
    let mut command = Command::new(env!("CARGO_BIN_EXE_careway-renewals"));
    command
        .arg("serve")
        .env_clear()
        .env("CAREWAY_REDIS_URL", servers.redis)
        .env("CAREWAY_NATS_URL", servers.nats)
        .env("CAREWAY_PREFIX", &setup.prefix)
        .env("CAREWAY_SERVICE_SECRET", SECRET)
        .env("CAREWAY_LISTEN", "127.0.0.1:0")
        .env("CAREWAY_OPS_LISTEN", "127.0.0.1:0")
        .env("CAREWAY_DATABASE_CONNECTIONS", "4")
        .env("CAREWAY_RENEWALS_DATABASE_URL", &setup.database.url_app)
        .env("CAREWAY_RENEWALS_MASTER_KEY", SECRET)
        .env("CAREWAY_RENEWALS_ROUTES", routes)
        .env("CAREWAY_RENEWALS_TIMER_SECONDS", "1")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    Process(command.spawn().unwrap())
}

/// A running process, which is killed when this is dropped: a test that fails leaves none behind.
pub(crate) struct Process(Child);

impl Process {
    /// Kills it as the operating system does.
    pub(crate) fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Which code a part carries: a message each.
pub(crate) fn code(part: &SubmittedPart) -> String {
    let text = String::from_utf8_lossy(part.text()).into_owned();
    text.chars().filter(char::is_ascii_digit).take(6).collect()
}

const QUEUED: &str = "select count(*) from message where state = 'QUEUED'";
const OPEN: &str = "select count(*) from message where state in ('QUEUED', 'SUBMITTED')";

/// What anybody but whoever asks is doing in this database now.
const AT_WORK: &str = "select count(*) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend' and state <> 'idle'";

/// As if a killed process's lease had ended, and the time for which it had taken messages. Its last commit may still be under way
/// in the server: that is waited for.
async fn its_time_passes(service: &TestService) {
    eventually("what it had said is done", async || service.count(AT_WORK).await == 0).await;
    for passed in ["delete from route_lease", "update message set taken_until = null"] {
        sqlx::query(passed).execute(&service.admin).await.unwrap();
    }
}

/// As if it were long ago that messages were submitted which no process keeps the end of any more; how many these are.
async fn nobody_keeps_their_ends(service: &TestService) -> i64 {
    let under_way = service.count("select count(*) from message where state = 'SUBMITTED'").await;
    let abandoned = "update message set submitted_at = now() - interval '1 hour' where state = 'SUBMITTED'";
    sqlx::query(abandoned).execute(&service.admin).await.unwrap();
    under_way
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_holder_of_a_route_sends_nothing_twice_and_loses_nothing() {
    let (peer, kills) = (SmppPeer::start().await, kills());
    // It has no route: it keeps what it is asked to send.
    let renewals = TestRenewals::start_without_routes().await;
    let mut messages = BTreeMap::new();
    for number in 0..kills * 40 {
        let mut request = code_message(&format!("kill{number}"));
        request.language = "en".to_owned();
        let code = format!("{:06}", 100_000 + number);
        request.values.insert("code".to_owned(), code.clone());
        messages.insert(code, renewals.send(request).await.unwrap().message_id);
    }
    let routes = routes_file(&smpp_route("viettel", &peer.address(), "segments_per_second = 400", ""));
    let mut submitted = 0;
    for kill in 0..kills {
        let mut process = process(&renewals.setup, &routes);
        let some_more = submitted + 1 + kill % 7;
        eventually("it sends, or has nothing left", async || {
            peer.submitted().len() >= some_more || renewals.count(QUEUED).await == 0
        })
        .await;
        tokio::time::sleep(Duration::from_millis(u64::try_from(kill % 9).unwrap())).await;
        process.kill();
        submitted = peer.submitted().len();
        its_time_passes(&renewals).await;
        if submitted >= messages.len() {
            break;
        }
    }
    let under_way = nobody_keeps_their_ends(&renewals).await;
    let mut last = process(&renewals.setup, &routes);
    eventually("every message has ended", async || renewals.count(OPEN).await == 0).await;
    last.kill();

    let mut came: BTreeMap<String, usize> = BTreeMap::new();
    for part in peer.submitted() {
        *came.entry(code(&part)).or_default() += 1;
    }
    let mut unknown = 0_i64;
    for (code, id) in &messages {
        let state = renewals.column(id, "state").await.unwrap();
        let times = came.get(code).copied().unwrap_or(0);
        match state.as_str() {
            "UNKNOWN" => {
                unknown += 1;
                assert!(times <= 1, "{code} came {times} times");
            }
            "ACCEPTED" => assert_eq!(times, 1, "{code}"),
            other => panic!("{code} is {other}"),
        }
    }
    assert!(unknown <= under_way, "{unknown} are unknown, {under_way} were under way at a kill");
    println!("{kills} kills, {} messages, {unknown} unknown", messages.len());
}

/// A zone in which it is about noon: reminders go out by day.
fn at_noon() -> String {
    let hour = i64::from(Utc::now().hour());
    // Its sign is the other way round: UTC+5 is `Etc/GMT-5`.
    format!("Etc/GMT{:+}", hour - 12)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_whose_sender_is_killed_reminds_everybody_once() {
    let (peer, kills) = (SmppPeer::start().await, kills());
    let mut setup = TestPeople::setup().await;
    setup.clock = Clock::movable();
    let people = TestPeople::without_routes(setup).await;
    let zone = at_noon();
    let placed = sqlx::query("update organization_ref set time_zone = $1").bind(&zone);
    placed.execute(&people.admin).await.unwrap();
    let today = Utc::now().with_timezone(&zone.parse::<chrono_tz::Tz>().unwrap()).date_naive();
    let all = 20 * i64::try_from(kills).unwrap();
    people.many(u32::try_from(all).unwrap(), &(today + chrono::Days::new(14)).to_string()).await;
    let campaign = people.draft(campaign(Kind::Once, &[-14])).await.campaign_id;
    if people.submit(&people.agency, &campaign).await.unwrap().state() == State::AwaitingApproval {
        people.approve(&people.authority, &campaign).await.unwrap();
    }

    let routes = routes_file(&smpp_route("viettel", &peer.address(), "segments_per_second = 400", ""));
    let reminded =
        |parts: &[SubmittedPart]| parts.iter().map(|part| part.to.clone()).collect::<BTreeSet<_>>().len();
    for kill in 0..kills {
        let before = reminded(&peer.submitted());
        let mut process = process(&people.setup, &routes);
        let some = 1 + kill % 7;
        eventually("it is at work, or has nothing left", async || {
            reminded(&peer.submitted()) >= before + some
                || people.count("select count(*) from message").await == all
                    && people.count(QUEUED).await == 0
        })
        .await;
        tokio::time::sleep(Duration::from_millis(u64::try_from(7 * (kill % 9)).unwrap())).await;
        process.kill();
        its_time_passes(&people).await;
    }
    let under_way = nobody_keeps_their_ends(&people).await;
    let mut last = process(&people.setup, &routes);
    let planned = format!("select count(*) from reminder_recipient where campaign_id = '{campaign}'");
    eventually("everybody is reminded", async || {
        people.count(&planned).await == all
            && people.count("select count(*) from message").await == all
            && people.count(OPEN).await == 0
    })
    .await;
    last.kill();

    let mut parts: BTreeMap<(String, Option<u8>), usize> = BTreeMap::new();
    for part in peer.submitted() {
        *parts.entry((part.to.clone(), part.header().map(|(.., number)| number))).or_default() += 1;
    }
    assert!(parts.values().all(|&times| times == 1), "twice: {parts:?}");
    let unknown = people.count("select count(*) from message where state = 'UNKNOWN'").await;
    let accepted = people.count("select count(*) from message where state = 'ACCEPTED'").await;
    assert_eq!(accepted + unknown, all, "none is missing");
    assert!(unknown <= under_way, "{unknown} are unknown, {under_way} were under way at a kill");
    let reached = i64::try_from(reminded(&peer.submitted())).unwrap();
    assert!((accepted..=accepted + unknown).contains(&reached), "{reached} of {accepted} and {unknown}");
    println!("{kills} kills, {all} reminders, {unknown} unknown");
}
