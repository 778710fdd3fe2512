//! The functions of a database follow the files they are written in.

use careway_service::{Migrator, NO_FUNCTIONS, migrate};
use careway_testing::TestDatabase;
use include_dir::{Dir, DirEntry, File};
use sqlx::{Connection as _, PgConnection};

const TWO: &[DirEntry<'_>] = &[
    DirEntry::File(File::new(
        "answer.sql",
        b"create or replace function answer() returns integer language sql return 42; \
          revoke execute on function answer from public;",
    )),
    DirEntry::File(File::new(
        "doubled.sql",
        b"create or replace function doubled(n integer) returns integer language sql return n * 2;",
    )),
];
const CHANGED: &[DirEntry<'_>] = &[DirEntry::File(File::new(
    "answer.sql",
    b"create or replace function answer() returns integer language sql return 43; \
      grant execute on function answer to public;",
))];

const fn of(files: &'static [DirEntry<'static>]) -> Migrator {
    Migrator { functions: Dir::new("", files), ..Migrator::DEFAULT }
}

static NOTHING_MORE: Migrator = Migrator::DEFAULT;

struct Empty {
    database: TestDatabase,
    owner: PgConnection,
}

impl Empty {
    async fn create() -> Self {
        let database = TestDatabase::create("functions", &NOTHING_MORE).await;
        let owner = PgConnection::connect(&database.url_owner).await.unwrap();
        Self { database, owner }
    }

    async fn migrate(&self, migrator: &Migrator) -> anyhow::Result<()> {
        migrate(&self.database.url_owner, migrator).await
    }

    /// Oid, last change and body of a function.
    async fn look(&mut self, name: &str) -> Option<(String, String, String)> {
        let look =
            "select oid::text, xmin::text, pg_get_functiondef(oid) from pg_proc where oid = to_regproc($1)";
        sqlx::query_as(look).bind(name).fetch_optional(&mut self.owner).await.unwrap()
    }

    async fn answer(&self) -> Option<i32> {
        let mut app = PgConnection::connect(&self.database.url_app).await.unwrap();
        sqlx::query_scalar("select answer()").fetch_one(&mut app).await.ok()
    }
}

#[tokio::test]
async fn a_function_is_made_anew_when_its_text_changed_and_not_touched_otherwise() {
    let mut empty = Empty::create().await;
    empty.migrate(&of(TWO)).await.unwrap();
    let made = empty.look("answer").await.unwrap();
    assert_eq!(empty.answer().await, None, "the file lets nobody else call it");

    empty.migrate(&of(TWO)).await.unwrap();
    assert_eq!(empty.look("answer").await.unwrap(), made, "nothing changed");

    empty.migrate(&of(CHANGED)).await.unwrap();
    assert_eq!(empty.answer().await, Some(43), "the new text, and its grants");
    assert_eq!(empty.look("answer").await.unwrap().0, made.0, "calls that are under way find it");
}

#[tokio::test]
async fn a_function_goes_with_its_file_and_comes_back_when_somebody_dropped_it() {
    let mut empty = Empty::create().await;
    empty.migrate(&of(TWO)).await.unwrap();
    assert!(empty.look("doubled").await.is_some());
    empty.migrate(&of(CHANGED)).await.unwrap();
    assert!(empty.look("doubled").await.is_none(), "its file is gone");
    assert!(empty.look("record_event").await.is_some(), "the platform's own stay");

    sqlx::query("drop function answer").execute(&mut empty.owner).await.unwrap();
    empty.migrate(&of(CHANGED)).await.unwrap();
    assert_eq!(empty.answer().await, Some(43));
}

#[tokio::test]
async fn what_running_services_call_is_never_changed_under_them() {
    const OTHER_RESULT: &[DirEntry<'_>] = &[DirEntry::File(File::new(
        "answer.sql",
        b"create or replace function answer() returns text language sql return '42';",
    ))];
    const OTHER_ARGUMENTS: &[DirEntry<'_>] = &[DirEntry::File(File::new(
        "answer.sql",
        b"create or replace function answer(n integer) returns integer language sql return n;",
    ))];
    let mut empty = Empty::create().await;
    empty.migrate(&of(TWO)).await.unwrap();
    let before = empty.look("answer").await;
    for changed in [OTHER_RESULT, OTHER_ARGUMENTS] {
        let refused = empty.migrate(&of(changed)).await.unwrap_err();
        assert!(format!("{refused:#}").starts_with("the function answer: "), "{refused:#}");
        assert_eq!(empty.look("answer").await, before);
        assert!(empty.look("doubled").await.is_some(), "all or nothing");
    }
}

#[tokio::test]
async fn a_file_makes_the_function_it_is_named_after() {
    const MISNAMED: &[DirEntry<'_>] = &[DirEntry::File(File::new(
        "question.sql",
        b"create or replace function answer() returns integer language sql return 42;",
    ))];
    const NOTHING: &[DirEntry<'_>] = &[DirEntry::File(File::new("Read me.txt", b""))];
    const TWICE: &[DirEntry<'_>] = &[DirEntry::File(File::new("record_event.sql", b""))];
    let empty = Empty::create().await;
    for (files, because) in [
        (MISNAMED, "the function question: its file does not make it"),
        (NOTHING, "Read me.txt is not named after a function"),
        (TWICE, "two files make the function record_event"),
    ] {
        let refused = format!("{:#}", empty.migrate(&of(files)).await.unwrap_err());
        assert!(refused.starts_with(because), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_may_migrate_at_once() {
    let mut empty = Empty::create().await;
    for _ in 0..5 {
        let (two, changed) = (of(TWO), of(CHANGED));
        let (one, other, third) =
            tokio::join!(empty.migrate(&two), empty.migrate(&changed), empty.migrate(&two));
        one.unwrap();
        other.unwrap();
        third.unwrap();
        // Whoever came last, the text that is kept is the text that is there.
        let last = empty.look("doubled").await.is_some();
        let body = empty.look("answer").await.unwrap().2;
        assert!(body.contains(if last { "RETURN 42" } else { "RETURN 43" }), "{body}");
    }
}

#[test]
fn a_program_with_other_functions_has_another_digest() {
    let digests = [of(TWO).digest(), of(CHANGED).digest(), Migrator::DEFAULT.digest()];
    assert!(digests[0] != digests[1] && digests[1] != digests[2], "{digests:?}");
    assert_eq!(NO_FUNCTIONS, Migrator::DEFAULT.functions);
}
