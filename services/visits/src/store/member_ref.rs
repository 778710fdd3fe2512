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

/// Keeps a member as identity last said.
pub(crate) async fn upsert_member(conn: &mut PgConnection, member: &MemberRef) -> sqlx::Result<()> {
    sqlx::query(
        "insert into member_ref (member_id, payer_id, member_number, family_id) values ($1, $2, $3, $4)
         on conflict (member_id) do update set member_number = excluded.member_number, family_id = excluded.family_id",
    )
    .bind(member.id.uuid())
    .bind(member.payer.uuid())
    .bind(member.number.as_str())
    .bind(member.family.uuid())
    .execute(conn)
    .await?;
    Ok(())
}
