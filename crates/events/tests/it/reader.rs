//! A reader's own user, as the guide to the events has it: it reads the streams, and changes none.

use std::time::Duration;

use async_nats::jetstream::{self, consumer::pull::Config, stream::Stream};
use futures::TryStreamExt;

use crate::nats::NatsServer;

const GUIDE: &str = include_str!("../../../../docs/events.md");
/// Nothing that is allowed takes as long.
const WAIT: Duration = Duration::from_secs(60);
/// What is not allowed is not answered.
const UNANSWERED: Duration = Duration::from_millis(500);

/// The users of the guide.
fn users() -> &'static str {
    let (_, block) = GUIDE.split_once("```\n").expect("a configuration");
    block.split_once("```").expect("its end").0
}

async fn context(server: &NatsServer, user: &str, password: &str, patience: Duration) -> jetstream::Context {
    let mut context = jetstream::new(server.connect_as(user, password).await);
    context.set_timeout(patience);
    context
}

async fn publish(context: &jetstream::Context) -> bool {
    match context.publish("evt.visits.VisitAdmitted", "an event".into()).await {
        Ok(acknowledged) => acknowledged.await.is_ok(),
        Err(_) => false,
    }
}

/// What the consumer of this name gives.
async fn read<I>(stream: &Stream<I>, name: &str) -> anyhow::Result<Vec<String>> {
    let config = Config { name: Some(name.to_owned()), ..Config::default() };
    let consumer = stream.create_consumer(config).await?;
    let messages: Vec<_> = tokio::time::timeout(WAIT, async {
        let batch = consumer.fetch().max_messages(10).messages().await?;
        batch.try_collect().await.map_err(|error| anyhow::anyhow!(error))
    })
    .await??;
    for message in &messages {
        message.ack().await.map_err(|error| anyhow::anyhow!(error))?;
    }
    Ok(messages.iter().map(|message| message.subject.to_string()).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_reads_every_event_and_changes_nothing() {
    let server = NatsServer::configured(users());
    let own = context(&server, "careway", "the services' own", WAIT).await;
    let stream = jetstream::stream::Config {
        name: "EVT_VISITS".to_owned(),
        subjects: vec!["evt.visits.>".to_owned()],
        ..Default::default()
    };
    let stream = own.create_stream(stream).await.unwrap();
    assert!(publish(&own).await);
    let service = Config { durable_name: Some("identity".to_owned()), ..Config::default() };
    stream.create_consumer(service).await.unwrap();

    let reader = context(&server, "reporting", "the reader's own", WAIT).await;
    let seen = reader.get_stream("EVT_VISITS").await.unwrap();
    assert_eq!(read(&seen, "reporting").await.unwrap(), ["evt.visits.VisitAdmitted"]);

    let reader = context(&server, "reporting", "the reader's own", UNANSWERED).await;
    let seen = reader.get_stream_no_info("EVT_VISITS").await.unwrap();
    assert!(!publish(&reader).await, "it says nothing");
    assert!(read(&seen, "identity").await.is_err(), "what is a service's stays the service's");
    assert!(seen.delete_consumer("identity").await.is_err());
    assert!(seen.purge().await.is_err() && reader.delete_stream("EVT_VISITS").await.is_err());
    let mut stream = own.get_stream("EVT_VISITS").await.unwrap();
    assert_eq!(stream.info().await.unwrap().state.messages, 1);
    let waiting = stream.consumer_info("identity").await.unwrap();
    assert_eq!((waiting.num_pending, waiting.num_ack_pending), (1, 0));
}
