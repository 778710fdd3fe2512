//! Tests of the SMTP server, with the mailer the platform uses.

use super::*;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

fn mailer(sink: &SmtpSink) -> AsyncSmtpTransport<Tokio1Executor> {
    let address = sink.address();
    AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.ip().to_string())
        .port(address.port())
        .build()
}

fn message(body: &str) -> Message {
    let builder = Message::builder()
        .from("Careway <careway@example.com>".parse().unwrap())
        .to("a@example.com".parse().unwrap())
        .cc("b@example.com".parse().unwrap())
        .subject("Xin chào");
    builder.body(body.to_owned()).unwrap()
}

#[tokio::test]
async fn messages_arrive_whole() {
    let sink = SmtpSink::start().await;
    let link = format!("https://careway.example/accept?token={}", "x".repeat(100));
    let body = format!("Chào bạn\r\n.dot\r\n..two\r\n.\r\n{link}\r\n");
    mailer(&sink).send(message(&body)).await.unwrap();
    let mails = sink.wait_for(1).await;
    assert_eq!(mails[0].from, "careway@example.com");
    assert_eq!(mails[0].to, ["a@example.com", "b@example.com"]);
    assert!(mails[0].header("subject").is_some());
    assert_eq!(mails[0].header("none"), None);
    let text = mails[0].text();
    assert!(text.contains("Chào bạn\r\n.dot\r\n..two\r\n.\r\n") && text.contains(&link), "{text}");
}

#[tokio::test]
async fn refusals_are_told_as_ordered() {
    let sink = SmtpSink::start().await;
    for stage in [SmtpStage::Connect, SmtpStage::Mail, SmtpStage::Rcpt, SmtpStage::Data] {
        sink.refuse(stage, "451 4.3.0 try later");
        assert!(mailer(&sink).send(message("a")).await.unwrap_err().is_transient(), "{stage:?}");
        sink.refuse(stage, "550 5.1.1 no");
        assert!(mailer(&sink).send(message("a")).await.unwrap_err().is_permanent(), "{stage:?}");
        sink.accept();
    }
    assert_eq!(sink.mails(), []);
    mailer(&sink).send(message("a")).await.unwrap();
    assert_eq!(sink.wait_for(1).await.len(), 1);
}

#[tokio::test]
async fn many_on_one_connection() {
    let sink = SmtpSink::start().await;
    let mailer = mailer(&sink);
    for at in 0..5 {
        mailer.send(message(&format!("number {at}"))).await.unwrap();
    }
    let mails = sink.wait_for(5).await;
    assert!(mails[4].text().contains("number 4"));
}
