//! What visits keeps of identity's members: number and family, to make coverages with.

use careway_kernel::{FamilyId, MemberId, MemberNumber, OrganizationId};
use careway_service::Result;
use sqlx::PgConnection;
use uuid::Uuid;

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

/// The payer's member of this number.
pub(crate) async fn find_member(
    conn: &mut PgConnection,
    payer: OrganizationId,
    number: &MemberNumber,
) -> Result<Option<MemberRef>> {
    let row: Option<(Uuid, Uuid)> = sqlx::query_as(
        "select member_id, family_id from member_ref where payer_id = $1 and member_number = $2",
    )
    .bind(payer.uuid())
    .bind(number.as_str())
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(id, family)| MemberRef {
        id: MemberId::from_uuid(id),
        payer,
        number: number.clone(),
        family: FamilyId::from_uuid(family),
    }))
}
