//! The link of a reminder's mail, as scanners, mail programs and people follow it: the rows of `unsubscribe.jsonl` through REST.

use careway_tests::{Scheme, TestPlatform, accepted, until};
use chrono::Days;
use reqwest::{Method, header::CONTENT_TYPE};
use serde_json::{Value, json};

use crate::{
    campaigns::by_day,
    dispute_page::{between, read},
};

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/renewals/unsubscribe.jsonl");

fn rows() -> Vec<Value> {
    let text = std::fs::read_to_string(VECTORS).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Asks as a row says, of nobody in particular: no cookie, no token; the status, and where it would lead.
async fn asked(platform: &TestPlatform, request: &Value, token: &str) -> u16 {
    let http =
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let method: Method = request["method"].as_str().unwrap().parse().unwrap();
    let path = request["path"].as_str().unwrap().replace("{token}", token);
    let mut asked = http.request(method, format!("{}{path}", platform.rest().base()));
    if let Some(body) = request["body"].as_str() {
        asked = asked.header(CONTENT_TYPE, request["content-type"].as_str().unwrap()).body(body.to_owned());
    }
    asked.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_of_the_vectors_is_answered_as_they_say() {
    let platform = TestPlatform::with(&[("CAREWAY_RENEWALS_TIMER_SECONDS", "1")]).await;
    by_day(&platform);
    let scheme = Scheme::of(&platform).await;
    let agency = &scheme.agencies[0];
    // The agent takes part, too, and is reminded where messages about campaigns go.
    let (number, email) = ("7936491863", agency.agent_email.as_str());
    let last_day = Scheme::today(&platform) + Days::new(14);
    let first_day = last_day - Days::new(364);
    let row = format!("{number},Trần Thị Hoà,1960,,,,{email},{first_day},{last_day},{}\n", agency.code);
    scheme.participants(&[row]).await;
    scheme.renewals(&[Scheme::item(number, &last_day.to_string(), &agency.code)]).await;
    let campaign = json!({"name": "By mail", "kind": "STANDING", "channel": "EMAIL", "steps": [-14, -7]});
    let made = accepted(201, agency.agent.post("/v1/reminder-campaigns", campaign)).await;
    let path = made.header("location").expect("where it is");
    accepted(200, agency.agent.post(&format!("{path}/submit"), json!({}))).await;
    let reminder = until("the reminder", async || {
        let mails = platform.inbox().messages_to(email)?;
        Ok(mails.into_iter().find(|mail| mail.headers.contains_key("List-Unsubscribe")))
    })
    .await
    .expect("it is sent");
    let header = |name: &str| reminder.headers[name].as_str();
    let link = between(header("List-Unsubscribe"), "<", ">");
    let token = link.strip_prefix("https://careway.example/v1/unsubscribe/").expect("the link comes first");

    let opt_outs = async || {
        let listed = accepted(200, agency.agent.get("/v1/opt-outs?state=ACTIVE")).await;
        listed.list("optOuts").to_vec()
    };
    let rows = rows();
    assert_eq!(rows.len(), 8);
    for row in &rows {
        let (request, expect) = (&row["request"], &row["expect"]);
        if let Some(headers) = expect["headers"].as_object() {
            let (listed, mailto) = headers["List-Unsubscribe"].as_str().unwrap().split_once(", ").unwrap();
            assert!(
                header("List-Unsubscribe")
                    .starts_with(&listed.replace("…", "careway.example").replace("{token}", token))
            );
            assert!(
                header("List-Unsubscribe").contains(&mailto[..8]),
                "{row}: {}",
                header("List-Unsubscribe")
            );
            assert_eq!(header("List-Unsubscribe-Post"), headers["List-Unsubscribe-Post"], "{row}");
            continue;
        }
        for _ in 0..request["times"].as_u64().unwrap_or(1) {
            assert_eq!(u64::from(asked(&platform, request, token).await), expect["status"], "{row}");
        }
        let noted = opt_outs().await;
        assert_eq!(!noted.is_empty(), expect["opted_out"] == true, "{row}");
        // The next row begins anew.
        for opt_out in &noted {
            let path = format!("/v1/opt-outs/{}", opt_out["optOutId"].as_str().unwrap());
            accepted(204, agency.agent.delete(&path)).await;
        }
    }

    // The same by mail, as the header offers it.
    let mailto = header("List-Unsubscribe").split_once(", ").expect("two ways").1;
    let (mailbox, subject) = between(mailto, "<mailto:", ">").split_once("?subject=").expect("a subject");
    assert_eq!((mailbox, subject), ("unsubscribe@careway.example", token));
    let client = json!({"name": "Mail server", "scopes": ["mail.deliver"]});
    let client = accepted(201, platform.operator().await.post("/v1/api-clients", client)).await;
    let (id, secret) = (client.text("apiClient.clientId"), client.text("clientSecret"));
    let by_system = accepted(200, crate::clients::token(&platform, id, secret, "")).await;
    let deliver = platform.rest().with_token(by_system.text("access_token")).upload(
        &format!("/v1/inbound-mail?mailFrom={email}&rcptTo={mailbox}"),
        "message/rfc822",
        format!("From: {email}\r\nTo: {mailbox}\r\nSubject: {subject}\r\n\r\n"),
    );
    assert_eq!(accepted(200, deliver).await.text("outcomes.0.outcome"), "RECORDED");
    let noted = opt_outs().await;
    assert_eq!(noted.len(), 1);
    let path = format!("/v1/opt-outs/{}", noted[0]["optOutId"].as_str().unwrap());
    accepted(204, agency.agent.delete(&path)).await;

    // What the last row says: opted out, the same address still gets what is no reminder.
    let last = rows.iter().find(|row| row["expect"]["still_sent"].is_array()).unwrap();
    asked(&platform, &last["request"], token).await;
    platform.advance(std::time::Duration::from_secs(7 * 24 * 3600));
    let suppressed = async || {
        let path = format!("/v1/participants?q={number}");
        let participant = accepted(200, agency.agent.get(&path)).await;
        let id = participant.list("participants")[0]["participantId"].as_str().unwrap().to_owned();
        let told = accepted(200, agency.agent.get(&format!("/v1/participants/{id}/messages"))).await;
        Ok(told.list("messages").iter().any(|message| message["reason"] == "OPTED_OUT").then_some(()))
    };
    until("the next step is suppressed", suppressed).await.expect("it is");
    let mails = platform.messages_to(email).await;
    let reminders = mails.iter().filter(|mail| mail.headers.contains_key("List-Unsubscribe"));
    assert_eq!(reminders.count(), 1, "no reminder any more");
    platform.rest().post("/v1/password-resets", json!({"email": email})).without_key().await.unwrap();
    until("what is no reminder", async || {
        Ok((platform.inbox().messages_to(email)?.len() > mails.len()).then_some(()))
    })
    .await
    .expect("it still comes");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_link_asks_and_its_script_posts_the_one_form() {
    let platform = TestPlatform::start().await;
    let page = read(&platform, "/unsubscribe", "vi").await.text().await.unwrap();
    assert!(
        page.contains("'List-Unsubscribe=One-Click'") && page.contains("application/x-www-form-urlencoded")
    );
    assert!(page.contains("location.hash.slice(1)"), "the token is in the fragment: no log has it");
    assert!(page.contains("v1/unsubscribe/${encodeURIComponent(token)}"), "{page}");
}
