//! The visits process killed at every point of what decides on a member's benefits: before and after each round trip to
//! Postgres of a command, the commit's among them. Repeated under its key, every command is done, and done once.

use careway_service::{Call, Reader};
use careway_testing::{FaultProxy, Side, TestServers};
use careway_tests::{Answer, Layout, Request, Rest, Setup, TestPlatform, accepted, not_now, until};
use serde_json::{Value, json};

use crate::claim_parties::{ClaimParties, Patient, path};

/// More points than any command has.
const MOST: u32 = 40;
/// Before and after begin, what there is to know, what there is to keep, commit.
const LEAST: usize = 8;

/// What is given while the process is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Command {
    /// A claim that is submitted as it is written, and decided by the rules.
    Claim,
    /// A draft that is submitted, and decided by the rules.
    Submit,
    /// A claim that a reviewer decides.
    Review,
    /// A pre-authorization that the rules decide.
    Ask,
    /// A pre-authorization that a reviewer decides.
    Decide,
}

/// A command ready to be given, to whoever it is of.
struct Ready {
    by: Rest,
    organization: String,
    path: String,
    body: Value,
    key: String,
}

impl Ready {
    fn given(&self) -> Request {
        self.by.post(&self.path, self.body.clone()).key(&self.key)
    }

    /// Gives it until it is acknowledged. What is no acknowledgement must be a plain "not now".
    async fn insisted(&self) -> Answer {
        let acknowledged = until("a command to be acknowledged", async || {
            let answer = self.given().await?;
            if not_now(&answer) { Ok(None) } else { answer.ok().map(Some) }
        });
        acknowledged.await.unwrap_or_else(|error| panic!("{error:#}"))
    }
}

/// Patients and claims whose visits process dies again and again.
struct Kills<'a> {
    parties: ClaimParties,
    proxy: &'a FaultProxy,
    outpatient: Patient,
    inpatient: Patient,
    /// The numbers of claims and approvals that were acknowledged, with what the payer pays, in their order.
    claims: Vec<(String, i64)>,
    approvals: Vec<(String, i64)>,
    /// How many of them a person decided.
    reviewed: (usize, usize),
    /// Codes that were claimed.
    codes: u32,
}

impl<'a> Kills<'a> {
    async fn at(proxy: &'a FaultProxy) -> Self {
        let setup = Setup { layout: Layout::SeparateProcesses, postgres: Some(proxy), ..Setup::default() };
        // What costs the payer a thousand francs the rules decide, and a person what costs more.
        let parties = ClaimParties::of(TestPlatform::of(setup).await, "1000").await;
        let mut prices = "code,kind,name,benefits,currency,price,from\n\
            COT,SERVICE,Cot for a day,WARD,RWF,900,2020-01-01\n"
            .to_owned();
        for code in 0..5 * MOST {
            prices += &format!("CHEAP-{code},SERVICE,Plaster,CONSULTATION,RWF,2000,2020-01-01\n");
            prices += &format!("DEAR-{code},SERVICE,Cast,CONSULTATION,RWF,5000,2020-01-01\n");
        }
        let officer = &parties.network.payer.officer;
        accepted(200, officer.upload("/v1/tariffs/import", "text/csv", prices)).await;
        let (outpatient, inpatient) = (parties.patient().await, parties.inpatient().await);
        let (claims, approvals, reviewed) = (Vec::new(), Vec::new(), (0, 0));
        Self { parties, proxy, outpatient, inpatient, claims, approvals, reviewed, codes: 0 }
    }

    /// All that goes before a command.
    async fn ready(&mut self, command: Command) -> Ready {
        let ClaimParties { clerk, reviewer, network, .. } = &self.parties;
        let claims = format!("{}/claims", self.outpatient.visit);
        let asks = format!("{}/preauthorizations", self.inpatient.visit);
        let mut claim = |code: &str, submit: bool| {
            self.codes += 1;
            json!({"lines": [{"code": format!("{code}-{}", self.codes), "diagnoses": ["J06.9"]}], "submit": submit})
        };
        let ask =
            |code: &str| json!({"lines": [{"code": code, "diagnoses": ["J35.0"]}], "justification": "Fever"});
        let (by, path, body) = match command {
            Command::Claim => (clerk, claims, claim("CHEAP", true)),
            Command::Submit => {
                let draft = accepted(201, clerk.post(&claims, claim("CHEAP", false))).await;
                (clerk, format!("{}/submit", path(&draft)), json!({}))
            }
            Command::Review => {
                let waiting = accepted(201, clerk.post(&claims, claim("DEAR", true))).await;
                (reviewer, format!("{}/review", path(&waiting)), json!({}))
            }
            Command::Ask => (clerk, asks, ask("COT")),
            Command::Decide => {
                let pended = accepted(201, clerk.post(&asks, ask("BED"))).await;
                let lines = json!([{"sequence": 1, "decision": "APPROVE"}]);
                let it = pended.header("location").expect("where it is").to_owned();
                (reviewer, format!("{it}/decide"), json!({"lines": lines}))
            }
        };
        let payers = matches!(command, Command::Review | Command::Decide);
        let organization = if payers { network.payer.id.clone() } else { network.facility.id.clone() };
        Ready { by: by.clone(), organization, path, body, key: uuid::Uuid::new_v4().to_string() }
    }

    /// Kills the process at a point of a command, and repeats it; whether the command was kept when the process died.
    /// None when the command was over before it came to this point.
    async fn killed_at(&mut self, command: Command, trip: u64, side: Side) -> Option<bool> {
        let ready = self.ready(command).await;
        self.parties.platform.settle().await;
        let said = self.said().await;
        // The first that a command of this organization says to Postgres.
        let begin = format!("begin;select open_call('{}'", ready.organization);
        let sprung = self.proxy.trap(&begin, trip, side);
        let mut first = tokio::spawn(ready.given().into_future());
        let sprung = tokio::select! {
            Ok(()) = sprung => true,
            answer = &mut first => {
                self.acknowledged(command, &answer.unwrap().and_then(Answer::ok).unwrap());
                false
            }
        };
        if !sprung {
            return None;
        }
        self.parties.platform.processes().kill("visits").await;
        let kept = self.said().await > said;
        self.parties.platform.processes().restart("visits").await;

        let answer = ready.insisted().await;
        assert!(!kept || answer.header("idempotency-replayed") == Some("true"), "it was done already");
        // The gateway may have repeated it by itself.
        if let Ok(first) = first.await.unwrap().and_then(Answer::ok) {
            assert_eq!(first.body, answer.body, "what was acknowledged is there");
        }
        self.acknowledged(command, &answer);
        Some(kept)
    }

    /// Notes what was acknowledged.
    fn acknowledged(&mut self, command: Command, answer: &Answer) {
        let (claims, approvals) = (&mut self.claims, &mut self.approvals);
        let (kind, amounts, told) = match command {
            Command::Claim | Command::Submit | Command::Review => ("claim", "amounts", claims),
            Command::Ask | Command::Decide => ("preauthorization", "total", approvals),
        };
        assert_eq!(answer.text(&format!("{kind}.state")), "APPROVED", "{answer}");
        let paid = answer.text(&format!("{kind}.{amounts}.payer")).parse().expect("francs are whole");
        told.push((answer.text(&format!("{kind}.number")).to_owned(), paid));
        self.reviewed.0 += usize::from(command == Command::Review);
        self.reviewed.1 += usize::from(command == Command::Decide);
    }

    async fn reader(&self, service: &str) -> Reader {
        self.parties
            .platform
            .database(service)
            .read(&Call::system("tests"))
            .await
            .expect("the database answers")
    }

    /// How many events of claims and pre-authorizations there are, published or not.
    async fn said(&self) -> i64 {
        let said = "select count(*) from outbox where type similar to '%.(Claim|Preauthorization)%'";
        sqlx::query_scalar(said).fetch_one(&mut *self.reader("visits").await).await.unwrap()
    }

    /// Compares what was acknowledged with what there is, in every service: nothing is missing and nothing is twice.
    async fn compare(&self, point: &str) {
        self.parties.platform.sent().await;
        // The ledger, by its own route, which adds up to what the statement of benefits says.
        let took = |(_, paid): &(String, i64)| ("COMMIT".to_owned(), *paid, 0);
        let held = |(_, paid): &(String, i64)| ("RESERVE".to_owned(), 0, *paid);
        let entries: Vec<_> = self.claims.iter().map(took).collect();
        assert_eq!(self.parties.ledger(&self.outpatient).await, entries, "{point}");
        let entries: Vec<_> = self.approvals.iter().map(held).collect();
        assert_eq!(self.parties.ledger(&self.inpatient).await, entries, "{point}");

        self.compare_rows(point).await;
        self.compare_effects(point).await;
    }

    async fn compare_rows(&self, point: &str) {
        let numbers =
            |told: &[(String, i64)]| told.iter().map(|(number, _)| number.clone()).collect::<Vec<_>>();
        let mut visits = self.reader("visits").await;
        let kept: Vec<(String, String)> = sqlx::query_as(
            "select 'C', number from claim union all select 'A', number from preauthorization",
        )
        .fetch_all(&mut *visits)
        .await
        .unwrap();
        let of = |kind: &str| {
            let mut numbers: Vec<_> =
                kept.iter().filter(|it| it.0 == kind).map(|(_, number)| number.clone()).collect();
            numbers.sort();
            numbers
        };
        let sorted = |mut numbers: Vec<String>| {
            numbers.sort();
            numbers
        };
        assert_eq!(of("C"), sorted(numbers(&self.claims)), "{point}");
        assert_eq!(of("A"), sorted(numbers(&self.approvals)), "{point}");
        // Each fact is said once of each, and each has a place of its own in the stream.
        let said: Vec<(String, i64, i64)> = sqlx::query_as(
            "select substring(type from '[^.]+$'), count(*), count(distinct (aggregate_id, stream_seq)) from outbox
             where type similar to '%.(Claim|Preauthorization)%' and stream_seq is not null group by 1 order by 1",
        )
        .fetch_all(&mut *visits)
        .await
        .unwrap();
        let count = |number: usize| i64::try_from(number).unwrap();
        let (claims, approvals) = (count(self.claims.len()), count(self.approvals.len()));
        let expected = [
            ("ClaimDecided", claims),
            ("ClaimSubmitted", claims),
            ("PreauthorizationDecided", approvals),
            ("PreauthorizationPended", count(self.reviewed.1)),
            ("PreauthorizationRequested", approvals),
        ];
        let expected = expected.into_iter().filter(|(_, times)| *times > 0);
        let expected: Vec<_> = expected.map(|(event, times)| (event.to_owned(), times, times)).collect();
        assert_eq!(said, expected, "{point}");
        let wrong: i64 = sqlx::query_scalar("select count(*) from benefit_difference")
            .fetch_one(&mut *visits)
            .await
            .unwrap();
        assert_eq!(wrong, 0, "{point}: balances are the sums of their entries");
    }

    /// What others did when they heard of it: one SMS for each decision, one line of the access log for each command.
    async fn compare_effects(&self, point: &str) {
        for (patient, told) in [(&self.outpatient, &self.claims), (&self.inpatient, &self.approvals)] {
            let sent = self.parties.platform.inbox().messages_to(&patient.member.phone).unwrap();
            for (number, _) in told {
                let of_it = sent.iter().filter(|sms| sms.text.contains(number)).count();
                assert_eq!(of_it, 1, "{point}: SMS of {number}");
            }
        }
        let done: Vec<(String, i64)> = sqlx::query_as(
            "select action, count(*) from member_access
             where action in ('claim.submit', 'claim.review', 'preauthorization.request', 'preauthorization.decide')
             group by 1 order by 1",
        )
        .fetch_all(&mut *self.reader("identity").await)
        .await
        .unwrap();
        let expected = [
            ("claim.review", self.reviewed.0),
            ("claim.submit", self.claims.len()),
            ("preauthorization.decide", self.reviewed.1),
            ("preauthorization.request", self.approvals.len()),
        ];
        let expected = expected.into_iter().filter(|(_, times)| *times > 0);
        let expected: Vec<_> =
            expected.map(|(action, times)| (action.to_owned(), i64::try_from(times).unwrap())).collect();
        assert_eq!(done, expected, "{point}");
    }

    /// Kills the process as its relay notes that what it published is published: the stream has it, the outbox may not
    /// know. The command was acknowledged long before.
    async fn killed_while_publishing(&mut self, side: Side) {
        self.parties.platform.settle().await;
        self.parties.platform.processes().kill("visits").await;
        let sprung = self.proxy.trap("update outbox set published_at = $4", 1, side);
        self.parties.platform.processes().restart("visits").await;
        let ready = self.ready(Command::Claim).await;
        let answer = ready.insisted().await;
        sprung.await.expect("the relay marks what it published");
        self.parties.platform.processes().kill("visits").await;
        self.parties.platform.processes().restart("visits").await;
        self.acknowledged(Command::Claim, &answer);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn visits_killed_at_every_point_of_a_claim_and_an_approval_loses_and_doubles_nothing() {
    let (proxy, _) = FaultProxy::before(&TestServers::from_env().postgres).await;
    let mut kills = Kills::at(&proxy).await;
    for command in [Command::Claim, Command::Submit, Command::Review, Command::Ask, Command::Decide] {
        let mut points = (1..).flat_map(|trip| [(trip, Side::Before), (trip, Side::After)]);
        let mut kept = Vec::new();
        while let Some((trip, side)) = points.next().filter(|_| kept.len() < MOST as usize) {
            let point = format!("{command:?} killed {side:?} round trip {trip}");
            let Some(done) = kills.killed_at(command, trip, side).await else { break };
            kept.push(done);
            kills.compare(&point).await;
        }
        // Nothing of it is kept before the commit has passed, and all of it afterwards.
        assert!(kept.is_sorted() && kept.contains(&true) && kept.len() >= LEAST, "{command:?}: {kept:?}");
    }
    for side in [Side::Before, Side::After] {
        kills.killed_while_publishing(side).await;
        kills.compare(&format!("killed {side:?} the mark")).await;
    }
    kills.parties.platform.end().await;
}
