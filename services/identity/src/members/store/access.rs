//! Who saw a member's data: identity's own accesses and those other services told of.

use careway_kernel::MemberId;
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// One access.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Access {
    pub(crate) at: DateTime<Utc>,
    /// 1: identity's own; 0: told by another service.
    pub(crate) own: i16,
    pub(crate) id: i64,
    pub(crate) action: String,
    pub(crate) organization_id: Option<Uuid>,
    pub(crate) organization_name: Option<String>,
    pub(crate) subject: String,
    pub(crate) visit_id: Option<Uuid>,
}

/// Where a page of accesses ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) at: DateTime<Utc>,
    pub(crate) own: i16,
    pub(crate) id: i64,
}

/// An access as another service tells it.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) member: Uuid,
    pub(crate) organization: Option<Uuid>,
    pub(crate) subject: String,
    pub(crate) action: String,
    pub(crate) visit: Option<Uuid>,
    pub(crate) at: DateTime<Utc>,
}

/// A member's accesses, the latest first, after `after`. Needs a system caller: others' accesses are nobody's rows.
pub(crate) async fn list_accesses(
    conn: &mut PgConnection,
    member: MemberId,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Access>> {
    let accesses = sqlx::query_as(
        "select a.at, a.own, a.id, a.action, a.organization_id, o.name as organization_name, a.subject, a.visit_id \
         from ((select at, 1::smallint as own, audit_id as id, action, organization_id, subject, visit_id \
         from audit_entry where member_id = $1 and ($2::timestamptz is null \
         or (at, 1::smallint, audit_id) < ($2, $3::smallint, $4)) order by at desc, audit_id desc limit $5) \
         union all (select at, 0::smallint, member_access_id, action, organization_id, subject, visit_id \
         from member_access where member_id = $1 and ($2::timestamptz is null \
         or (at, 0::smallint, member_access_id) < ($2, $3::smallint, $4)) \
         order by at desc, member_access_id desc limit $5)) a \
         left join organization o on o.organization_id = a.organization_id \
         order by a.at desc, a.own desc, a.id desc limit $5",
    )
    .bind(member.uuid())
    .bind(after.map(|cursor| cursor.at))
    .bind(after.map(|cursor| cursor.own))
    .bind(after.map(|cursor| cursor.id))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(accesses)
}

/// Keeps what another service told.
pub(crate) async fn insert_accesses(conn: &mut PgConnection, told: &[Told]) -> Result<()> {
    sqlx::query(
        "insert into member_access (member_id, organization_id, subject, action, visit_id, at) \
         select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::timestamptz[])",
    )
    .bind(told.iter().map(|access| access.member).collect::<Vec<_>>())
    .bind(told.iter().map(|access| access.organization).collect::<Vec<_>>())
    .bind(told.iter().map(|access| access.subject.clone()).collect::<Vec<_>>())
    .bind(told.iter().map(|access| access.action.clone()).collect::<Vec<_>>())
    .bind(told.iter().map(|access| access.visit).collect::<Vec<_>>())
    .bind(told.iter().map(|access| access.at).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}
