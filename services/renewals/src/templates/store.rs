//! The tables of templates and their versions.

use careway_kernel::{Language, OrganizationId, TemplateId};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::domain::{Purpose, Template, TemplateContent};
use crate::messages::Channel;

/// Which templates an organization may use, newest first.
#[derive(Debug, Clone)]
pub(super) struct TemplateFilter {
    pub(super) organization: OrganizationId,
    pub(super) purpose: Option<Purpose>,
    pub(super) channel: Option<Channel>,
    pub(super) language: Option<Language>,
    /// Older than this one.
    pub(super) before: Option<TemplateId>,
    pub(super) limit: i64,
}

/// A template in one version.
#[derive(FromRow)]
struct TemplateRow {
    template_id: Uuid,
    owner_id: Uuid,
    purpose: String,
    channel: String,
    language: String,
    version: i64,
    name: String,
    subject: String,
    plain_body: String,
    marked_body: String,
    changed_at: DateTime<Utc>,
}

impl TryFrom<TemplateRow> for Template {
    type Error = Error;

    fn try_from(row: TemplateRow) -> Result<Self> {
        Ok(Self {
            id: TemplateId::from_uuid(row.template_id),
            owner: Some(OrganizationId::from_uuid(row.owner_id)),
            version: row.version,
            content: TemplateContent {
                name: row.name,
                purpose: one_of("message_template.purpose", &row.purpose, &Purpose::ALL, Purpose::as_str)?,
                channel: Channel::parse(&row.channel),
                language: Language::parse(&row.language)
                    .map_err(|error| Error::internal(anyhow::anyhow!(error)))?,
                subject: row.subject,
                plain_body: row.plain_body,
                marked_body: row.marked_body,
            },
            changed_at: Some(row.changed_at),
        })
    }
}

/// A new template, as yet without a version.
pub(super) async fn insert_template(
    conn: &mut PgConnection,
    owner: OrganizationId,
    template: &Template,
) -> Result<()> {
    let content = &template.content;
    sqlx::query(
        "insert into message_template (template_id, owner_id, purpose, channel, language, version, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(template.id.uuid())
    .bind(owner.uuid())
    .bind(content.purpose.as_str())
    .bind(content.channel.as_str())
    .bind(content.language.as_str())
    .bind(template.version)
    .bind(template.changed_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// A template's first or next version, which is its latest now.
pub(super) async fn insert_version(conn: &mut PgConnection, template: &Template, by: &str) -> Result<()> {
    let TemplateContent { name, subject, plain_body, marked_body, .. } = &template.content;
    sqlx::query(
        "with changed as (
             update message_template set version = $2 where template_id = $1 returning template_id)
         insert into message_template_version (template_id, version, name, subject, plain_body, marked_body,
            changed_by, changed_at)
         select $1, $2, $3, $4, $5, $6, $7, $8 from changed",
    )
    .bind(template.id.uuid())
    .bind(template.version)
    .bind(name)
    .bind(subject)
    .bind(plain_body)
    .bind(marked_body)
    .bind(by)
    .bind(template.changed_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// A template that the organization may use, in a version, its latest unless one is named.
pub(super) async fn find_template(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: TemplateId,
    version: Option<i64>,
) -> Result<Option<Template>> {
    let row: Option<TemplateRow> = sqlx::query_as(
        "select t.template_id, t.owner_id, t.purpose, t.channel, t.language, v.version, v.name, v.subject,
                v.plain_body, v.marked_body, v.changed_at
         from message_template t
         join message_template_version v on v.template_id = t.template_id and v.version = coalesce($3, t.version)
         where t.template_id = $1 and (t.owner_id = $2 or exists (
             select from agency a where (a.authority_id = t.owner_id and a.agency_id = $2)
                 or (a.agency_id = t.owner_id and a.authority_id = $2)))",
    )
    .bind(id.uuid())
    .bind(organization.uuid())
    .bind(version)
    .fetch_optional(conn)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// A template in a version, as far as the caller sees it.
pub(super) async fn find_version(
    conn: &mut PgConnection,
    id: TemplateId,
    version: i64,
) -> Result<Option<Template>> {
    let row: Option<TemplateRow> = sqlx::query_as(
        "select t.template_id, t.owner_id, t.purpose, t.channel, t.language, v.version, v.name, v.subject,
                v.plain_body, v.marked_body, v.changed_at
         from message_template t
         join message_template_version v on v.template_id = t.template_id and v.version = $2
         where t.template_id = $1",
    )
    .bind(id.uuid())
    .bind(version)
    .fetch_optional(conn)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// The owner's template in its latest version, locked.
pub(super) async fn lock_template(
    conn: &mut PgConnection,
    owner: OrganizationId,
    id: TemplateId,
) -> Result<Option<Template>> {
    let row: Option<TemplateRow> = sqlx::query_as(
        "select t.template_id, t.owner_id, t.purpose, t.channel, t.language, v.version, v.name, v.subject,
                v.plain_body, v.marked_body, v.changed_at
         from message_template t
         join message_template_version v on v.template_id = t.template_id and v.version = t.version
         where t.template_id = $1 and t.owner_id = $2
         for update of t",
    )
    .bind(id.uuid())
    .bind(owner.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// A page of the templates that the organization may use, in their latest versions.
pub(super) async fn list_templates(
    conn: &mut PgConnection,
    filter: &TemplateFilter,
) -> Result<Vec<Template>> {
    let rows: Vec<TemplateRow> = sqlx::query_as(
        "select t.template_id, t.owner_id, t.purpose, t.channel, t.language, v.version, v.name, v.subject,
                v.plain_body, v.marked_body, v.changed_at
         from message_template t
         join message_template_version v on v.template_id = t.template_id and v.version = t.version
         where (t.owner_id = $1 or exists (
                 select from agency a where (a.authority_id = t.owner_id and a.agency_id = $1)
                     or (a.agency_id = t.owner_id and a.authority_id = $1)))
           and ($2::text is null or t.purpose = $2) and ($3::text is null or t.channel = $3)
           and ($4::text is null or t.language = $4) and ($5::uuid is null or t.template_id < $5)
         order by t.template_id desc limit $6",
    )
    .bind(filter.organization.uuid())
    .bind(filter.purpose.map(Purpose::as_str))
    .bind(filter.channel.map(Channel::as_str))
    .bind(filter.language.map(Language::as_str))
    .bind(filter.before.map(TemplateId::uuid))
    .bind(filter.limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}
