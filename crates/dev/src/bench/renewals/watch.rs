//! How long it takes until whoever watches sees a renewal: agents renew at an even pace, an authority has a watch open.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use careway_standalone::seed::{
    Events, Inbox, Rest,
    acts::{Person, hire},
};
use chrono::NaiveDate;
use http::HeaderValue;
use serde_json::json;

use super::{
    Platform,
    imports::{Imported, PASSWORD, number},
};
use crate::{
    bench::{
        client::Connection,
        refusals::Refusals,
        workers::{self, Worker},
    },
    say,
};

/// Connections that agents renew over.
const CONNECTIONS: usize = 8;
/// How many a page of renewals has.
const PAGE: usize = 200;
/// A household has three people, of whom the first pays this for twelve months.
const HOUSEHOLD: u64 = 3;
const FIRST: &str = "1263600";

/// Until a renewal is seen, the least first.
pub(super) struct Seen {
    pub(super) rate: f64,
    /// From the beginning of its request.
    pub(super) begun: Vec<Duration>,
    /// From its answer; none of one that was seen before it was answered.
    pub(super) answered: Vec<Duration>,
}

/// When each renewal's request began, and when it was answered.
type Times = Arc<Mutex<HashMap<String, (Instant, Option<Instant>)>>>;

/// Renews so many a second for so long.
pub(super) async fn measure(
    operator: &Rest,
    inbox: &Inbox,
    platform: &Platform,
    imported: &Imported,
    ((rate, lasting), borne): ((f64, Duration), Refusals),
) -> anyhow::Result<Seen> {
    let step = say::begin(format!("renewing {rate} a second, watched"));
    let salary = json!({"from": "2024-07-01", "amount": {"currency": "VND", "amount": "2340000"}});
    let settings = json!({"baseSalaries": [salary]});
    imported.officer.put("/v1/renewal-settings", settings).if_match("\"v0\"").await?.ok()?;
    let agent = agent(operator, inbox, imported).await?;
    let wanted = (rate * lasting.as_secs_f64()).ceil();
    let renewals = due(&agent, wanted as usize + CONNECTIONS).await?;
    let mut token: HeaderValue = format!("Bearer {}", agent.access_token()).parse()?;
    token.set_sensitive(true);
    let today = imported.last_day - chrono::Days::new(14);
    let desk = Arc::new(Desk { renewals, next: AtomicUsize::new(0), token, today, times: Times::default() });
    let mut agents = Vec::new();
    for _ in 0..CONNECTIONS {
        let connection = Connection::open(platform.gateway()).await?;
        agents.push(Agent { desk: desk.clone(), connection });
    }

    let mut watch = Events::open(&imported.officer, "/v1/renewals/watch", None).await?;
    let (watching, done) = tokio::sync::oneshot::channel();
    let reading = tokio::spawn(async move {
        let mut seen = HashMap::new();
        let (mut done, mut expected) = (done, usize::MAX);
        while seen.len() < expected {
            tokio::select! {
                event = watch.next() => {
                    let (event, at) = (event?, Instant::now());
                    if event.data["change"] == "RENEWED" {
                        let renewal = event.data["renewal"]["renewalId"].as_str().context("no renewal")?;
                        seen.insert(renewal.to_owned(), at);
                    }
                }
                count = &mut done, if expected == usize::MAX => expected = count.unwrap_or_default(),
            }
        }
        anyhow::Ok(seen)
    });
    let renewed = workers::open(agents, rate, lasting, borne).await?;
    let _ = watching.send(renewed.len());
    let seen = reading.await?.context("not every renewal was seen")?;
    let times = desk.times.lock().unwrap_or_else(PoisonError::into_inner);
    let (mut begun, mut answered) = (Vec::new(), Vec::new());
    for (renewal, at) in &seen {
        let (from, answer) = times.get(renewal).context("a renewal that nobody made was seen")?;
        begun.push(at.saturating_duration_since(*from));
        answered.push(answer.map_or(Duration::ZERO, |answer| at.saturating_duration_since(answer)));
    }
    begun.sort_unstable();
    answered.sort_unstable();
    step.done(format!("{} renewals seen", seen.len()));
    Ok(Seen { rate, begun, answered })
}

/// Somebody who renews for the agency.
async fn agent(operator: &Rest, inbox: &Inbox, imported: &Imported) -> anyhow::Result<Rest> {
    let person = |name: &str, role: &str, place: &str| Person {
        name: name.to_owned(),
        email: format!("{place}-{}@careway.example", imported.agency_code.to_lowercase()),
        roles: vec![role.to_owned()],
    };
    let head = person("Đỗ Văn Ân", "ADMINISTRATOR", "administrator");
    let head = hire(operator, Some(&imported.agency), inbox, &head, PASSWORD).await?;
    let head = operator.sign_in(&head).await?;
    let agent = hire(&head, None, inbox, &person("Vũ Thị Phúc", "AGENT", "counter"), PASSWORD).await?;
    operator.sign_in(&agent).await
}

/// The renewals of people of households of their own: of two of one household the second pays less.
async fn due(agent: &Rest, wanted: usize) -> anyhow::Result<Vec<String>> {
    let (mut found, mut page) = (Vec::new(), String::new());
    while found.len() < wanted {
        let listed = agent.get(&format!("/v1/renewals?pageSize={PAGE}&pageToken={page}")).await?.ok()?;
        for renewal in listed.list("renewals") {
            let of: u64 = renewal["bhxhNumber"].as_str().unwrap_or_default().parse()?;
            if (of - number(0)).is_multiple_of(HOUSEHOLD) {
                found.push(renewal["renewalId"].as_str().unwrap_or_default().to_owned());
            }
        }
        page = listed.text("nextPageToken").to_owned();
        ensure!(!page.is_empty() || found.len() >= wanted, "only {} of {wanted} are due", found.len());
    }
    Ok(found)
}

/// What the agents share.
struct Desk {
    renewals: Vec<String>,
    next: AtomicUsize,
    token: HeaderValue,
    today: NaiveDate,
    times: Times,
}

struct Agent {
    desk: Arc<Desk>,
    connection: Connection,
}

impl Worker for Agent {
    async fn perform(&mut self) -> anyhow::Result<()> {
        let number = self.desk.next.fetch_add(1, Ordering::Relaxed);
        let renewal = self.desk.renewals.get(number).context("everybody renewed")?;
        let paid = json!({
            "renewalIds": [renewal], "months": 12, "paidOn": self.desk.today.to_string(),
            "amount": {"currency": "VND", "amount": FIRST}, "receiptNumber": format!("BL-{number}"),
        });
        self.note(renewal, (Instant::now(), None));
        let begun = Instant::now();
        self.connection.post("/v1/renewals/renew", &self.desk.token, paid.to_string()).await?;
        self.note(renewal, (begun, Some(Instant::now())));
        Ok(())
    }
}

impl Agent {
    fn note(&self, renewal: &str, times: (Instant, Option<Instant>)) {
        self.desk.times.lock().unwrap_or_else(PoisonError::into_inner).insert(renewal.to_owned(), times);
    }
}
