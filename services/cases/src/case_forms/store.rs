//! The versions of the forms.

use anyhow::Context as _;
use careway_kernel::Language;
use careway_service::Result;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sqlx::{FromRow, PgConnection, types::Json};

use super::domain::{CaseForm, Definition, Texts, schema::Schema};

#[derive(FromRow)]
struct Row {
    topic: String,
    version: i32,
    position: i32,
    hidden: bool,
    titles: Json<Map<String, Value>>,
    keywords: Json<Map<String, Value>>,
    schema: Json<Map<String, Value>>,
    created_at: DateTime<Utc>,
}

impl Row {
    fn read(self) -> Result<CaseForm> {
        let read = || -> anyhow::Result<_> { Ok((texts(&self.titles)?, texts(&self.keywords)?)) };
        let (titles, keywords) = read().with_context(|| format!("form {} cannot be read", self.topic))?;
        let definition = Definition {
            position: self.position,
            hidden: self.hidden,
            titles,
            keywords,
            schema: Schema::kept(self.schema.0),
        };
        Ok(CaseForm { topic: self.topic, version: self.version, definition, created_at: self.created_at })
    }
}

fn texts(kept: &Map<String, Value>) -> anyhow::Result<Texts> {
    let text = |(language, text): (&String, &Value)| {
        Ok((Language::parse(language)?, text.as_str().context("a text")?.to_owned()))
    };
    kept.iter().map(text).collect()
}

fn kept(texts: &Texts) -> Json<Map<String, Value>> {
    Json(texts.iter().map(|(language, text)| (language.as_str().to_owned(), text.clone().into())).collect())
}

/// The newest version of every form.
pub(super) async fn list_newest(conn: &mut PgConnection) -> Result<Vec<CaseForm>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select distinct on (topic) topic, version, position, hidden, titles, keywords, schema, created_at
         from case_form order by topic, version desc",
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::read).collect()
}

/// The newest version of a topic's form.
pub(super) async fn find_newest(conn: &mut PgConnection, topic: &str) -> Result<Option<CaseForm>> {
    let row: Option<Row> = sqlx::query_as(
        "select topic, version, position, hidden, titles, keywords, schema, created_at
         from case_form where topic = $1 order by version desc limit 1",
    )
    .bind(topic)
    .fetch_optional(conn)
    .await?;
    row.map(Row::read).transpose()
}

/// One version of a topic's form.
pub(super) async fn find_version(
    conn: &mut PgConnection,
    topic: &str,
    version: i32,
) -> Result<Option<CaseForm>> {
    let row: Option<Row> = sqlx::query_as(
        "select topic, version, position, hidden, titles, keywords, schema, created_at
         from case_form where topic = $1 and version = $2",
    )
    .bind(topic)
    .bind(version)
    .fetch_optional(conn)
    .await?;
    row.map(Row::read).transpose()
}

/// Keeps a version, unless the one before it is not the newest: then nothing is kept.
pub(super) async fn insert_version(conn: &mut PgConnection, form: &CaseForm, set_by: &str) -> Result<bool> {
    let definition = &form.definition;
    let kept = sqlx::query(
        "insert into case_form (topic, version, position, hidden, titles, keywords, schema, created_at, set_by)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9
         where $2 - 1 = coalesce((select max(version) from case_form where topic = $1), 0)
         on conflict (topic, version) do nothing",
    )
    .bind(&form.topic)
    .bind(form.version)
    .bind(definition.position)
    .bind(definition.hidden)
    .bind(kept(&definition.titles))
    .bind(kept(&definition.keywords))
    .bind(Json(definition.schema.document()))
    .bind(form.created_at)
    .bind(set_by)
    .execute(conn)
    .await?;
    Ok(kept.rows_affected() == 1)
}
