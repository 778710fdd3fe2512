//! The cases process killed while a mail is taken, before its commit and between the commit and the reply: the mail server
//! delivers again what was not acknowledged, and every mail is in its case once. `CAREWAY_TEST_KILLS` says how often by hand.

use std::path::PathBuf;

use careway_service::Call;
use careway_testing::{FaultProxy, LmtpClient, Side, TestServers};
use careway_tests::{Layout, Message, Setup, Support, TestPlatform, until};
use serde_json::json;

/// Kills in an ordinary run: two before the commit, two after it.
const KILLS: usize = 4;
/// So many mails of one person to one case within an hour look like a loop.
const EACH: usize = 15;
/// The commit is the second round trip from the mail's statement on: kept and not answered, and not kept.
const POINTS: [(u64, Side); 2] = [(2, Side::After), (2, Side::Before)];

fn kills() -> usize {
    std::env::var("CAREWAY_TEST_KILLS").map_or(KILLS, |kills| kills.parse().unwrap())
}

struct Mails<'a> {
    platform: &'a TestPlatform,
    socket: PathBuf,
}

impl Mails<'_> {
    /// Delivers a mail as often as it takes; what the reply says became of it.
    async fn insisted(&self, to: &str, raw: &str) -> String {
        let taken = until("a mail to be taken", async || Ok(self.delivered(to, raw).await.ok()));
        let reply = taken.await.unwrap_or_else(|error| panic!("{error:#}"));
        reply.split(' ').nth(2).expect("an outcome").to_owned()
    }

    async fn delivered(&self, to: &str, raw: &str) -> anyhow::Result<String> {
        let mut client = LmtpClient::connect(&self.socket).await?;
        let reply = client.deliver("tanvir@shondhan.example", &[to], raw.as_bytes()).await?.remove(0);
        anyhow::ensure!(reply.starts_with("250"), "{reply}");
        Ok(reply)
    }

    /// Ends every connection to Postgres: a new one says its statements in words, which the trap is set on.
    async fn disconnect(&self, proxy: &FaultProxy) {
        proxy.cut();
        let noticed = until("a connection to end", async || {
            let asked = self.platform.database("cases").read(&Call::system("tests")).await;
            Ok(asked.is_err().then_some(()))
        });
        noticed.await.unwrap_or_else(|error| panic!("{error:#}"));
        proxy.restore();
    }

    async fn count(&self, query: &'static str) -> i64 {
        let mut reader = self.platform.database("cases").read(&Call::system("tests")).await.unwrap();
        sqlx::query_scalar(query).fetch_one(&mut *reader).await.unwrap()
    }
}

fn mail(number: usize) -> String {
    format!(
        "Authentication-Results: mx.careway.example; dmarc=pass\r\nFrom: tanvir@shondhan.example\r\n\
         Message-ID: <kill-{number}@careway.example>\r\nSubject: Re\r\n\r\nAnswer {number}.\r\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_killed_between_commit_and_reply_loses_and_doubles_no_mail() {
    let (proxy, _) = FaultProxy::before(&TestServers::from_env().postgres).await;
    let socket = std::env::temp_dir().join(format!("careway-{}.lmtp", uuid::Uuid::new_v4()));
    let settings = [
        ("CAREWAY_CASES_AUTHSERV_ID", "mx.careway.example"),
        ("CAREWAY_CASES_LMTP_LISTEN", &format!("unix:{}", socket.display())),
    ];
    let setup = Setup { layout: Layout::SeparateProcesses, settings: &settings, postgres: Some(&proxy) };
    let platform = TestPlatform::of(setup).await;
    let support = Support::of(&platform).await;
    let mails = Mails { platform: &platform, socket };

    let (kills, mut kept) = (kills(), [0; 2]);
    // Before anything is killed: what somebody is told waits for a process that is away.
    let mut addresses = Vec::new();
    for number in 0..kills.div_ceil(EACH) {
        let opened = support.open(&json!({"subject": format!("Case {number}")})).await;
        addresses.push(reply_address(&platform, opened.text("case.number")).await);
    }
    for number in 0..kills {
        let to = &addresses[number / EACH];
        mails.disconnect(&proxy).await;
        let (trip, side) = POINTS[number % POINTS.len()];
        let sprung = proxy.trap("insert into inbound_mail", trip, side);
        let raw = mail(number);
        tokio::select! {
            sprung = sprung => sprung.expect("the conversation was not over before"),
            reply = mails.delivered(to, &raw) => panic!("nothing was broken: {reply:?}"),
        }
        platform.processes().kill("cases").await;
        platform.processes().restart("cases").await;
        let outcome = mails.insisted(to, &raw).await;
        let expected = if side == Side::After { "DUPLICATE" } else { "APPENDED" };
        assert_eq!(outcome, expected, "killed {side:?} the commit's answer");
        kept[usize::from(outcome == "DUPLICATE")] += 1;
    }
    let all = i64::try_from(kills).unwrap();
    assert_eq!(mails.count("select count(*) from inbound_mail where outcome = 'APPENDED'").await, all);
    assert_eq!(mails.count("select count(*) from case_message where channel = 'MAIL'").await, all);
    let said = "select count(*) from outbox where type like '%.CaseMessageAdded' and stream_seq is not null";
    let messages = mails.count("select count(*) from case_message").await;
    let told =
        until("every message to be told", async || Ok((mails.count(said).await >= messages).then_some(())));
    told.await.unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!(mails.count(said).await, messages, "each is told once");
    println!("{kills} kills: {} after the commit, {} before it", kept[1], kept[0]);
    let _ = std::fs::remove_file(&mails.socket);
    platform.end().await;
}

/// Where Tanvir's answers about a case go: he was told when he opened it.
async fn reply_address(platform: &TestPlatform, number: &str) -> String {
    platform.sent().await;
    let told = platform.messages_to("tanvir@shondhan.example").await;
    let subject = format!("[{number}]");
    let of_it = |mail: &&Message| mail.subject.as_ref().is_some_and(|its| its.starts_with(&subject));
    told.iter().find(of_it).expect("he is told of his case").headers["Reply-To"].clone()
}
