//! The table `member_ref`.

use careway_kernel::{MemberId, MemberNumber, OrganizationId};
use careway_service::Result;
use sqlx::PgConnection;

/// A member as identity told of it.
#[derive(Debug, Clone)]
pub(crate) struct MemberRef {
    pub(crate) id: MemberId,
    pub(crate) payer: OrganizationId,
    pub(crate) number: MemberNumber,
    pub(crate) version: i64,
}

/// Keeps what identity told, unless something newer is known.
pub(crate) async fn upsert_member(conn: &mut PgConnection, member: &MemberRef) -> Result<()> {
    sqlx::query(
        "insert into member_ref (member_id, payer_id, member_number, version) values ($1, $2, $3, $4)
         on conflict (member_id) do update
            set member_number = excluded.member_number, version = excluded.version
            where member_ref.version < excluded.version",
    )
    .bind(member.id.uuid())
    .bind(member.payer.uuid())
    .bind(member.number.as_str())
    .bind(member.version)
    .execute(conn)
    .await?;
    Ok(())
}
