//! People with the organizations they work for, for Careway's own services.

use anyhow::Context as _;
use careway_kernel::{AccountId, Email, Language, Names, OrganizationId};
use careway_service::{OrganizationKind, Result};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    accounts::domain::{Membership, Status},
    organizations::domain::{self as organizations, Code, CodeKind},
};

/// Memberships of one person or of one organization, at most.
const MOST: i64 = 200;

#[derive(sqlx::FromRow)]
struct Row {
    account_id: Uuid,
    organization_id: Uuid,
    kind: String,
    organization_name: String,
    organization_status: String,
    locale: String,
    email: String,
    name: String,
    roles: Vec<String>,
    status: String,
    code_kinds: Vec<String>,
    code_values: Vec<String>,
}

impl Row {
    fn read(self) -> Result<Membership> {
        let id = self.account_id;
        Ok(self.parse().with_context(|| format!("a membership of account {id} cannot be read"))?)
    }

    fn parse(self) -> anyhow::Result<Membership> {
        let code = |(kind, value): (String, String)| {
            Ok(Code { kind: CodeKind::parse(&kind).context("kind of code")?, value })
        };
        Ok(Membership {
            account: AccountId::from_uuid(self.account_id),
            organization: OrganizationId::from_uuid(self.organization_id),
            kind: OrganizationKind::parse(&self.kind).context("kind")?,
            organization_name: Names::parse(&self.organization_name)?,
            organization_status: organizations::Status::parse(&self.organization_status)
                .context("the organization's status")?,
            codes: self
                .code_kinds
                .into_iter()
                .zip(self.code_values)
                .map(code)
                .collect::<anyhow::Result<_>>()?,
            email: Email::parse(&self.email)?,
            name: Names::parse(&self.name)?,
            roles: self.roles,
            status: Status::parse(&self.status).context("status")?,
            language: Language::parse(&self.locale)?,
        })
    }
}

macro_rules! membership {
    ($rest:literal) => {
        concat!(
            "select m.account_id, m.organization_id, o.kind, o.name as organization_name, \
             o.status as organization_status, o.locale, a.email, m.name, m.roles, m.status, \
             array(select c.kind from organization_code c where c.organization_id = o.organization_id \
                   order by c.kind, c.value) as code_kinds, \
             array(select c.value from organization_code c where c.organization_id = o.organization_id \
                   order by c.kind, c.value) as code_values \
             from membership m join account a on a.account_id = m.account_id \
             join organization o on o.organization_id = m.organization_id ",
            $rest
        )
    };
}

/// Everywhere the person with this address works or worked, the oldest membership first.
pub(crate) async fn list_by_email(conn: &mut PgConnection, email: &Email) -> Result<Vec<Membership>> {
    let rows: Vec<Row> =
        sqlx::query_as(membership!("where a.email = $1 order by m.created_at, m.organization_id limit $2"))
            .bind(email.as_str())
            .bind(MOST)
            .fetch_all(conn)
            .await?;
    rows.into_iter().map(Row::read).collect()
}

/// People of an organization, or of the platform: all of them or these; whatever they may do, or active ones with one of
/// these roles.
pub(crate) async fn list_memberships(
    conn: &mut PgConnection,
    organization: Option<OrganizationId>,
    accounts: &[Uuid],
    roles: Option<&[&str]>,
) -> Result<Vec<Membership>> {
    let rows: Vec<Row> = sqlx::query_as(membership!(
        "where case when $1::uuid is null then o.kind = 'PLATFORM' else o.organization_id = $1 end \
         and (cardinality($2::uuid[]) = 0 or m.account_id = any($2)) \
         and ($3::text[] is null or m.roles && $3 and m.status = 'ACTIVE' and o.status = 'ACTIVE') \
         order by m.account_id limit $4"
    ))
    .bind(organization.map(OrganizationId::uuid))
    .bind(accounts)
    .bind(roles)
    .bind(MOST)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::read).collect()
}
