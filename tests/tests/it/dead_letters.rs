//! Dead letters in an operator's hands: listed, redriven and discarded with the service's own program.

use async_nats::jetstream;
use careway_events::Stream;
use careway_service::Call;
use careway_tests::{Facility, Layout, Setup, TestPlatform, program};
use serde_json::Value;
use uuid::Uuid;

/// What the program says, if it ends well; what it says of its failure otherwise.
async fn run(platform: &TestPlatform, name: &str, arguments: &[&str]) -> Result<String, String> {
    let mut command = program(name, platform.processes().settings());
    let output = command.arg("dead-letters").args(arguments).output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_lists_redrives_and_discards() {
    let setup = Setup { layout: Layout::SeparateProcesses, ..Setup::default() };
    let platform = TestPlatform::of(setup).await;
    let facility = Facility::of(&platform).await;
    platform.settle().await;
    assert_eq!(run(&platform, "visits", &["list"]).await.unwrap(), "0 waiting\n");
    assert_eq!(run(&platform, "identity", &["list"]).await.unwrap(), "0 waiting\n");

    // As if visits had not been able to take the facility's registration: only the letter knows of it.
    let good = put_aside(&platform, &facility).await;
    assert_eq!(name_of(&platform, &facility).await, "forgotten");
    let garbled = put_garbled_aside(&platform).await;
    let listed = run(&platform, "visits", &["list"]).await.unwrap();
    let [first, second, count] = &listed.lines().collect::<Vec<_>>()[..] else { panic!("{listed}") };
    assert!(first.starts_with(&good.to_string()) && first.contains("OrganizationRegistered"), "{first}");
    assert!(second.starts_with(&garbled.to_string()) && second.contains("unreadable"), "{second}");
    assert_eq!(*count, "2 waiting");

    let redriven = run(&platform, "visits", &["redrive", &good.to_string()]).await.unwrap();
    assert_eq!(redriven, format!("{good} redriven\n"));
    assert_eq!(name_of(&platform, &facility).await, facility.name, "the reaction ran");
    let again = run(&platform, "visits", &["redrive", &good.to_string()]).await.unwrap_err();
    assert!(again.contains("NOT_FOUND"), "{again}");

    let refused = run(&platform, "visits", &["redrive", &garbled.to_string()]).await.unwrap_err();
    assert!(refused.contains("EVENT_UNREADABLE"), "{refused}");
    let discarded = run(&platform, "visits", &["discard", &garbled.to_string()]).await.unwrap();
    assert_eq!(discarded, format!("{garbled} discarded\n"));
    assert_eq!(run(&platform, "visits", &["list"]).await.unwrap(), "0 waiting\n");
    // The whole platform in one program names the service first.
    assert_eq!(run(&platform, "standalone", &["visits", "list"]).await.unwrap(), "0 waiting\n");
    platform.end().await;
}

/// Makes visits forget the facility and the event that told of it, and keeps the event as a dead letter; its id.
async fn put_aside(platform: &TestPlatform, facility: &Facility) -> Uuid {
    let name = Stream::new(&platform.foundation().prefix, "identity").name();
    let subject = Stream::new(&platform.foundation().prefix, "identity").subject("OrganizationRegistered");
    let stream = jetstream::new(platform.foundation().nats.clone()).get_stream(name).await.unwrap();
    let mut from = 1;
    let message = loop {
        let message = stream.get_first_raw_message_by_subject(subject.as_str(), from).await.unwrap();
        if message.headers.get("ce-subject").unwrap().as_str() == facility.id {
            break message;
        }
        from = message.sequence + 1;
    };
    let headers = message.headers.iter().map(|(name, values)| (name.to_string(), values[0].as_str().into()));
    let headers: serde_json::Map<String, Value> = headers.collect();
    let (letter, event): (Uuid, Uuid) = (Uuid::now_v7(), headers["ce-id"].as_str().unwrap().parse().unwrap());

    let visits = platform.database("visits");
    let mut tx = visits.begin_system("tests").await.unwrap();
    sqlx::query(
        "update organization_ref set name = 'forgotten', version = 0 where organization_id = $1::uuid",
    )
    .bind(&facility.id)
    .execute(&mut *tx)
    .await
    .unwrap();
    sqlx::query("delete from inbox where event_id = $1").bind(event).execute(&mut *tx).await.unwrap();
    sqlx::query(
        "insert into dead_letter (dead_letter_id, consumer, stream, stream_seq, event_id, type, headers, payload, reason, at) \
         values ($1, 'organization_ref', 'EVT_IDENTITY', 1, $2, $3, $4, $5, 'the reaction panicked', now() - interval '1 hour')",
    )
    .bind(letter)
    .bind(event)
    .bind(headers["ce-type"].as_str())
    .bind(Value::Object(headers.clone()))
    .bind(message.payload.as_ref())
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.finish().await.unwrap();
    letter
}

/// A dead letter that nobody will ever read; its id.
async fn put_garbled_aside(platform: &TestPlatform) -> Uuid {
    let letter = Uuid::now_v7();
    let mut reader = platform.database("visits").read(&Call::system("tests")).await.unwrap();
    sqlx::query(
        "insert into dead_letter (dead_letter_id, consumer, stream, stream_seq, payload, reason) \
         values ($1, 'member_ref', 'EVT_IDENTITY', 1, 'hello', 'the header ce-id is absent or malformed')",
    )
    .bind(letter)
    .execute(&mut *reader)
    .await
    .unwrap();
    letter
}

/// What visits calls the facility.
async fn name_of(platform: &TestPlatform, facility: &Facility) -> String {
    let mut reader = platform.database("visits").read(&Call::system("tests")).await.unwrap();
    let name = sqlx::query_scalar("select name from organization_ref where organization_id = $1::uuid");
    name.bind(&facility.id).fetch_one(&mut *reader).await.unwrap()
}
