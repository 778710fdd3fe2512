//! An answer of a carrier that comes just after its sender gave up waiting.

use std::{path::Path, time::Duration};

use careway_kernel::id_at;
use careway_testing::{Leftovers, TestSetup};
use tokio::time::timeout;

use crate::{
    Config, MIGRATOR, NAME,
    messages::{Answered, RouteSettings, settle_late, sms::answer::Answer},
    open,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_waits_until_its_message_is_known_to_be_unknown() {
    let setup = TestSetup::of(NAME, &MIGRATOR).await;
    let (config, foundation) = setup.build::<Config>().await;
    let _leftovers = Leftovers::of(&setup.prefix, &foundation.shutdown);
    let app = open(config, &foundation).await.unwrap();
    let mut tx = app.db.begin_system("tests").await.unwrap();
    let id = id_at(tx.now());
    for row in [
        "insert into message (message_id, dedupe_key, channel, priority, template, state, sealed, due_at, created_at,
            version)
         values ($1, 'late', 'SMS', 3, 'reminder', 'SUBMITTED', '\\x00', now(), now(), 3)",
        "insert into message_part (message_id, number, route, submitted_at) values ($1, 1, 'folder', now())",
    ] {
        sqlx::query(row).bind(id).execute(&mut *tx).await.unwrap();
    }
    tx.finish().await.unwrap();

    let route = RouteSettings::of_folder(Path::new("nowhere"));
    let answered = Answered { answer: Answer::Smpp(0), carrier_id: Some("7".to_owned()) };
    let settling_app = app.clone();
    let mut settling =
        tokio::spawn(async move { settle_late(&settling_app, &route, (id, 1), answered).await });
    assert!(timeout(Duration::from_secs(1), &mut settling).await.is_err(), "its sender has not ended");
    let mut tx = app.db.begin_system("tests").await.unwrap();
    let ended = "update message set state = 'UNKNOWN', version = version + 1 where message_id = $1";
    sqlx::query(ended).bind(id).execute(&mut *tx).await.unwrap();
    tx.finish().await.unwrap();
    settling.await.unwrap().unwrap();
    let mut tx = app.db.begin_system("tests").await.unwrap();
    let state = sqlx::query_scalar("select state from message where message_id = $1").bind(id);
    let state: String = state.fetch_one(&mut *tx).await.unwrap();
    assert_eq!(state, "ACCEPTED");
    foundation.shutdown.cancel();
}
