//! Who works for which organization, invited people included.

pub(crate) mod credentials;
pub(crate) mod membership;
pub(crate) mod partner;

use anyhow::Context as _;
use careway_kernel::{AccountId, Email, Names, OrganizationId};
use careway_service::{OrganizationKind, Result};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::{Account, Status};

#[derive(sqlx::FromRow)]
struct Row {
    account_id: Uuid,
    organization_id: Uuid,
    email: String,
    name: String,
    roles: Vec<String>,
    status: String,
    totp_enabled: bool,
    version: i64,
    created_at: DateTime<Utc>,
}

impl Row {
    fn read(self) -> Result<Account> {
        let id = self.account_id;
        Ok(self.parse().with_context(|| format!("account {id} cannot be read"))?)
    }

    fn parse(self) -> anyhow::Result<Account> {
        Ok(Account {
            id: AccountId::from_uuid(self.account_id),
            organization: OrganizationId::from_uuid(self.organization_id),
            email: Email::parse(&self.email)?,
            name: Names::parse(&self.name)?,
            roles: self.roles,
            status: Status::parse(&self.status).context("status")?,
            totp_enabled: self.totp_enabled,
            version: self.version,
            created_at: self.created_at,
        })
    }
}

macro_rules! member {
    ($rest:literal) => {
        concat!(
            "select m.account_id, m.organization_id, a.email, m.name, m.roles, m.status, \
             exists (select 1 from totp t where t.account_id = m.account_id and t.confirmed_at is not null) as totp_enabled, \
             m.version, m.created_at \
             from membership m join account a on a.account_id = m.account_id where m.organization_id = $1 ",
            $rest
        )
    };
}

macro_rules! invited {
    ($rest:literal) => {
        concat!(
            "select i.account_id, i.organization_id, i.email, i.name, i.roles, 'INVITED' as status, \
             false as totp_enabled, 1::bigint as version, i.created_at \
             from invitation i where i.organization_id = $1 and i.accepted_at is null ",
            $rest
        )
    };
}

/// The account in the organization: working there, invited, or by the id it was invited with.
pub(crate) async fn find_account(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: AccountId,
) -> Result<Option<Account>> {
    let row: Option<Row> = sqlx::query_as(concat!(
        member!(
            "and m.account_id in (select $2 union all select i.accepted_by from invitation i \
             where i.organization_id = $1 and i.account_id = $2 and i.accepted_by is not null)"
        ),
        " union all ",
        invited!("and i.account_id = $2"),
        " limit 1"
    ))
    .bind(organization.uuid())
    .bind(id.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(Row::read).transpose()
}

/// The account that works for the organization under this address.
pub(crate) async fn find_by_email(
    conn: &mut PgConnection,
    organization: OrganizationId,
    email: &Email,
) -> Result<Option<Account>> {
    let row: Option<Row> = sqlx::query_as(member!("and a.email = $2"))
        .bind(organization.uuid())
        .bind(email.as_str())
        .fetch_optional(conn)
        .await?;
    row.map(Row::read).transpose()
}

/// An account, locked together with whoever changes it and with every active administrator of its organization.
pub(crate) struct Locked {
    pub(crate) account: Account,
    /// Whoever asks for the change; none when they do not work there any more.
    pub(crate) grantor: Option<Account>,
    /// The active administrators beside the account.
    pub(crate) other_administrators: usize,
}

/// The account, locked with its grantor and every active administrator of its organization in one order, so that the
/// last administrator is decided about one after the other, and a grantor is judged by what holds until the commit.
pub(crate) async fn lock_account(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: AccountId,
    grantor: AccountId,
    kind: OrganizationKind,
) -> Result<Option<Locked>> {
    let locked: Vec<(Uuid, bool)> = sqlx::query_as(
        "select account_id, status = 'ACTIVE' and $3 = any(roles) from membership where organization_id = $1 \
         and (account_id in ($2, $4) or status = 'ACTIVE' and $3 = any(roles) or account_id in (select i.accepted_by \
         from invitation i where i.organization_id = $1 and i.account_id = $2)) order by account_id for update",
    )
    .bind(organization.uuid())
    .bind(id.uuid())
    .bind(crate::accounts::domain::roles::Table::of(kind).administrator())
    .bind(grantor.uuid())
    .fetch_all(&mut *conn)
    .await?;
    let Some(account) = find_account(conn, organization, id).await? else { return Ok(None) };
    let grantor = find_account(conn, organization, grantor).await?;
    let other = |(id, administers): &&(Uuid, bool)| *administers && *id != account.id.uuid();
    let other_administrators = locked.iter().filter(other).count();
    Ok(Some(Locked { account, grantor, other_administrators }))
}

/// A person's account, kept from changing until the end of the transaction.
pub(crate) async fn lock_grantor(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: AccountId,
) -> Result<Option<Account>> {
    sqlx::query("select from membership where organization_id = $1 and account_id = $2 for share")
        .bind(organization.uuid())
        .bind(id.uuid())
        .execute(&mut *conn)
        .await?;
    find_account(conn, organization, id).await
}

/// A page of the organization's accounts, the oldest first.
pub(crate) async fn list_accounts(
    conn: &mut PgConnection,
    organization: OrganizationId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Account>> {
    let rows: Vec<Row> = sqlx::query_as(concat!(
        member!("and ($2::uuid is null or m.account_id > $2)"),
        " union all ",
        invited!("and ($2::uuid is null or i.account_id > $2)"),
        " order by account_id limit $3"
    ))
    .bind(organization.uuid())
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::read).collect()
}

/// Keeps a new membership; somebody who works there already keeps theirs.
pub(crate) async fn insert_membership(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: AccountId,
    name: &Names,
    roles: &[String],
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query(
        "insert into membership (organization_id, account_id, name, roles, status, version, created_at) \
         values ($1, $2, $3, $4, 'ACTIVE', 1, $5) on conflict on constraint membership_pkey do nothing",
    )
    .bind(organization.uuid())
    .bind(id.uuid())
    .bind(name.as_str())
    .bind(roles)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps a locked account's change.
pub(crate) async fn update_membership(conn: &mut PgConnection, account: &Account) -> Result<()> {
    sqlx::query(
        "update membership set name = $3, roles = $4, status = $5, version = $6 \
         where organization_id = $1 and account_id = $2",
    )
    .bind(account.organization.uuid())
    .bind(account.id.uuid())
    .bind(account.name.as_str())
    .bind(&account.roles)
    .bind(account.status.as_str())
    .bind(account.version)
    .execute(conn)
    .await?;
    Ok(())
}

/// Where a person can work now, by the organization's name.
pub(crate) async fn list_workplaces(conn: &mut PgConnection, id: AccountId) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar(
        "select m.organization_id from membership m join organization o on o.organization_id = m.organization_id \
         where m.account_id = $1 and m.status = 'ACTIVE' and o.status = 'ACTIVE' order by o.name, o.organization_id",
    )
    .bind(id.uuid())
    .fetch_all(conn)
    .await?)
}

/// How an organization is written to.
pub(crate) struct Office {
    pub(crate) kind: OrganizationKind,
    pub(crate) name: String,
    pub(crate) locale: String,
}

/// An active organization.
pub(crate) async fn find_office(
    conn: &mut PgConnection,
    organization: OrganizationId,
) -> Result<Option<Office>> {
    let row: Option<(String, String, String)> = sqlx::query_as(
        "select kind, name, locale from organization where organization_id = $1 and status = 'ACTIVE'",
    )
    .bind(organization.uuid())
    .fetch_optional(conn)
    .await?;
    let Some((kind, name, locale)) = row else { return Ok(None) };
    let kind = OrganizationKind::parse(&kind).context("the kind of an organization")?;
    Ok(Some(Office { kind, name, locale }))
}

/// The address of one account of an organization, while it is active there.
pub(crate) async fn find_email(
    conn: &mut PgConnection,
    organization: OrganizationId,
    account: AccountId,
) -> Result<Option<String>> {
    Ok(sqlx::query_scalar(
        "select a.email from membership m join account a on a.account_id = m.account_id \
         where m.organization_id = $1 and m.account_id = $2 and m.status = 'ACTIVE'",
    )
    .bind(organization.uuid())
    .bind(account.uuid())
    .fetch_optional(conn)
    .await?)
}

/// The addresses of active people with one of these roles, the oldest account first.
pub(crate) async fn list_emails(
    conn: &mut PgConnection,
    organization: OrganizationId,
    roles: &[&str],
    limit: i64,
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "select a.email from membership m join account a on a.account_id = m.account_id \
         where m.organization_id = $1 and m.status = 'ACTIVE' and m.roles && $2 order by m.account_id limit $3",
    )
    .bind(organization.uuid())
    .bind(roles)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}
