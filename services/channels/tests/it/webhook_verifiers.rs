//! The receivers of docs/webhooks.md accept what the service sends, and nothing else: the published library for Python, and the
//! commands of a shell.

use std::{path::PathBuf, process::Output};

use serde_json::json;
use tokio::process::Command;

use crate::{
    receiver::{Receiver, Seen},
    test_channels::TestChannels,
};

/// The block of the guide in this language.
fn block(language: &str) -> String {
    let guide = include_str!("../../../../docs/webhooks.md");
    let start = guide.split(&format!("```{language}\n")).nth(1).expect("the guide has such a block");
    start.split("```").next().unwrap().to_owned()
}

/// A signed message, and the secret that signs.
async fn message() -> (Seen, String) {
    let service = TestChannels::run().await;
    let receiver = Receiver::well().await;
    let (endpoint, secret) = service.endpoint(&service.provider, &receiver.url).await;
    service.test_endpoint(&service.provider, &endpoint.endpoint_id).await;
    (receiver.seen().pop().unwrap(), secret)
}

#[tokio::test]
async fn the_library_for_python_takes_our_messages() {
    let (seen, secret) = message().await;
    let tools =
        std::env::var_os("CAREWAY_TEST_TOOLS").expect("run `cargo dev test`: it installs the library");
    let program = format!(
        "{}\nimport json, sys\nprint(receive(sys.argv[1], json.loads(sys.argv[2]), sys.argv[3])['type'])",
        block("python")
    );
    let receive = async |secret: &str, body: &str| -> Output {
        let headers = json!(seen.headers).to_string();
        let mut python = Command::new(PathBuf::from(&tools).join("python"));
        python.args(["-c", &program, secret, &headers, body]).output().await.unwrap()
    };
    let body = String::from_utf8(seen.body.clone()).unwrap();
    let taken = receive(&secret, &body).await;
    assert_eq!(String::from_utf8_lossy(&taken.stdout).trim(), "careway.channels.v1.WebhookTest");
    let altered = receive(&secret, &body.replace("WebhookTest", "WebhookText")).await;
    assert!(String::from_utf8_lossy(&altered.stderr).contains("WebhookVerificationError"));
}

#[tokio::test]
async fn the_commands_of_a_shell_come_to_our_signature() {
    let (seen, secret) = message().await;
    let output = Command::new("sh")
        .args(["-c", &block("sh")])
        .env("id", seen.id())
        .env("timestamp", seen.header("webhook-timestamp"))
        .env("body", String::from_utf8(seen.body.clone()).unwrap())
        .env("secret", secret)
        .output()
        .await
        .unwrap();
    let signature = String::from_utf8(output.stdout).unwrap();
    assert_eq!(format!("v1,{}", signature.trim()), seen.header("webhook-signature"));
}
