//! A test's database is its own, and as the migrations left it, whatever the tests before did.

use careway_service::{Migrator, NO_FUNCTIONS};
use careway_testing::{FaultProxy, TestDatabase};
use sqlx::{Connection as _, Executor as _, PgConnection};

static MIGRATOR: Migrator = Migrator { tables: sqlx::migrate!("tests/migrations"), functions: NO_FUNCTIONS };

async fn things(connection: &mut PgConnection) -> Vec<(i64, String)> {
    let sql = "select id, label from thing join kind using (kind) order by id";
    sqlx::query_as(sql).fetch_all(connection).await.unwrap()
}

/// One test's life: its runtime, and its database until the runtime ends.
fn live<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(test)
}

#[test]
fn every_test_finds_what_the_migrations_left() {
    for round in 0..6 {
        live(async {
            let database = TestDatabase::create("example", &MIGRATOR).await;
            let mut app = PgConnection::connect(&database.url_app).await.unwrap();
            assert_eq!(things(&mut app).await, [(1, "DENTAL".to_owned())], "round {round}");
            app.execute("insert into thing (kind) values ('optical')").await.unwrap();
            assert_eq!(things(&mut app).await.len(), 2);
            assert_eq!(things(&mut app).await[1].0, 2, "sequences start anew");
            app.execute("delete from thing; delete from kind where kind = 'dental'").await.unwrap();
            if round == 2 {
                let mut owner = PgConnection::connect(&database.url_owner).await.unwrap();
                owner.execute("alter table thing add column more text").await.unwrap();
            }
        });
    }
}

#[test]
fn tests_at_once_have_databases_of_their_own() {
    live(async {
        let (one, two) = tokio::join!(
            TestDatabase::create("example", &MIGRATOR),
            TestDatabase::create("example", &MIGRATOR)
        );
        assert_ne!(one.name, two.name);
        let mut first = PgConnection::connect(&one.url_app).await.unwrap();
        let mut second = PgConnection::connect(&two.url_app).await.unwrap();
        first.execute("insert into thing (kind) values ('dental')").await.unwrap();
        assert_eq!(things(&mut second).await.len(), 1);
    });
}

#[test]
fn the_app_role_is_bound_by_row_level_security() {
    live(async {
        let database = TestDatabase::create("example", &MIGRATOR).await;
        let mut app = PgConnection::connect(&database.url_app).await.unwrap();
        let insert = "insert into audit_entry (at, subject, action) values (now(), 'a', 'b')";
        app.execute("select set_config('careway.purpose', 'test', false)").await.unwrap();
        app.execute(insert).await.unwrap();
        app.execute("select set_config('careway.purpose', '', false)").await.unwrap();
        let count = "select count(*) from audit_entry";
        let seen: i64 = sqlx::query_scalar(count).fetch_one(&mut app).await.unwrap();
        let mut admin = PgConnection::connect(&database.url_admin).await.unwrap();
        let kept: i64 = sqlx::query_scalar(count).fetch_one(&mut admin).await.unwrap();
        assert_eq!((seen, kept), (0, 1));
    });
}

#[test]
fn a_proxy_counts_round_trips_and_takes_the_server_away() {
    live(async {
        let database = TestDatabase::create("example", &MIGRATOR).await;
        let (proxy, url) = FaultProxy::before(&database.url_app).await;
        let mut app = PgConnection::connect(&url).await.unwrap();
        let before = proxy.round_trips();
        app.execute("select 1").await.unwrap();
        assert_eq!(proxy.round_trips() - before, 1);
        proxy.cut();
        assert!(app.execute("select 1").await.is_err());
        assert!(PgConnection::connect(&url).await.is_err());
        proxy.restore();
        PgConnection::connect(&url).await.unwrap().execute("select 1").await.unwrap();
    });
}
