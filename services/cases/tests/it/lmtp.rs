//! The conversations of the vectors, through a real socket; and mails that are meant to be costly.

use std::time::{Duration, Instant};

use careway_testing::eventually;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::UnixStream,
    time::timeout,
};

use crate::{
    test_inbox::TestInbox,
    test_world::{list, rows, text},
};

/// A mail server's side of a conversation.
struct Talk {
    stream: BufReader<UnixStream>,
}

impl Talk {
    async fn with(inbox: &TestInbox) -> Self {
        Self { stream: BufReader::new(UnixStream::connect(&inbox.socket).await.unwrap()) }
    }

    async fn say(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).await.unwrap();
    }

    /// The next reply, all of its lines.
    async fn hear(&mut self) -> String {
        let mut reply = String::new();
        loop {
            let mut line = String::new();
            let read =
                timeout(Duration::from_secs(180), self.stream.read_line(&mut line)).await.unwrap().unwrap();
            reply.push_str(&line);
            if read == 0 || line.as_bytes().get(3) != Some(&b'-') {
                return reply;
            }
        }
    }

    /// Everything up to the bytes of a mail to support.
    async fn up_to_data(&mut self) {
        for (line, code) in [
            ("", "220"),
            ("LHLO mta\r\n", "250"),
            ("MAIL FROM:<tanvir@shondhan.example.org>\r\n", "250"),
            ("RCPT TO:<support@careway.example>\r\n", "250"),
            ("DATA\r\n", "354"),
        ] {
            self.say(line.as_bytes()).await;
            let reply = self.hear().await;
            assert!(reply.starts_with(code), "{line}: {reply}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn conversations_go_as_they_are_written() {
    for row in rows("lmtp.jsonl").iter().filter(|row| row["given"].is_null()) {
        let inbox = TestInbox::start().await;
        let before = inbox.count("select count(*) from inbound_mail").await;
        converse(&inbox, row).await;
        if let Some(mails) = row["expect"]["mails"].as_i64() {
            assert_eq!(
                inbox.count("select count(*) from inbound_mail").await - before,
                mails,
                "{}",
                row["id"]
            );
        }
    }
}

async fn converse(inbox: &TestInbox, row: &Value) {
    let mut talk = Talk::with(inbox).await;
    for turn in list(&row["talk"]).iter().map(text) {
        let turn_text = inbox.filled_text(turn);
        match turn_text.split_at(3) {
            ("C: ", line) => {
                let written = turn.starts_with("C: {{mail");
                let line =
                    if written { line.to_owned() } else { line.replace("\\r", "\r").replace("\\n", "\n") };
                let line = if written { line.trim_end_matches("\r\n").to_owned() } else { line };
                talk.say(format!("{line}\r\n").as_bytes()).await;
            }
            (_, expected) => {
                let reply = talk.hear().await;
                let is_so =
                    expected.split('|').any(|expected| expected.split(' ').all(|word| reply.contains(word)));
                assert!(is_so, "{}: {expected} expected: {reply}", row["id"]);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_database_or_identity_the_mail_comes_again() {
    assert_eq!(rows("lmtp.jsonl").iter().filter(|row| row["given"] == "postgres away").count(), 1);
    let (proxy, inbox) = TestInbox::behind_a_proxy().await;
    let before = inbox.count("select count(*) from inbound_mail").await;
    let mail = inbox.filled_text("{{mail thread-09-subject-alone}}");
    for is_database in [true, false] {
        let mut talk = Talk::with(&inbox).await;
        talk.up_to_data().await;
        if is_database {
            proxy.cut()
        } else {
            inbox.world.identity_is_away(true)
        }
        talk.say(format!("{mail}.\r\n").as_bytes()).await;
        let reply = talk.hear().await;
        assert!(reply.starts_with("451 4.3.0"), "{reply}");
        proxy.restore();
        inbox.world.identity_is_away(false);
    }
    assert_eq!(inbox.count("select count(*) from inbound_mail").await, before);
    eventually("it is taken when it comes again", async || {
        let mut talk = Talk::with(&inbox).await;
        talk.up_to_data().await;
        talk.say(format!("{mail}.\r\n").as_bytes()).await;
        talk.hear().await.starts_with("250")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bombs_are_answered_and_the_next_mail_is_served() {
    let inbox = TestInbox::start().await;
    for row in rows("bombs.jsonl") {
        let id = text(&row["id"]);
        let mut talk = Talk::with(&inbox).await;
        talk.up_to_data().await;
        let began = Instant::now();
        talk.say(&bomb(id)).await;
        talk.say(b"\r\n.\r\n").await;
        let reply = talk.hear().await;
        assert!(reply.starts_with("250 2.0.0 HELD"), "{id}: {reply}");
        // Of a bomb that goes off nobody sees the end; other tests run beside this one, unoptimized.
        assert!(began.elapsed() < Duration::from_secs(60), "{id} took {:?}", began.elapsed());
        let mail = inbox
            .filled_text("{{mail thread-09-subject-alone}}")
            .replace("thread-09-subject-alone@", &format!("{id}@"));
        let mut talk = Talk::with(&inbox).await;
        talk.up_to_data().await;
        talk.say(format!("{mail}.\r\n").as_bytes()).await;
        assert!(talk.hear().await.starts_with("250 2.0.0 NEW_CASE"), "after {id}");
        // The same words again and again within minutes would be a loop.
        inbox.clock.advance(Duration::from_secs(3600));
    }
    let held = "select count(*) from inbound_mail where outcome = 'HELD' and reason = 'TOO_COMPLEX'";
    assert_eq!(inbox.count(held).await, 8);
}

fn bomb(id: &str) -> Vec<u8> {
    let genuine = "Authentication-Results: mx.careway.example; dmarc=pass header.from=shondhan.example.org\r\n\
                   From: Tanvir <tanvir@shondhan.example.org>\r\nTo: support@careway.example\r\n";
    let each = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let mail = match id {
        "bomb-01" => {
            genuine.to_owned()
                + &each(5000, &|at| {
                    format!("Content-Type: multipart/mixed; boundary=b{at}\r\n\r\n--b{at}\r\n")
                })
        }
        "bomb-02" => format!(
            "{genuine}Content-Type: multipart/mixed; boundary=a\r\n\r\n{}",
            "--a\r\n\r\n".repeat(200_000)
        ),
        "bomb-03" => genuine.to_owned() + &"Content-Type: message/rfc822\r\n\r\n".repeat(500) + "\r\nend",
        "bomb-04" => {
            genuine.to_owned()
                + &each(20_000, &|at| format!("X-{at}: x\r\n"))
                + "X-Long: "
                + &"x".repeat(1_048_576)
                + "\r\n\r\n"
        }
        "bomb-05" => format!(
            "{genuine}Content-Disposition: attachment{}\r\n\r\n",
            each(8192, &|at| format!(";\r\n filename*{at}*=%41"))
        ),
        "bomb-06" => {
            genuine.replace("From: Tanvir", &format!("From: {}{}", "(".repeat(50_000), ")".repeat(50_000)))
                + "\r\n"
        }
        "bomb-07" => "\r\n".repeat(300_000) + genuine + "\r\n",
        "bomb-08" => format!(
            "{genuine}References: {}\r\n\r\n",
            each(30_000, &|at| format!("<r{at}@example.com>\r\n "))
        ),
        other => panic!("no recipe for {other}"),
    };
    (mail + "words").into_bytes()
}
