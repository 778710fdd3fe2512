//! Every table is behind row-level security, forced, with a policy, for a role it binds; and with nobody set as the caller
//! there is nothing to see.

use careway_tests::TestPlatform;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

/// The platform's own reference data, the same for everybody.
const FOR_EVERYBODY: [&str; 2] = ["case_form", "service_type"];

#[tokio::test(flavor = "multi_thread")]
async fn every_table_has_a_forced_policy_and_shows_nothing_to_nobody() {
    let platform = TestPlatform::start().await;
    for service in platform.in_process().services() {
        let mut connection = PgConnection::connect_with(service.database.options()).await.unwrap();
        let tables = sqlx::query(
            "select relname::text as name, relrowsecurity and relforcerowsecurity as forced,
                    exists (select from pg_policy where polrelid = pg_class.oid) as policy,
                    pg_get_userbyid(relowner) = current_user as owned,
                    has_table_privilege(pg_class.oid, 'select') as readable
             from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
               and relname not like '\\_%'",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        assert!(tables.len() >= 5, "{} has the platform's tables", service.name);
        for table in tables {
            let name: String = table.get("name");
            assert!(!table.get::<bool, _>("owned"), "{}.{name} belongs to the app role", service.name);
            if FOR_EVERYBODY.contains(&name.as_str()) {
                continue;
            }
            assert!(
                table.get::<bool, _>("forced"),
                "{}.{name} does not force row-level security",
                service.name
            );
            assert!(table.get::<bool, _>("policy"), "{}.{name} has no policy", service.name);
            if !table.get::<bool, _>("readable") {
                continue;
            }
            let seen: i64 = sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {name}")))
                .fetch_one(&mut connection)
                .await
                .unwrap();
            // A key's record of a public operation has no organization: it is nobody's, and told to nobody.
            assert_eq!(seen, 0, "{}.{name} shows rows to nobody", service.name);
        }
    }
}
