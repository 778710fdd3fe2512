//! The table `case_form`.

use careway_kernel::Language;
use careway_service::Result;
use sqlx::{FromRow, PgConnection};

/// A topic with its questions in one language.
#[derive(FromRow)]
pub(super) struct CaseForm {
    pub(super) topic: String,
    pub(super) title: String,
    pub(super) language: String,
    pub(super) schema: serde_json::Value,
}

/// Every topic, in the language where it has it and else in English.
pub(super) async fn list_case_forms(conn: &mut PgConnection, language: Language) -> Result<Vec<CaseForm>> {
    let forms = sqlx::query_as(
        "select topic, title, language, schema from (
             select distinct on (topic) topic, title, language, schema, position from case_form
             where language in ($1, 'en') order by topic, language = $1 desc
         ) as form order by position",
    );
    Ok(forms.bind(language.as_str()).fetch_all(conn).await?)
}
