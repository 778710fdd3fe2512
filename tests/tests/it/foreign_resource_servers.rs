//! Resource servers that are not ours read the metadata and verify the tokens: Authlib (RFC 8414, RFC 9068) and PyJWT, which
//! `cargo dev test` installs.

use std::{path::PathBuf, process::Stdio};

use careway_tests::{Facility, TestPlatform, accepted, free_address};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::clients::{client, token};

#[tokio::test(flavor = "multi_thread")]
async fn libraries_that_are_not_ours_take_the_metadata_and_the_tokens() {
    // The metadata lead to where they stand, so the port is known before.
    let listen = free_address().unwrap();
    let (listen, url) = (listen.to_string(), format!("http://localhost:{}", listen.port()));
    let settings = [("CAREWAY_GATEWAY_LISTEN", &*listen), ("CAREWAY_GATEWAY_PUBLIC_URL", &*url)];
    let platform = TestPlatform::with(&settings).await;
    let facility = Facility::of(&platform).await;
    let (id, secret) = client(&facility).await;
    let issued = accepted(200, token(&platform, &id, &secret, "")).await;
    let tokens = [issued.text("access_token").to_owned(), facility.administrator.access_token()];

    let said = said(&url, &tokens).await;
    assert_eq!(said["issuer"], json!(url));
    for (verified, client_id) in said["tokens"].as_array().unwrap().iter().zip([&*id, "careway"]) {
        assert_eq!(verified["pyjwt"]["client_id"], client_id);
        assert_eq!(verified["authlib"]["client_id"], client_id);
        assert_eq!(verified["pyjwt"], verified["authlib"], "both read the same");
        let refusals = json!({
            "scope": "insufficient_scope", "issuer": "invalid_token", "audience": "invalid_token", "signature": "invalid_token"
        });
        assert_eq!(verified["refused"], refusals);
    }
    assert_eq!(said["tokens"].as_array().unwrap().len(), 2);
}

/// What the libraries make of the issuer and the tokens.
async fn said(issuer: &str, tokens: &[String]) -> Value {
    let tools =
        std::env::var_os("CAREWAY_TEST_TOOLS").expect("run `cargo dev test`: it installs the libraries");
    let mut python = Command::new(PathBuf::from(tools).join("python"));
    python.args(["-c", include_str!("foreign_resource_server.py"), issuer]).args(tokens);
    let output = python.stderr(Stdio::piped()).output().await.unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    serde_json::from_slice(&output.stdout).unwrap()
}
