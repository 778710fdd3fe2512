//! Mails that are meant to be costly: each is read within its bounds, and what is cheap to read of it is read.

use std::time::{Duration, Instant};

use super::{super::mail::Mail, ours, placeholders::value, vectors};

/// A bomb by its recipe, under the author's genuine fields.
pub(super) fn bomb(id: &str) -> Vec<u8> {
    let genuine = "Authentication-Results: mx.careway.example; dmarc=pass header.from=shondhan.example.org\r\n\
                   From: Tanvir <tanvir@shondhan.example.org>\r\nTo: support@careway.example\r\nSubject: x\r\n\
                   MIME-Version: 1.0\r\n";
    let nested = |levels: usize, begin: &dyn Fn(usize) -> String| (1..=levels).map(begin).collect::<String>();
    match id {
        "bomb-01" => {
            let multiparts = nested(5000, &|at| {
                format!("Content-Type: multipart/mixed; boundary=b{at}\r\n\r\n--b{at}\r\n")
            });
            format!("{genuine}{multiparts}\r\nend\r\n")
        }
        "bomb-02" => {
            let parts = "--a\r\n\r\n".repeat(200_000);
            format!("{genuine}Content-Type: multipart/mixed; boundary=a\r\n\r\n{parts}")
        }
        "bomb-03" => {
            let mails = nested(500, &|_| "Content-Type: message/rfc822\r\n\r\n".to_owned());
            format!("{genuine}{mails}Subject: end\r\n\r\nend\r\n")
        }
        "bomb-04" => {
            let fields = nested(20_000, &|at| format!("X-{at}: x\r\n"));
            format!("{genuine}{fields}X-Long: {}\r\n\r\nwords\r\n", "x".repeat(1_048_576))
        }
        "bomb-05" => {
            let pieces: String = (0..8192).map(|at| format!(";\r\n filename*{at}*=%41")).collect();
            format!("{genuine}Content-Disposition: attachment{pieces}\r\n\r\nwords\r\n")
        }
        "bomb-06" => {
            let brackets = format!("{}{}", "(".repeat(50_000), ")".repeat(50_000));
            genuine.replace("From: Tanvir", &format!("From: {brackets}")) + "\r\nwords\r\n"
        }
        "bomb-07" => format!("{}{genuine}\r\nwords\r\n", "\r\n".repeat(300_000)),
        "bomb-08" => {
            let ids: String = (1..30_000).map(|at| format!("<r{at}@example.com>\r\n ")).collect();
            format!("{genuine}References: {ids}<{}>\r\n\r\nwords\r\n", value("id K1.2 tanvir"))
        }
        other => panic!("no recipe for {other}"),
    }
    .into_bytes()
}

#[test]
fn every_bomb_is_held_unread_and_its_author_is_known() {
    let rows = vectors("bombs.jsonl");
    assert_eq!(rows.len(), 8);
    for row in rows {
        let id = row["id"].as_str().unwrap();
        let raw = bomb(id);
        let began = Instant::now();
        let mail = Mail::read(&raw, "tanvir@shondhan.example.org", &ours());
        assert!(began.elapsed() < Duration::from_secs(60), "{id} took {:?}", began.elapsed());
        assert!(mail.too_complex.is_some(), "{id}");
        assert_eq!(mail.author.address().unwrap().as_str(), "tanvir@shondhan.example.org", "{id}");
        assert!(mail.words.visible.is_empty() && mail.files.is_empty(), "{id}");
    }
}

#[test]
fn html_that_is_deep_costs_little_and_is_not_shown() {
    let header = "Content-Type: text/html\r\n\r\n";
    for html in [
        "<div>".repeat(100_000),
        "<b>".repeat(100_000),
        "<a href=x>".repeat(50_000) + &"<p>y</p>".repeat(50_000),
    ] {
        let raw = format!("{header}words{html}");
        let began = Instant::now();
        let mail = Mail::read(raw.as_bytes(), "a@b.cd", &ours());
        assert!(began.elapsed() < Duration::from_secs(60), "took {:?}", began.elapsed());
        assert_eq!((mail.html, mail.words.visible.starts_with("words")), (None, true));
    }
}
