//! References: one for each case and recipient.

use careway_kernel::{AccountId, CaseId, OrganizationId, random};
use careway_service::{Error, Result};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::cases::domain::reference::Reference;

/// The references of these recipients in a case: those that they have, and new ones for who has none.
pub(crate) async fn insert_references(
    conn: &mut PgConnection,
    of: (CaseId, OrganizationId),
    accounts: &[AccountId],
    now: DateTime<Utc>,
) -> Result<Vec<(AccountId, Reference)>> {
    let found = insert_or_find(conn, of, accounts, now).await?;
    // One that another transaction made meanwhile is not made again, and only the next statement sees it.
    if found.len() < accounts.len() { insert_or_find(conn, of, accounts, now).await } else { Ok(found) }
}

async fn insert_or_find(
    conn: &mut PgConnection,
    (case, organization): (CaseId, OrganizationId),
    accounts: &[AccountId],
    now: DateTime<Utc>,
) -> Result<Vec<(AccountId, Reference)>> {
    let drawn: Vec<_> = accounts.iter().map(|_| Reference::from_random(random::bytes())).collect();
    let rows: Vec<(Uuid, String)> = sqlx::query_as(
        "with wanted as (
            select w.account_id, w.reference from unnest($3::uuid[], $4::text[]) as w (account_id, reference)),
         made as (
            insert into case_reference (reference, case_id, organization_id, account_id, created_at)
            select w.reference, $1, $2, w.account_id, $5 from wanted w
            on conflict on constraint case_reference_recipient do nothing
            returning account_id, reference)
         select account_id, reference from made
         union all
         select r.account_id, r.reference from case_reference r join wanted w on w.account_id = r.account_id
         where r.case_id = $1",
    )
    .bind(case.uuid())
    .bind(organization.uuid())
    .bind(accounts.iter().map(|account| account.uuid()).collect::<Vec<_>>())
    .bind(drawn.iter().map(Reference::as_str).collect::<Vec<_>>())
    .bind(now)
    .fetch_all(conn)
    .await?;
    let read = |(account, reference): (Uuid, String)| {
        let reference = Reference::parse(&reference);
        let reference = reference.ok_or_else(|| Error::internal(anyhow::anyhow!("no reference")))?;
        Ok((AccountId::from_uuid(account), reference))
    };
    rows.into_iter().map(read).collect()
}
