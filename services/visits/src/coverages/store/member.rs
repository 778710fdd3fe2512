//! What visits keeps of identity's members: number and family, to make coverages with.

use careway_kernel::{FamilyId, MemberId, MemberNumber, OrganizationId};
use careway_service::{Call, Database, Error, Result, scoped_query};
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

/// Keeps members as an event of this version said, unless something newer is known; without one, as identity answered
/// just now, which any event may still correct. Whoever writes members of one payer takes turns: events and lists have them
/// in different orders, and would wait for each other's rows.
pub(crate) async fn upsert_members(
    conn: &mut PgConnection,
    members: &[MemberRef],
    version: Option<i64>,
) -> sqlx::Result<()> {
    sqlx::query(
        "with turn as materialized (
             select pg_advisory_xact_lock(hashtextextended('member_ref.' || payer_id, 0))
             from (select distinct payer_id::text from unnest($2::uuid[]) payer_id order by 1) payers)
         insert into member_ref (member_id, payer_id, member_number, family_id, version)
         select l.*, coalesce($5, 0) from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) l
         where (select count(*) from turn) > 0
         on conflict (member_id) do update set member_number = excluded.member_number, family_id = excluded.family_id,
             version = coalesce($5, member_ref.version)
         where $5 is null or member_ref.version < $5",
    )
    .bind(members.iter().map(|it| it.id.uuid()).collect::<Vec<Uuid>>())
    .bind(members.iter().map(|it| it.payer.uuid()).collect::<Vec<Uuid>>())
    .bind(members.iter().map(|it| it.number.as_str()).collect::<Vec<&str>>())
    .bind(members.iter().map(|it| it.family.uuid()).collect::<Vec<Uuid>>())
    .bind(version)
    .execute(conn)
    .await?;
    Ok(())
}

/// Those of the numbers that no event told of yet, each once.
pub(crate) async fn list_unknown_numbers(
    db: &Database,
    call: &Call,
    payer: OrganizationId,
    numbers: Vec<String>,
) -> Result<Vec<MemberNumber>> {
    let asked = scoped_query!(
        "select distinct l.number from unnest($5::text[]) l (number)
         where not exists (select from member_ref m where m.payer_id = $4 and m.member_number = l.number)"
    );
    let rows: Vec<(String,)> =
        db.query_as_caller(call, asked, |asked| asked.bind(payer.uuid()).bind(numbers.clone())).await?;
    rows.iter().map(|(number,)| MemberNumber::parse(number).map_err(Error::internal)).collect()
}
