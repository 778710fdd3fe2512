//! The table `case_form`.

use sqlx::{FromRow, PgConnection};

/// A topic with its questions in one language.
#[derive(FromRow)]
pub(crate) struct Form {
    pub(crate) topic: String,
    pub(crate) title: String,
    pub(crate) language: String,
    pub(crate) schema: serde_json::Value,
}

/// Every topic, in the language where it has it and else in English.
pub(crate) async fn list(connection: &mut PgConnection, language: &str) -> sqlx::Result<Vec<Form>> {
    sqlx::query_as(
        "select topic, title, language, schema from (
             select distinct on (topic) topic, title, language, schema, position from case_form
             where language in ($1, 'en') order by topic, language = $1 desc
         ) as form order by position",
    )
    .bind(language)
    .fetch_all(connection)
    .await
}
