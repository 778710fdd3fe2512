//! What visits keeps of identity's members: number and family, to make coverages with.

use careway_kernel::{FamilyId, MemberId, MemberNumber, OrganizationId};
use sqlx::PgConnection;

/// A member, by number and family.
#[derive(Debug, Clone)]
pub(crate) struct MemberRef {
    pub(crate) id: MemberId,
    pub(crate) payer: OrganizationId,
    pub(crate) number: MemberNumber,
    pub(crate) family: FamilyId,
}

/// Keeps a member as an event of this version said, unless something newer is known; without one, as identity answered
/// just now, which any event may still correct.
pub(crate) async fn upsert_member(
    conn: &mut PgConnection,
    member: &MemberRef,
    version: Option<i64>,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into member_ref (member_id, payer_id, member_number, family_id, version)
         values ($1, $2, $3, $4, coalesce($5, 0))
         on conflict (member_id) do update set member_number = excluded.member_number, family_id = excluded.family_id,
             version = coalesce($5, member_ref.version)
         where $5 is null or member_ref.version < $5",
    )
    .bind(member.id.uuid())
    .bind(member.payer.uuid())
    .bind(member.number.as_str())
    .bind(member.family.uuid())
    .bind(version)
    .execute(conn)
    .await?;
    Ok(())
}
