//! `NotificationService.Send`: kept, sent once, told of, and gone when it must be.

use careway_service::Call;
use careway_testing::{SmtpSink, SmtpStage};
use tonic::Code;

use crate::world::{World, code_message, mail};

#[tokio::test(flavor = "multi_thread")]
async fn a_code_goes_out_in_the_members_language_and_its_words_are_erased() {
    let world = World::start(None).await;
    let sent = world.send(code_message("one")).await.unwrap();
    world.becomes(&sent.message_id, "ACCEPTED").await;
    let files = world.files();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0]["to"], "+250788123456");
    assert!(files[0]["text"].as_str().unwrap().contains("492039 ni umubarebanga"));
    assert_eq!(world.column(&sent.message_id, "sealed").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dedupe_key_is_taken_once() {
    let world = World::start(None).await;
    let first = world.send(code_message("same")).await.unwrap();
    let again = world.send(code_message("same")).await.unwrap();
    assert_eq!(first.message_id, again.message_id);
    world.becomes(&first.message_id, "ACCEPTED").await;
    assert_eq!(world.files().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_violation_is_named_and_nothing_is_kept() {
    let world = World::start(None).await;
    let mut request = code_message("");
    request.to = "0788".to_owned();
    request.values.remove("code");
    let status = world.send(request).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    let details = tonic_types::StatusExt::get_error_details(&status);
    let fields: Vec<_> =
        details.bad_request().unwrap().field_violations.iter().map(|one| one.field.as_str()).collect();
    assert_eq!(fields, ["to", "dedupeKey", "values"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_careways_own_services_may_send() {
    let world = World::start(None).await;
    let mut client =
        careway_contract::renewals::v1::notification_service_client::NotificationServiceClient::new(
            world.foundation.registry.upstream("renewals"),
        );
    let status = client.send(code_message("none")).await.unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_email_reaches_a_real_mail_server_with_its_accents() {
    let sink = SmtpSink::start().await;
    let world = World::start(Some(&sink.url())).await;
    let sent = world.send(mail("invite", "Phòng khám Ubuzima")).await.unwrap();
    world.becomes(&sent.message_id, "ACCEPTED").await;
    let mails = sink.wait_for(1).await;
    assert_eq!(mails[0].to, ["desk@ubuzima.example"]);
    assert!(mails[0].text().contains("Phòng khám Ubuzima"));
    assert!(world.files().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_for_now_is_asked_again_and_one_that_refuses_for_good_is_not() {
    let sink = SmtpSink::start().await;
    let world = World::start(Some(&sink.url())).await;

    sink.refuse(SmtpStage::Rcpt, "451 come back later");
    let later = world.send(mail("later", "Ubuzima")).await.unwrap();
    world.becomes(&later.message_id, "QUEUED").await;
    sink.accept();
    world.foundation.clock.advance(std::time::Duration::from_secs(600));
    world.becomes(&later.message_id, "ACCEPTED").await;

    sink.refuse(SmtpStage::Rcpt, "550 no such mailbox");
    let never = world.send(mail("never", "Ubuzima")).await.unwrap();
    world.becomes(&never.message_id, "REJECTED").await;
    assert_eq!(sink.wait_for(1).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_cannot_add_a_header() {
    let world = World::start(None).await;
    let status = world.send(mail("inject", "x\r\nBcc: all@example.org")).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_sender_never_told_of_is_not_sent_again() {
    let world = World::start(None).await;
    let sent = world.send(code_message("lost")).await.unwrap();
    world.becomes(&sent.message_id, "ACCEPTED").await;
    let mut reader = world.db.read(&Call::system("tests")).await.unwrap();
    sqlx::query("update message set state = 'SUBMITTED', submitted_at = now() - interval '1 hour'")
        .execute(&mut *reader)
        .await
        .unwrap();
    world.becomes(&sent.message_id, "UNKNOWN").await;
    assert_eq!(world.files().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newer_version_kept_waits_for_one_and_holds_up_nobody() {
    let world = World::start(None).await;
    let newer = "0198c0de-5a5e-7b1f-8a51-2f6f0f9b3c11";
    let mut reader = world.db.read(&Call::system("tests")).await.unwrap();
    sqlx::query(
        "insert into message (message_id, dedupe_key, channel, priority, template, state, subject, due_at, created_at)
         values ($1::uuid, 'newer', 'SMS', 2, 'moon_landed', 'QUEUED', '{\"kind\": \"moon\"}', $2, $2)",
    )
    .bind(newer)
    .bind(world.foundation.clock.now())
    .execute(&mut *reader)
    .await
    .unwrap();
    drop(reader);
    let sent = world.send(code_message("beside")).await.unwrap();
    world.becomes(&sent.message_id, "ACCEPTED").await;
    world.becomes(newer, "QUEUED").await;
    let started = std::time::Instant::now();
    while world.column(newer, "attempts").await.as_deref() == Some("0") {
        assert!(started.elapsed() < std::time::Duration::from_secs(10), "it is never tried");
        tokio::task::yield_now().await;
    }
}
