//! What an answer or a body may be coded in is settled before anything is done.

use careway_tests::{Payer, TestPlatform, accepted, refused};
use http::{
    StatusCode,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING},
};
use serde_json::{Value, json};

fn member(number: &str) -> Value {
    json!({
        "memberNumber": number, "givenNames": "Aline", "familyName": "Uwase", "birthDate": "1990-04-12", "sex": "FEMALE",
    })
}

async fn members(payer: &Payer) -> usize {
    accepted(200, payer.officer.get("/v1/members")).await.list("members").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_is_answered_whatever_coding_the_client_refuses() {
    let platform = TestPlatform::start().await;
    let payer = Payer::of(&platform).await;
    for (count, coding) in ["*;q=0", "identity;q=0", "gzip;q=0, identity;q=0", "br"].into_iter().enumerate() {
        let made = payer.officer.post("/v1/members", member(&format!("UM-{count}")));
        accepted(201, made.header(ACCEPT_ENCODING, coding)).await;
        let missing = payer.officer.get("/v1/members/00000000-0000-0000-0000-000000000000");
        let missing = missing.header(ACCEPT_ENCODING, coding).await.unwrap();
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{coding}");
        accepted(200, payer.officer.get("/v1/me").header(ACCEPT_ENCODING, coding)).await;
    }
    assert_eq!(members(&payer).await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_in_a_coding_is_refused_and_nothing_is_done() {
    let platform = TestPlatform::start().await;
    let payer = Payer::of(&platform).await;
    let list = "member_number,family_name,given_names,birth_date,sex\nUM-1,Uwase,Aline,1990-04-12,F\n";
    for coding in ["gzip", "br"] {
        let made = payer.officer.post("/v1/members", member("UM-1")).header(CONTENT_ENCODING, coding);
        let refusal = refused(415, "UNSUPPORTED_MEDIA_TYPE", made).await;
        assert_eq!(refusal.header("accept-encoding"), Some("identity"));
        let listed = payer.officer.upload("/v1/members/import", "text/csv", list);
        refused(415, "UNSUPPORTED_MEDIA_TYPE", listed.header(CONTENT_ENCODING, coding)).await;
    }
    assert_eq!(members(&payer).await, 0);
    let plain = payer.officer.post("/v1/members", member("UM-1"));
    accepted(201, plain.header(CONTENT_ENCODING, "identity")).await;
}
