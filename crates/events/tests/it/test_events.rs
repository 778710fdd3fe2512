//! A service called `visits` with its own database and its own NATS server, to say and to hear things in.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_nats::jetstream::{ErrorCode, context::GetStreamErrorKind};
use careway_events::{Bus, Consumers, Fact, Received, Relay, Retries, record};
use careway_kernel::Clock;
use careway_service::{Database, Error, Migrator, Result, SharedReason, Transaction, migrate};
use careway_testing::{TestServers, eventually};
use prost::Name;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

use crate::nats::NatsServer;

/// Something that happened in a visit.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Happened {
    #[prost(int64, tag = "1")]
    pub(crate) number: i64,
}

impl Name for Happened {
    const NAME: &'static str = "Happened";
    const PACKAGE: &'static str = "careway.visits.v1";
}

/// The state a reaction gets: how to behave.
#[derive(Clone, Default)]
pub(crate) struct App {
    /// Refuse the event with this number, until mended.
    pub(crate) refuses: Option<i64>,
    pub(crate) panics: bool,
    pub(crate) mended: Arc<AtomicBool>,
}

/// Notes the event; nothing in the table keeps it from being noted twice.
pub(crate) async fn note(app: &App, tx: &mut Transaction, received: Received<Happened>) -> Result<()> {
    let number = received.message.number;
    sqlx::query("insert into effect (event_id, number, aggregate, version) values ($1, $2, $3, $4)")
        .bind(received.event_id)
        .bind(number)
        .bind(received.aggregate)
        .bind(received.version)
        .execute(&mut **tx)
        .await?;
    if app.refuses == Some(number) && !app.mended.load(Ordering::SeqCst) {
        assert!(!app.panics, "this reaction panics");
        return Err(Error::new(SharedReason::NoReaction, "not this one"));
    }
    Ok(())
}

pub(crate) struct TestEvents {
    pub(crate) bus: Bus,
    pub(crate) clock: Clock,
    pub(crate) database: Database,
    pub(crate) owner: PgPool,
    pub(crate) nats: NatsServer,
    pub(crate) client: async_nats::Client,
    pub(crate) shutdown: CancellationToken,
    tasks: TaskTracker,
    database_name: String,
}

pub(crate) const QUICK: Retries =
    Retries { deliveries: 3, first: Duration::from_millis(5), longest: Duration::from_millis(20) };

impl TestEvents {
    pub(crate) async fn new() -> Self {
        let database_name = format!("events_{}", Uuid::now_v7().simple());
        create_database(&database_name).await;
        let clock = Clock::movable();
        let database = connect(&database_name, &clock).await;
        let owner = PgPool::connect(&url_of("events_owner", &database_name)).await.unwrap();
        let nats = NatsServer::start();
        let client = nats.connect().await;
        let (tasks, shutdown) = (TaskTracker::new(), CancellationToken::new());
        let bus = Bus::new(client.clone(), "it", clock.clone(), tasks.clone(), shutdown.clone());
        Self { bus, clock, database, owner, nats, client, shutdown, tasks, database_name }
    }

    /// The database as another process has it.
    pub(crate) async fn connect(&self) -> Database {
        connect(&self.database_name, &self.clock).await
    }

    pub(crate) fn relay(&self) -> Relay {
        Relay::new(&self.bus, &self.database, "visits")
    }

    pub(crate) fn consumers(&self, app: App) -> Consumers {
        Consumers::new(&self.bus, &self.database, "visits").retrying(QUICK).on("notes", app, note)
    }

    /// Says these numbers, each about its own aggregate, in one transaction.
    pub(crate) async fn say(&self, numbers: impl IntoIterator<Item = i64>) {
        self.try_say(numbers).await.unwrap();
    }

    pub(crate) async fn try_say(&self, numbers: impl IntoIterator<Item = i64>) -> Result<()> {
        let mut tx = self.database.begin_system("test").await?;
        for number in numbers {
            record(&mut tx, Fact::new(Happened { number }).about(Uuid::now_v7(), 1));
        }
        tx.finish().await
    }

    /// Ends every session in the database, as a restart of Postgres would; the tests' own pool comes back by itself.
    pub(crate) async fn end_sessions(&self) {
        let mut admin = PgConnection::connect(&admin_url()).await.unwrap();
        sqlx::query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1")
            .bind(&self.database_name)
            .execute(&mut admin)
            .await
            .unwrap();
    }

    /// Ends the session that holds a relay's lead.
    pub(crate) async fn end_leader(&self) {
        let mut admin = PgConnection::connect(&admin_url()).await.unwrap();
        sqlx::query(
            "select pg_terminate_backend(pid) from pg_locks join pg_database on oid = database \
             where datname = $1 and locktype = 'advisory' and granted",
        )
        .bind(&self.database_name)
        .execute(&mut admin)
        .await
        .unwrap();
    }

    /// One number about the outbox, the inbox, the effects or the dead letters.
    pub(crate) async fn count(&self, query: &'static str) -> i64 {
        let mut connection = self.owner.acquire().await.unwrap();
        connection.execute("select set_config('careway.purpose', 'test', false)").await.unwrap();
        sqlx::query_scalar(query).fetch_one(&mut *connection).await.unwrap()
    }

    pub(crate) async fn execute(&self, statement: &'static str) {
        let mut connection = self.owner.acquire().await.unwrap();
        connection.execute("select set_config('careway.purpose', 'test', false)").await.unwrap();
        connection.execute(statement).await.unwrap();
    }

    pub(crate) async fn effects(&self) -> i64 {
        self.count("select count(*) from effect").await
    }

    /// Each of this many events has had its effect, once.
    pub(crate) async fn assert_each_once(&self, events: i64) {
        eventually("every event has its effect", async || self.effects().await >= events).await;
        assert_eq!(
            self.count("select count(distinct number) from effect").await,
            events,
            "some events are missing"
        );
        assert_eq!(self.effects().await, events, "some events had their effect twice");
    }

    pub(crate) async fn stream(&self) -> async_nats::jetstream::stream::Stream {
        async_nats::jetstream::new(self.client.clone()).get_stream("IT_EVT_VISITS").await.unwrap()
    }

    /// How many messages the stream holds; none while it is not there.
    pub(crate) async fn held(&self) -> u64 {
        self.held_by("IT_EVT_VISITS").await
    }

    /// The same of any stream. A server that is busy, or just comes back, is asked again.
    pub(crate) async fn held_by(&self, stream: &str) -> u64 {
        let jetstream = async_nats::jetstream::new(self.client.clone());
        let mut held = None;
        eventually("NATS tells what the stream holds", async || {
            held = match jetstream.get_stream(stream).await {
                Ok(stream) => Some(stream.cached_info().state.messages),
                Err(error) => match error.kind() {
                    GetStreamErrorKind::JetStream(error) => {
                        (error.error_code() == ErrorCode::STREAM_NOT_FOUND).then_some(0)
                    }
                    _ => None,
                },
            };
            held.is_some()
        })
        .await;
        held.expect("it was told")
    }

    /// Ends it as SIGTERM would, and removes what it leaves.
    pub(crate) async fn end(self) {
        self.shutdown.cancel();
        self.tasks.close();
        tokio::time::timeout(Duration::from_secs(180), self.tasks.wait())
            .await
            .expect("the tasks end at shutdown");
        self.database.close();
        self.owner.close().await;
        let mut admin = PgConnection::connect(&admin_url()).await.unwrap();
        let drop = format!("drop database {} with (force)", self.database_name);
        admin.execute(sqlx::raw_sql(AssertSqlSafe(drop))).await.unwrap();
    }
}

async fn connect(database: &str, clock: &Clock) -> Database {
    careway_testing::database::open(&url_of("events_app", database), 10, clock).await
}

fn admin_url() -> String {
    TestServers::from_env().postgres
}

fn url_of(role: &str, database: &str) -> String {
    let admin = admin_url();
    let host = admin.split_once("://").unwrap().1;
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = host.split('/').next().unwrap();
    format!("postgres://{role}:{role}@{host}/{database}")
}

async fn create_database(name: &str) {
    let mut admin = PgConnection::connect(&admin_url()).await.unwrap();
    for role in ["events_owner", "events_app"] {
        let create = format!(
            "do $$ begin create role {role} login password '{role}'; \
             exception when duplicate_object or unique_violation then null; end $$"
        );
        admin.execute(sqlx::raw_sql(AssertSqlSafe(create))).await.unwrap();
    }
    let create = format!("create database {name} owner events_owner");
    admin.execute(sqlx::raw_sql(AssertSqlSafe(create))).await.unwrap();
    migrate(&url_of("events_owner", name), &Migrator::DEFAULT).await.unwrap();
    let mut owner = PgConnection::connect(&url_of("events_owner", name)).await.unwrap();
    owner
        .execute(
            "create table effect (event_id uuid not null, number bigint not null, aggregate uuid not null, \
             version bigint not null, noted_in xid8 not null default pg_current_xact_id()); \
             grant select, insert on effect to events_app",
        )
        .await
        .unwrap();
}
