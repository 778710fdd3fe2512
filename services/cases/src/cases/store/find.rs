//! One case, read or locked.

use careway_kernel::{CaseId, HumanNumber, OrganizationId};
use careway_service::Result;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::row::{CaseRow, SELECT_CASE};
use crate::{
    case_keys::CaseKeys,
    cases::domain::{Case, opening::NUMBER_PREFIX},
};

/// Which case is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CaseKey {
    Id(CaseId),
    /// Its number for people.
    Number(String),
}

impl CaseKey {
    /// Reads an id or a number; nothing else is a case.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match CaseId::parse(text) {
            Ok(id) => Some(Self::Id(id)),
            Err(_) => HumanNumber::normalize(NUMBER_PREFIX, text).ok().map(Self::Number),
        }
    }

    pub(super) fn id(&self) -> Option<Uuid> {
        match self {
            Self::Id(id) => Some(id.uuid()),
            Self::Number(_) => None,
        }
    }

    pub(super) fn number(&self) -> Option<&str> {
        match self {
            Self::Id(_) => None,
            Self::Number(number) => Some(number),
        }
    }
}

/// Whose cases are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everybody's: support's, and Careway's itself.
    All,
    /// One organization's.
    Own(OrganizationId),
}

impl Scope {
    pub(super) fn organization(self) -> Option<Uuid> {
        match self {
            Self::All => None,
            Self::Own(organization) => Some(organization.uuid()),
        }
    }
}

/// A case of those looked at.
pub(crate) async fn find_case(
    conn: &mut PgConnection,
    keys: &CaseKeys,
    scope: Scope,
    key: &CaseKey,
) -> Result<Option<Case>> {
    let sql = format!(
        "{SELECT_CASE} where (c.case_id = $1 or c.number = $2) and ($3::uuid is null or c.organization_id = $3)"
    );
    let row: Option<CaseRow> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(key.id())
        .bind(key.number())
        .bind(scope.organization())
        .fetch_optional(conn)
        .await?;
    row.map(|row| row.open(keys)).transpose()
}

/// The same, locked. Two commands on one case come one after the other, and so do a case's closing and its following up.
pub(crate) async fn lock_case(
    conn: &mut PgConnection,
    keys: &CaseKeys,
    scope: Scope,
    key: &CaseKey,
) -> Result<Option<Case>> {
    let sql = format!(
        "{SELECT_CASE} where (c.case_id = $1 or c.number = $2) and ($3::uuid is null or c.organization_id = $3)
         for update of c"
    );
    let row: Option<CaseRow> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(key.id())
        .bind(key.number())
        .bind(scope.organization())
        .fetch_optional(conn)
        .await?;
    row.map(|row| row.open(keys)).transpose()
}

#[derive(sqlx::FromRow)]
struct DrawnRow {
    #[sqlx(flatten)]
    case: CaseRow,
    sequence: i64,
}

/// The same, with a number for a case that follows it up.
pub(crate) async fn lock_case_and_draw(
    conn: &mut PgConnection,
    keys: &CaseKeys,
    scope: Scope,
    key: &CaseKey,
) -> Result<Option<(Case, i64)>> {
    let sql = format!(
        "select locked.*, nextval('support_case_number_sequence') as sequence
         from ({SELECT_CASE}
            where (c.case_id = $1 or c.number = $2) and ($3::uuid is null or c.organization_id = $3) for update of c
         ) locked"
    );
    let row: Option<DrawnRow> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(key.id())
        .bind(key.number())
        .bind(scope.organization())
        .fetch_optional(conn)
        .await?;
    row.map(|row| Ok((row.case.open(keys)?, row.sequence))).transpose()
}
