//! A mail program that is not ours: Python's `email` composes, its `smtplib` delivers, and we read what it meant.

use std::{path::PathBuf, process::Stdio};

use serde_json::{Value, json};
use tokio::process::Command;

use crate::test_inbox::TestInbox;

/// What the mail program says of each mail.
async fn said(inbox: &TestInbox, to: &str) -> Vec<Value> {
    let tools = std::env::var_os("CAREWAY_TEST_TOOLS").expect("run `cargo dev test`: it installs the tools");
    let mut python = Command::new(PathBuf::from(tools).join("python"));
    let output = python
        .args(["-c", include_str!("foreign_mailer.py")])
        .arg(&inbox.socket)
        .arg(to)
        .stderr(Stdio::piped())
        .output()
        .await
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_program_that_is_not_ours_is_understood() {
    let inbox = TestInbox::start().await;
    let to = inbox.filled_text("support+{{token K1 tanvir}}@careway.example");
    let said = said(&inbox, &to).await;
    assert_eq!(said[..3], [json!({"refused": []}), json!({"refused": []}), json!({"refused": []})]);
    assert_eq!(said[3], json!({"refused": ["nobody@careway.example"], "code": 550}));

    let messages = inbox.messages("tanvir", &inbox.case("K1").to_string()).await;
    let [plain, both, files, last] = &messages[messages.len() - 4..] else { panic!("{messages:?}") };
    assert_eq!(plain.body, "আমার স্লট নেই।\n.\n..two dots\nEnd.");
    assert_eq!((both.body.as_str(), last.body.as_str()), ("Both of them.", "To somebody, too."));
    assert_eq!(files.body, "With files.");
    let read: Vec<_> = files
        .attachments
        .iter()
        .map(|file| (file.file_name.as_str(), file.media_type.as_str(), file.size_bytes))
        .collect();
    assert_eq!(read[..2], [("হিসাব ১.pdf", "application/pdf", 200_009), ("prices.csv", "text/plain", 23)]);
    assert_eq!(read[2].1, "message/rfc822");
}
