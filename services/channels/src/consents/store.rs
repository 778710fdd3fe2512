//! The tables `consent` and `consent_text`.

use careway_kernel::Language;
use careway_service::{Error, Result};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, types::Json};

use super::domain::{Consent, ConsentText};

#[derive(sqlx::FromRow)]
struct Row {
    consent_version: i32,
    in_force_from: NaiveDate,
    published_by: String,
    published_at: DateTime<Utc>,
    texts: Json<Vec<TextRow>>,
}

#[derive(serde::Deserialize)]
struct TextRow {
    language: String,
    text: String,
    text_hash: String,
}

impl TryFrom<Row> for Consent {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let text = |row: TextRow| {
            let language = Language::parse(&row.language).map_err(Error::internal)?;
            Ok(ConsentText { language, text: row.text, hash: row.text_hash })
        };
        Ok(Self {
            version: row.consent_version,
            from: row.in_force_from,
            texts: row.texts.0.into_iter().map(text).collect::<Result<_>>()?,
            published_by: row.published_by,
            published_at: row.published_at,
        })
    }
}

/// The version that begins last, and when it begins.
pub(crate) async fn find_last(conn: &mut PgConnection) -> Result<Option<(i32, NaiveDate)>> {
    let last = sqlx::query_as(
        "select consent_version, in_force_from from consent order by consent_version desc limit 1",
    );
    Ok(last.fetch_optional(conn).await?)
}

/// A new version with its texts. `consent_pkey` when another came first.
pub(crate) async fn insert_consent(conn: &mut PgConnection, consent: &Consent) -> sqlx::Result<()> {
    let column = |of: fn(&ConsentText) -> &str| consent.texts.iter().map(of).collect::<Vec<_>>();
    sqlx::query(
        "with version as (
            insert into consent (consent_version, in_force_from, published_by, published_at)
            values ($1, $2, $3, $4) returning consent_version)
         insert into consent_text (consent_version, language, text, text_hash)
         select version.consent_version, t.language, t.text, t.text_hash
         from version, unnest($5::text[], $6::text[], $7::text[]) as t (language, text, text_hash)",
    )
    .bind(consent.version)
    .bind(consent.from)
    .bind(&consent.published_by)
    .bind(consent.published_at)
    .bind(column(|text| text.language.as_str()))
    .bind(column(|text| &text.text))
    .bind(column(|text| &text.hash))
    .execute(conn)
    .await?;
    Ok(())
}

/// A page of declarations.
pub(crate) async fn list_consents(
    conn: &mut PgConnection,
    before: Option<i32>,
    limit: i64,
) -> Result<Vec<Consent>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select c.*, (select coalesce(jsonb_agg(to_jsonb(t) order by t.language), '[]') from consent_text t
            where t.consent_version = c.consent_version) as texts
         from consent c where $1::int is null or c.consent_version < $1
         order by c.consent_version desc limit $2",
    )
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The language of the text that has this hash, among those of a version.
pub(crate) async fn find_language(
    conn: &mut PgConnection,
    version: i32,
    hash: &str,
) -> Result<Option<String>> {
    let language = sqlx::query_scalar(
        "select language from consent_text where consent_version = $1 and text_hash = $2 order by language limit 1",
    );
    Ok(language.bind(version).bind(hash).fetch_optional(conn).await?)
}
