//! What operators see of messages and do about those that failed; what goes on until its own end; and providers by HTTP.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use careway_contract::{
    google::api::HttpBody,
    renewals::v1::{
        GetMessageRequest, ListMessagesRequest, RedriveMessageRequest, TakeDeliveryReceiptRequest,
        TakeInboundSmsRequest, message, message_service_client::MessageServiceClient,
    },
};
use careway_testing::{SmtpSink, SmtpStage, eventually};
use serde_json::{Value, json};
use tonic::{Code, Request};

use crate::test_renewals::{TestRenewals, code_message, mail};

type Client = MessageServiceClient<careway_service::Upstream>;

fn client(renewals: &TestRenewals) -> Client {
    MessageServiceClient::new(renewals.foundation.registry.upstream("renewals"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_away_for_half_an_hour_loses_nothing() {
    let sink = SmtpSink::start().await;
    let renewals = TestRenewals::start(Some(&sink.url())).await;
    sink.refuse(SmtpStage::Rcpt, "421 come back later");
    let sent = renewals.send(mail("patient", "Ubuzima")).await.unwrap();
    for tried in 1..=14 {
        let tried_so_often = async || {
            renewals
                .column(&sent.message_id, "attempts")
                .await
                .is_some_and(|it| it.parse::<i32>().unwrap() >= tried)
        };
        eventually(&format!("try {tried}"), tried_so_often).await;
        renewals.foundation.clock.advance(Duration::from_secs(257));
    }
    sink.accept();
    renewals.foundation.clock.advance(Duration::from_secs(257));
    renewals.becomes(&sent.message_id, "ACCEPTED").await;
    assert_eq!(sink.wait_for(1).await.len(), 1);
    assert_eq!(renewals.column(&sent.message_id, "sealed").await, None, "no token of a sent mail is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_lists_what_failed_and_sends_it_again_and_never_what_may_have_gone_out() {
    let sink = SmtpSink::start().await;
    let renewals = TestRenewals::start(Some(&sink.url())).await;
    sink.refuse(SmtpStage::Rcpt, "550 no such mailbox");
    let sent = renewals.send(mail("failed", "Ubuzima")).await.unwrap();
    renewals.becomes(&sent.message_id, "REJECTED").await;
    let code = renewals.send(code_message("code")).await.unwrap();
    renewals.becomes(&code.message_id, "ACCEPTED").await;

    let list = ListMessagesRequest { state: message::State::Rejected.into(), ..Default::default() };
    let listed = client(&renewals).list_messages(renewals.operator(list)).await.unwrap().into_inner();
    assert_eq!(listed.messages.len(), 1);
    assert_eq!(listed.messages[0].message_id, sent.message_id);
    let shown = format!("{listed:?}");
    assert!(!shown.contains("ubuzima.example") && !shown.contains("t0ken"), "{shown}");

    sink.accept();
    let redrive = |id: &str| renewals.operator(RedriveMessageRequest { message_id: id.to_owned() });
    client(&renewals).redrive_message(redrive(&sent.message_id)).await.unwrap();
    renewals.becomes(&sent.message_id, "ACCEPTED").await;
    for id in [&sent.message_id, &code.message_id] {
        let refused = client(&renewals).redrive_message(redrive(id)).await.unwrap_err();
        assert_eq!(refused.code(), Code::FailedPrecondition, "{refused:?}");
    }
    let get = renewals.operator(GetMessageRequest { message_id: code.message_id });
    let got = client(&renewals).get_message(get).await.unwrap().into_inner();
    assert_eq!((got.parts.len(), got.message.unwrap().route.as_str()), (1, "folder"));
}

/// A provider by HTTP: what it was sent, and how it answers next.
#[derive(Clone, Default)]
struct Provider {
    sent: Arc<Mutex<Vec<Value>>>,
    next: Arc<Mutex<Vec<u16>>>,
    /// Under which ids it takes the next; its own numbers when there is none.
    ids: Arc<Mutex<Vec<String>>>,
}

impl Provider {
    async fn start(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/messages", listener.local_addr().unwrap());
        let router = Router::new().route("/messages", post(take)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        url
    }
}

async fn take(State(provider): State<Provider>, Json(message): Json<Value>) -> (StatusCode, Json<Value>) {
    let mut sent = provider.sent.lock().unwrap();
    sent.push(message);
    let status = provider.next.lock().unwrap().pop().unwrap_or(200);
    let id = provider.ids.lock().unwrap().pop().unwrap_or_else(|| format!("P{}", sent.len()));
    (StatusCode::from_u16(status).unwrap(), Json(json!({ "id": id })))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_by_http_gets_our_id_and_its_receipts_are_heard_if_they_are_its_own() {
    let provider = Provider::default();
    let url = provider.start().await;
    let renewals = TestRenewals::start_with_routes(&format!(
        r#"
        [[route]]
        name = "by-http"
        sender = "NETCO"
        receipts = "LAST_PART"
        [route.http]
        url = "{url}"
        takes_client_id = true
        [route.callbacks]
        secret_file = "$HERE/callbacks"
        sources = ["192.0.2.10"]
        "#
    ))
    .await;
    // A gateway that gave up says nothing of the provider: it is asked again, under the same id.
    provider.next.lock().unwrap().push(504);
    let sent = renewals.send(code_message("http")).await.unwrap();
    eventually("it is put off", async || {
        renewals.column(&sent.message_id, "attempts").await.as_deref() == Some("1")
    })
    .await;
    renewals.foundation.clock.advance(Duration::from_secs(10));
    renewals.becomes(&sent.message_id, "ACCEPTED").await;
    let messages = provider.sent.lock().unwrap().clone();
    assert_eq!(messages.len(), 2);
    assert!(messages.iter().all(|message| message["clientId"] == json!(sent.message_id)));
    assert_eq!((&messages[0]["from"], &messages[0]["to"]), (&json!("NETCO"), &json!("+250788123456")));

    let receipt = |route: &str, from: &str| {
        let data = br#"{"id": "P2", "state": "DELIVERED", "unasked": {}}"#.to_vec().into();
        let body = HttpBody { content_type: "application/json".to_owned(), data, extensions: Vec::new() };
        let piece = TakeDeliveryReceiptRequest {
            route: route.to_owned(),
            signature: String::new(),
            body: Some(body),
        };
        let mut request = Request::new(tokio_stream::iter([piece]));
        request.metadata_mut().insert("careway-client-ip", from.parse().unwrap());
        request
    };
    let secret = "by-http.a secret of twenty-four characters";
    for (route, from) in [("by-http", "192.0.2.10"), (secret, "192.0.2.11"), ("folder", "192.0.2.10")] {
        let refused = client(&renewals).take_delivery_receipt(receipt(route, from)).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotFound, "{route} {from}");
    }
    assert_eq!(renewals.column(&sent.message_id, "state").await.as_deref(), Some("ACCEPTED"));
    client(&renewals).take_delivery_receipt(receipt(secret, "192.0.2.10")).await.unwrap();
    renewals.becomes(&sent.message_id, "DELIVERED").await;

    let data = b"from=84912345678&text=STOP".to_vec().into();
    let content_type = "application/x-www-form-urlencoded".to_owned();
    let body = Some(HttpBody { content_type, data, extensions: Vec::new() });
    let piece = TakeInboundSmsRequest { route: secret.to_owned(), signature: String::new(), body };
    let mut request = Request::new(tokio_stream::iter([piece]));
    request.metadata_mut().insert("careway-client-ip", "192.0.2.10".parse().unwrap());
    client(&renewals).take_inbound_sms(request).await.unwrap();
    assert_eq!(renewals.count("select count(*) from inbound_sms").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_no_provider_should_give_costs_neither_its_message_nor_another() {
    let provider = Provider::default();
    let renewals = TestRenewals::start_with_routes(&http_route(&provider.start().await)).await;
    provider.ids.lock().unwrap().extend(["P\u{0}1".to_owned(), "9".repeat(10_000)]);
    let mut sent = Vec::new();
    for key in ["long", "nul", "plain"] {
        sent.push(renewals.send(code_message(key)).await.unwrap().message_id);
    }
    for message in &sent {
        renewals.becomes(message, "ACCEPTED").await;
    }
    assert_eq!(renewals.count("select max(length(carrier_id))::bigint from message_part").await, 64);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_breaks_off_says_nothing() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/messages", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id").await;
        }
    });
    let renewals = TestRenewals::start_with_routes(&http_route(&url)).await;
    let sent = renewals.send(code_message("broken")).await.unwrap();
    renewals.becomes(&sent.message_id, "UNKNOWN").await;
}

fn http_route(url: &str) -> String {
    format!("[[route]]\nname = \"by-http\"\nsender = \"NETCO\"\n[route.http]\nurl = \"{url}\"")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_receipt_is_believed_by_its_header_alone() {
    use hmac::{Hmac, KeyInit, Mac};
    let provider = Provider::default();
    let callbacks = "\n[route.callbacks]\nsecret_file = \"$HERE/callbacks\"\nsigned = true";
    let routes = http_route(&provider.start().await) + callbacks;
    let renewals = TestRenewals::start_with_routes(&routes).await;
    let sent = renewals.send(code_message("signed")).await.unwrap();
    renewals.becomes(&sent.message_id, "ACCEPTED").await;

    let data = br#"{"id": "P1", "state": "DELIVERED"}"#;
    let sign = |body: &[u8]| {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"a secret of twenty-four characters").unwrap();
        mac.update(body);
        hex::encode(mac.finalize().into_bytes())
    };
    let receipt = |signature: &str, header: bool| {
        let body = HttpBody {
            content_type: "application/json".to_owned(),
            data: data.to_vec().into(),
            extensions: Vec::new(),
        };
        let query = if header { "" } else { signature };
        let piece = TakeDeliveryReceiptRequest {
            route: "by-http".to_owned(),
            signature: query.to_owned(),
            body: Some(body),
        };
        let mut request = Request::new(tokio_stream::iter([piece]));
        if header {
            request.metadata_mut().insert("careway-signature", signature.parse().unwrap());
        }
        request
    };
    for wrong in [receipt(&sign(b"another body"), true), receipt("", true), receipt("", false)] {
        let refused = client(&renewals).take_delivery_receipt(wrong).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotFound);
    }
    assert_eq!(renewals.column(&sent.message_id, "state").await.as_deref(), Some("ACCEPTED"));
    client(&renewals).take_delivery_receipt(receipt(&sign(data), true)).await.unwrap();
    renewals.becomes(&sent.message_id, "DELIVERED").await;
    // A provider that can set no header says it in the address.
    client(&renewals).take_delivery_receipt(receipt(&sign(data), false)).await.unwrap();
}
