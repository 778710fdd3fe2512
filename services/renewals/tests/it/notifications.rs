//! `NotificationService.Send`: kept, sent once, told of, and gone when it must be.

use careway_contract::{
    renewals::v1::SendRequest,
    types::v1::{MailHeaders, mail_headers::AutoSubmitted},
};
use careway_service::Call;
use careway_testing::{SmtpSink, SmtpStage, eventually};
use tonic::Code;

use crate::test_renewals::{TestRenewals, code_message, mail};

#[tokio::test(flavor = "multi_thread")]
async fn a_code_goes_out_in_the_members_language_and_its_words_are_erased() {
    let renewals = TestRenewals::start(None).await;
    let sent = renewals.send(code_message("one")).await.unwrap();
    renewals.becomes(&sent.message_id, "ACCEPTED").await;
    let files = renewals.files();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0]["to"], "+250788123456");
    assert!(files[0]["text"].as_str().unwrap().contains("492039 ni umubarebanga"));
    assert_eq!(renewals.column(&sent.message_id, "sealed").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dedupe_key_is_taken_once() {
    let renewals = TestRenewals::start(None).await;
    let first = renewals.send(code_message("same")).await.unwrap();
    let again = renewals.send(code_message("same")).await.unwrap();
    assert_eq!(first.message_id, again.message_id);
    renewals.becomes(&first.message_id, "ACCEPTED").await;
    assert_eq!(renewals.files().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_violation_is_named_and_nothing_is_kept() {
    let renewals = TestRenewals::start(None).await;
    let mut request = code_message("");
    request.to = "0788".to_owned();
    request.values.remove("code");
    let status = renewals.send(request).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(fields(&status), ["to", "dedupeKey", "values"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_careways_own_services_may_send() {
    let renewals = TestRenewals::start(None).await;
    let mut client =
        careway_contract::renewals::v1::notification_service_client::NotificationServiceClient::new(
            renewals.foundation.registry.upstream("renewals"),
        );
    let status = client.send(code_message("none")).await.unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_email_reaches_a_real_mail_server_with_its_accents() {
    let sink = SmtpSink::start().await;
    let renewals = TestRenewals::start(Some(&sink.url())).await;
    let sent = renewals.send(mail("invite", "Phòng khám Ubuzima")).await.unwrap();
    renewals.becomes(&sent.message_id, "ACCEPTED").await;
    let mails = sink.wait_for(1).await;
    assert_eq!(mails[0].to, ["desk@ubuzima.example"]);
    assert!(mails[0].text().contains("Phòng khám Ubuzima"));
    assert!(renewals.files().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_text_and_html_and_says_that_a_program_wrote_it() {
    let sink = SmtpSink::start().await;
    let renewals = TestRenewals::start(Some(&sink.url())).await;
    let sent = renewals.send(mail("invite", "Ubuzima & <Co>")).await.unwrap();
    let mails = sink.wait_for(1).await;
    let header = |name| mails[0].header(name).unwrap_or_default();
    assert!(header("Content-Type").starts_with("multipart/alternative"));
    assert_eq!(header("MIME-Version"), "1.0");
    assert_eq!(header("Auto-Submitted"), "auto-generated");
    assert_eq!(header("Message-ID"), format!("<{}@careway.example>", sent.message_id));
    assert_eq!(
        (mails[0].from.as_str(), mails[0].hello.as_str()),
        ("no-reply@careway.example", "careway.example")
    );
    let text = mails[0].text();
    let (plain, html) = text.split_once("text/html").unwrap();
    assert!(plain.contains("text/plain") && plain.contains("Ubuzima & <Co>"), "{plain}");
    assert!(html.contains("<html lang=\"vi\">") && html.contains("Ubuzima &amp; &lt;Co&gt;"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_of_a_conversation_has_its_headers_and_the_same_ones_when_it_is_tried_again() {
    let sink = SmtpSink::start().await;
    let renewals = TestRenewals::start(Some(&sink.url())).await;
    let headers = MailHeaders {
        cc: vec!["binh@example.com".to_owned()],
        reply_to: "support+S26-0000017-90@careway.example".to_owned(),
        envelope_sender: Some("bounces+1@careway.example".to_owned()),
        message_id: "<c.1.ab@careway.example>".to_owned(),
        in_reply_to: "<last@example.com>".to_owned(),
        references: vec!["<root@careway.example>".to_owned(), "<last@example.com>".to_owned()],
        auto_submitted: AutoSubmitted::No.into(),
        from: "support@careway.example".to_owned(),
        from_name: "Trần Minh Đức".to_owned(),
    };
    sink.refuse(SmtpStage::Data, "451 come back later");
    let request = SendRequest { mail: Some(headers.clone()), ..mail("conversation", "Ubuzima") };
    let sent = renewals.send(request).await.unwrap();
    renewals.becomes(&sent.message_id, "QUEUED").await;
    sink.accept();
    renewals.foundation.clock.advance(std::time::Duration::from_secs(600));
    renewals.becomes(&sent.message_id, "ACCEPTED").await;

    let mails = sink.wait_for(1).await;
    assert_eq!(mails[0].from, "bounces+1@careway.example");
    assert_eq!(mails[0].to, ["desk@ubuzima.example", "binh@example.com"]);
    for (name, value) in [
        ("Cc", "binh@example.com"),
        ("Reply-To", "support+S26-0000017-90@careway.example"),
        ("Message-ID", "<c.1.ab@careway.example>"),
        ("In-Reply-To", "<last@example.com>"),
        ("References", "<root@careway.example> <last@example.com>"),
    ] {
        assert_eq!(mails[0].header(name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(mails[0].header("Auto-Submitted"), None);
    let from = mails[0].header("From").unwrap();
    assert!(from.starts_with("=?utf-8?") && from.ends_with(" <support@careway.example>"), "{from}");
    assert_eq!(mails[0].header("X-Auto-Response-Suppress").as_deref(), Some("All"));
    assert_eq!(mails[0].header("X-Careway-Loop").as_deref(), Some("careway.example"));

    let answer = MailHeaders {
        envelope_sender: Some(String::new()),
        auto_submitted: AutoSubmitted::AutoReplied.into(),
        ..MailHeaders::default()
    };
    renewals.send(SendRequest { mail: Some(answer), ..mail("answer", "Ubuzima") }).await.unwrap();
    let mails = sink.wait_for(2).await;
    assert_eq!(mails[1].from, "", "nothing answers an answer");
    assert_eq!(mails[1].header("Auto-Submitted").as_deref(), Some("auto-replied"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_folder_shows_a_mails_headers_in_everybodys_mailbox() {
    let renewals = TestRenewals::start(None).await;
    let headers = MailHeaders { cc: vec!["binh@example.com".to_owned()], ..MailHeaders::default() };
    let request = SendRequest { mail: Some(headers), ..mail("folder", "Phòng khám Ubuzima") };
    let sent = renewals.send(request).await.unwrap();
    renewals.becomes(&sent.message_id, "ACCEPTED").await;
    let files = renewals.files();
    assert_eq!([&files[0]["to"], &files[1]["to"]], ["desk@ubuzima.example", "binh@example.com"]);
    for file in &files {
        let headers = &file["headers"];
        assert_eq!(headers["From"], "Careway <no-reply@careway.example>");
        assert_eq!(headers["To"], "desk@ubuzima.example");
        assert_eq!(headers["Cc"], "binh@example.com");
        assert_eq!(headers["Return-Path"], "<no-reply@careway.example>");
        assert_eq!(headers["Message-ID"], format!("<{}@careway.example>", sent.message_id));
        assert!(file["text"].as_str().unwrap().contains("Phòng khám Ubuzima"));
        assert!(file["html"].as_str().unwrap().contains("Phòng khám Ubuzima"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_header_of_a_mail_can_add_another() {
    let renewals = TestRenewals::start(None).await;
    let injected = |text: &str| format!("{text}\r\nBcc: all@example.org");
    let headers = MailHeaders {
        cc: vec![injected("an@example.com")],
        reply_to: injected("an@example.com"),
        envelope_sender: Some(injected("an@example.com")),
        message_id: injected("<a@b.c>"),
        in_reply_to: injected("<a@b.c>"),
        references: vec![injected("<a@b.c>")],
        auto_submitted: 0,
        from: injected("an@example.com"),
        from_name: injected("An"),
    };
    let request = SendRequest { mail: Some(headers.clone()), ..mail("inject", "Ubuzima") };
    assert_eq!(
        fields(&renewals.send(request).await.unwrap_err()),
        [
            "mail.from",
            "mail.fromName",
            "mail.replyTo",
            "mail.envelopeSender",
            "mail.messageId",
            "mail.inReplyTo",
            "mail.cc",
            "mail.references"
        ]
    );
    let sms = SendRequest { mail: Some(MailHeaders::default()), ..code_message("sms") };
    assert_eq!(fields(&renewals.send(sms).await.unwrap_err()), ["mail"]);
}

fn fields(status: &tonic::Status) -> Vec<String> {
    let details = tonic_types::StatusExt::get_error_details(status);
    let violations = details.bad_request().unwrap().field_violations.clone();
    violations.into_iter().map(|violation| violation.field).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_for_now_is_asked_again_and_one_that_refuses_for_good_is_not() {
    let sink = SmtpSink::start().await;
    let renewals = TestRenewals::start(Some(&sink.url())).await;

    sink.refuse(SmtpStage::Rcpt, "451 come back later");
    let later = renewals.send(mail("later", "Ubuzima")).await.unwrap();
    renewals.becomes(&later.message_id, "QUEUED").await;
    sink.accept();
    renewals.foundation.clock.advance(std::time::Duration::from_secs(600));
    renewals.becomes(&later.message_id, "ACCEPTED").await;

    sink.refuse(SmtpStage::Rcpt, "550 no such mailbox");
    let never = renewals.send(mail("never", "Ubuzima")).await.unwrap();
    renewals.becomes(&never.message_id, "REJECTED").await;
    assert_eq!(sink.wait_for(1).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_cannot_add_a_header() {
    let renewals = TestRenewals::start(None).await;
    let status = renewals.send(mail("inject", "x\r\nBcc: all@example.org")).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_sender_never_told_of_is_not_sent_again() {
    let renewals = TestRenewals::start(None).await;
    let sent = renewals.send(code_message("lost")).await.unwrap();
    renewals.becomes(&sent.message_id, "ACCEPTED").await;
    let mut reader = renewals.service.database.read(&Call::system("tests")).await.unwrap();
    sqlx::query("update message set state = 'SUBMITTED', submitted_at = now() - interval '1 hour'")
        .execute(&mut *reader)
        .await
        .unwrap();
    renewals.becomes(&sent.message_id, "UNKNOWN").await;
    assert_eq!(renewals.files().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newer_version_kept_waits_for_one_and_holds_up_nobody() {
    let renewals = TestRenewals::start(None).await;
    let newer = "0198c0de-5a5e-7b1f-8a51-2f6f0f9b3c11";
    let mut reader = renewals.service.database.read(&Call::system("tests")).await.unwrap();
    sqlx::query(
        "insert into message (message_id, dedupe_key, channel, priority, template, state, subject, due_at, created_at)
         values ($1::uuid, 'newer', 'SMS', 2, 'moon_landed', 'QUEUED', '{\"kind\": \"moon\"}', $2, $2)",
    )
    .bind(newer)
    .bind(renewals.foundation.clock.now())
    .execute(&mut *reader)
    .await
    .unwrap();
    drop(reader);
    let sent = renewals.send(code_message("beside")).await.unwrap();
    renewals.becomes(&sent.message_id, "ACCEPTED").await;
    renewals.becomes(newer, "QUEUED").await;
    eventually("it is tried", async || renewals.column(newer, "attempts").await.as_deref() != Some("0"))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_was_handed_over_and_has_no_readable_answer_never_goes_again() {
    let sink = SmtpSink::start().await;
    let renewals = TestRenewals::start(Some(&sink.url())).await;
    for (reply, key) in [("", "lost"), ("what?", "unreadable")] {
        sink.refuse(SmtpStage::Data, reply);
        let sent = renewals.send(mail(key, "Ubuzima")).await.unwrap();
        renewals.becomes(&sent.message_id, "UNKNOWN").await;
    }
    assert_eq!(sink.mails().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_lets_nobody_in_is_no_fault_of_the_mail() {
    let sink = SmtpSink::start().await;
    sink.refuse(SmtpStage::Connect, "554 go away");
    let renewals = TestRenewals::start(Some(&sink.url())).await;
    let sent = renewals.send(mail("away", "Ubuzima")).await.unwrap();
    // It is tried again and again meanwhile.
    let attempts = async || renewals.column(&sent.message_id, "attempts").await;
    eventually("it is put off", async || attempts().await.as_deref() != Some("0")).await;
    sink.accept();
    renewals.foundation.clock.advance(std::time::Duration::from_secs(600));
    renewals.becomes(&sent.message_id, "ACCEPTED").await;
    assert_eq!(sink.mails().len(), 1);
}
