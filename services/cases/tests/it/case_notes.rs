//! What support notes among itself, and words that are taken away: seen by nobody who should not.

use careway_contract::cases::v1::*;
use careway_testing::refusal;

use crate::test_cases::{Member, TestCases};

impl TestCases {
    async fn redact(
        &self,
        by: &Member,
        case_id: &str,
        message_id: &str,
    ) -> Result<CaseMessage, careway_service::Error> {
        let request = RedactCaseMessageRequest {
            case_id: case_id.to_owned(),
            message_id: message_id.to_owned(),
            reason: "Named a patient".to_owned(),
        };
        Ok(self.client().redact_case_message(self.by(by, request)).await?.into_inner().message.unwrap())
    }
}

#[tokio::test]
async fn a_note_is_seen_by_support_and_by_nobody_else_in_any_answer() {
    let cases = TestCases::start().await;
    let case = cases.open(&cases.tanvir, "A refund").await;
    let id = &*case.case_id;
    let note = cases.note(&cases.paul, id, "canaryword: they never pay").await.unwrap();
    assert!(note.internal);
    assert_eq!(refusal(cases.note(&cases.tanvir, id, "A note").await).reason(), "SUPPORT_ONLY");

    let bodies = |messages: Vec<CaseMessage>| messages.into_iter().map(|it| it.body).collect::<Vec<_>>();
    assert_eq!(bodies(cases.messages(&cases.tanvir, id).await).len(), 1);
    assert_eq!(bodies(cases.messages(&cases.grace, id).await).len(), 2);
    assert_eq!(cases.history(&cases.tanvir, id).await.len(), 1);
    assert_eq!(cases.history(&cases.grace, id).await.len(), 2);
    let q = || ListCasesRequest { q: "canaryword".to_owned(), ..Default::default() };
    assert!(cases.list(&cases.tanvir, q()).await.is_empty());
    assert_eq!(cases.list(&cases.grace, q()).await, ["A refund"]);
    let after = cases.get(&cases.tanvir, id).await.unwrap();
    assert_eq!((after.version, after.updated_at), (case.version, case.updated_at), "no trace of it");

    // The policies hold without the service's own predicates.
    for (member, seen) in [(&cases.tanvir, 1_i64), (&cases.linh, 0), (&cases.grace, 2)] {
        for (table, seen) in [("case_message", seen), ("case_history", seen)] {
            assert_eq!(cases.rows_as(member, table).await, seen, "{table} {:?}", member.person.kind);
        }
    }
    // And the event of it is support's alone.
    let of_partner = format!(
        "select count(*) from outbox where type like '%CaseNoteAdded'
         and '{}' in (organization_id, also_organization)",
        cases.tanvir.person.organization
    );
    assert_eq!((cases.said("CaseNoteAdded").await, cases.count(&of_partner).await), (1, 0));
}

#[tokio::test]
async fn words_that_are_taken_away_are_found_nowhere() {
    let cases = TestCases::start().await;
    let case = cases.open(&cases.tanvir, "Slots").await;
    let id = &*case.case_id;
    cases.say(&cases.tanvir, id, "Mrs Akter of Mirpur was turned away").await.unwrap();
    let q = || ListCasesRequest { q: "akter".to_owned(), ..Default::default() };
    assert_eq!(cases.list(&cases.tanvir, q()).await, ["Slots"]);
    let message = cases.messages(&cases.tanvir, id).await.pop().unwrap();
    let redacted = cases.redact(&cases.paul, id, &message.message_id).await.unwrap();
    assert!(redacted.body.is_empty() && redacted.redacted_at.is_some());
    assert!(cases.list(&cases.tanvir, q()).await.is_empty());
    let kept = cases.messages(&cases.tanvir, id).await.pop().unwrap();
    assert_eq!((kept.message_id, kept.body.as_str()), (message.message_id.clone(), ""));
    assert_eq!(cases.count("select count(*) from case_message where body is null").await, 1);
    let last = cases.history(&cases.tanvir, id).await.pop().unwrap();
    assert_eq!((last.change(), &*last.after), (case_change::Change::MessageRedacted, "Named a patient"));

    // A second time changes nothing; of another case it is none.
    let version = cases.get(&cases.tanvir, id).await.unwrap().version;
    cases.redact(&cases.paul, id, &message.message_id).await.unwrap();
    assert_eq!(cases.get(&cases.tanvir, id).await.unwrap().version, version);
    let other = cases.open(&cases.linh, "Another").await;
    let refused = refusal(cases.redact(&cases.paul, &other.case_id, &message.message_id).await);
    assert_eq!(refused.reason(), "NOT_FOUND");
}

#[tokio::test]
async fn what_is_said_stands_nowhere_readable() {
    let cases = TestCases::start().await;
    let case = cases.open(&cases.tanvir, "Zebrasubject of mine").await;
    cases.say(&cases.tanvir, &case.case_id, "Zebrabody with a name").await.unwrap();
    cases.close(&cases.tanvir, &case.case_id, "Zebrareason").await.unwrap();
    // All but the words that it is found by, which the design wants.
    for (table, columns) in [
        ("support_case", "subject, answers, identifiers, external_id, topic"),
        ("case_message", "body, written_by"),
        ("case_history", "before, after, actor"),
        ("outbox", "payload"),
    ] {
        let query = format!(
            "select count(*) from (select {columns} from {table}) row where row::text ilike '%zebra%'"
        );
        assert_eq!(cases.count(&query).await, 0, "{table}");
        let bytes = format!(
            "select count(*) from (select {columns} from {table}) row where row::text ilike '%' || encode('ebra', 'hex') || '%'"
        );
        assert_eq!(cases.count(&bytes).await, 0, "{table}");
    }
}

impl TestCases {
    /// How many rows of a table the service's role sees when this person calls.
    async fn rows_as(&self, member: &Member, table: &str) -> i64 {
        use sqlx::{Connection, Executor};
        let mut conn = sqlx::PgConnection::connect(&self.setup.database.url_app).await.unwrap();
        let caller = format!(
            "begin; select set_config('careway.organization', '{}', true), set_config('careway.kind', '{}', true)",
            member.person.organization,
            member.person.kind.as_str()
        );
        conn.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(caller))).await.unwrap();
        let query = format!("select count(*) from {table}");
        sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(&mut conn).await.unwrap()
    }
}
