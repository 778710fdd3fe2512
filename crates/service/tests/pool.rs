//! The connections of a database: a question is seen with its caller's eyes alone, and a connection that died unnoticed
//! fails nobody's request.

use careway_kernel::{AccountId, Clock, OrganizationId};
use careway_service::{Call, Caller, Database, Migrator, OrganizationKind, Subject, scoped_query};
use careway_testing::{FaultProxy, TestDatabase, database};
use sqlx::{Connection as _, Executor as _, PgConnection};

static NOTHING_MORE: Migrator = Migrator::DEFAULT;

async fn open(url: &str, connections: u32) -> Database {
    database::open(url, connections, &Clock::system()).await
}

fn of(organization: OrganizationId) -> Call {
    let subject = Subject::Account(AccountId::new(&Clock::system()));
    Call::by(Caller::of_organization(subject, organization, OrganizationKind::Facility, [], None))
}

/// What the caller sees of the log, which is its organization's alone.
async fn actions(db: &Database, call: &Call) -> Vec<String> {
    let asked = scoped_query!("select action from audit_entry where subject = $4");
    let rows: Vec<(String,)> = db.query_as_caller(call, asked, |asked| asked.bind("somebody")).await.unwrap();
    rows.into_iter().map(|(action,)| action).collect()
}

#[tokio::test]
async fn a_question_is_its_callers_alone_on_one_connection_and_one_round_trip() {
    let database = TestDatabase::create("pool", &NOTHING_MORE).await;
    let (proxy, url) = FaultProxy::before(&database.url_app).await;
    let db = open(&url, 1).await;
    let (one, other) = (OrganizationId::new(&Clock::system()), OrganizationId::new(&Clock::system()));
    let mut admin = PgConnection::connect(&database.url_admin).await.unwrap();
    for (organization, action) in [(one, "of.one"), (other, "of.other")] {
        let insert = "insert into audit_entry (at, organization_id, subject, action) values (now(), $1, 'somebody', $2)";
        sqlx::query(insert).bind(organization.uuid()).bind(action).execute(&mut admin).await.unwrap();
    }
    // Often enough for Postgres to keep its plan.
    for _ in 0..8 {
        assert_eq!(actions(&db, &of(one)).await, ["of.one"]);
        assert_eq!(actions(&db, &of(other)).await, ["of.other"]);
        assert_eq!(actions(&db, &Call::by(Caller::anonymous())).await, [""; 0]);
        assert_eq!(actions(&db, &Call::system("tests")).await.len(), 2);
    }
    let before = proxy.round_trips();
    actions(&db, &of(one)).await;
    assert_eq!(proxy.round_trips() - before, 1);

    // What a reader set is gone when somebody else has its connection.
    drop(db.read(&Call::system("tests")).await.unwrap());
    assert_eq!(actions(&db, &Call::by(Caller::anonymous())).await, [""; 0]);
}

#[tokio::test]
async fn a_transaction_that_a_swallowed_error_aborted_does_not_end_well() {
    let database = TestDatabase::create("pool", &NOTHING_MORE).await;
    let db = open(&database.url_app, 1).await;
    let mut tx = db.begin_system("tests").await.unwrap();
    assert!(sqlx::query("select 1 / 0").execute(&mut *tx).await.is_err());
    assert!(tx.finish().await.is_err(), "nothing of it is there");
    db.begin_system("tests").await.unwrap().finish().await.unwrap();
}

#[tokio::test]
async fn a_connection_that_died_unnoticed_fails_no_request() {
    let database = TestDatabase::create("pool", &NOTHING_MORE).await;
    let db = open(&database.url_app, 4).await;
    let mut admin = PgConnection::connect(&database.url_admin).await.unwrap();
    let kill = "select count(pg_terminate_backend(pid)) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()";
    for _ in 0..5 {
        admin.execute(kill).await.unwrap();
        db.read(&Call::system("tests")).await.unwrap();
        admin.execute(kill).await.unwrap();
        db.begin_system("tests").await.unwrap().finish().await.unwrap();
        admin.execute(kill).await.unwrap();
        db.query_as_caller::<(i64,)>(
            &Call::system("tests"),
            scoped_query!("select count(*) from audit_entry"),
            |asked| asked,
        )
        .await
        .unwrap();
        admin.execute(kill).await.unwrap();
        db.probe().await.unwrap();
    }
}
