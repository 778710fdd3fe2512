//! What payers asked about pre-authorizations, and what facilities answered.

use careway_kernel::PreauthorizationId;
use careway_service::{Error, Result};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::push_update;
use crate::preauthorizations::domain::Preauthorization;

/// A question as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub(crate) struct Question {
    pub(crate) number: i32,
    pub(crate) sealed_question: Vec<u8>,
    /// What is asked for: kinds of documents, or a few words.
    pub(crate) documents: Vec<String>,
    pub(crate) asked_by: Uuid,
    pub(crate) asked_at: DateTime<Utc>,
    pub(crate) due_at: DateTime<Utc>,
    pub(crate) sealed_answer: Option<Vec<u8>>,
    pub(crate) document_ids: Vec<Uuid>,
    pub(crate) answered_by: Option<Uuid>,
    pub(crate) answered_at: Option<DateTime<Utc>>,
}

/// What the facility answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) sealed: Vec<u8>,
    pub(crate) documents: Vec<Uuid>,
    pub(crate) by: Uuid,
    pub(crate) at: DateTime<Utc>,
}

/// The questions of a pre-authorization, in the order asked.
pub(crate) async fn list_questions(conn: &mut PgConnection, of: PreauthorizationId) -> Result<Vec<Question>> {
    let questions = sqlx::query_as(
        "select number, sealed_question, documents, asked_by, asked_at, due_at, sealed_answer, document_ids,
            answered_by, answered_at
         from preauthorization_question where preauthorization_id = $1 order by number",
    );
    Ok(questions.bind(of.uuid()).fetch_all(conn).await?)
}

/// Keeps a new question, together with the pre-authorization that it changed.
pub(crate) async fn insert_question(
    conn: &mut PgConnection,
    of: &Preauthorization,
    question: &Question,
) -> Result<()> {
    let mut statement = changing(of);
    statement.push(
        " insert into preauthorization_question (preauthorization_id, number, facility_id, payer_id, sealed_question,
            documents, asked_by, asked_at, due_at) values (",
    );
    let mut values = statement.separated(", ");
    values.push_bind(of.id.uuid()).push_bind(question.number);
    values.push_bind(of.facility.uuid()).push_bind(of.payer.uuid());
    values.push_bind(&question.sealed_question).push_bind(&question.documents);
    values.push_bind(question.asked_by).push_bind(question.asked_at).push_bind(question.due_at);
    values.push_unseparated(")");
    statement.build().execute(conn).await?;
    Ok(())
}

/// Keeps the answer to the last question, together with the pre-authorization that it changed.
pub(crate) async fn update_answered(
    conn: &mut PgConnection,
    of: &Preauthorization,
    answer: &Answer,
) -> Result<()> {
    let mut statement = changing(of);
    statement.push(" update preauthorization_question set sealed_answer = ").push_bind(&answer.sealed);
    statement.push(", document_ids = ").push_bind(&answer.documents);
    statement.push(", answered_by = ").push_bind(answer.by);
    statement.push(", answered_at = ").push_bind(answer.at);
    statement.push(" where preauthorization_id = ").push_bind(of.id.uuid());
    statement.push(" and number = ").push_bind(i32::from(of.questions));
    let updated = statement.build().execute(conn).await?;
    match updated.rows_affected() {
        1 => Ok(()),
        _ => Err(Error::internal(anyhow::anyhow!("an unanswered question is kept"))),
    }
}

/// A statement that changes the pre-authorization before all else.
fn changing(of: &Preauthorization) -> QueryBuilder<Postgres> {
    let mut statement = QueryBuilder::new("with head as (");
    push_update(&mut statement, of);
    statement.push(" returning 1)");
    statement
}
