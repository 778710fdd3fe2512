//! Lines of care: read, and written together with what they post to the ledger.

pub(crate) mod facts;
pub(crate) mod json_bytes;
pub(crate) mod row;

use std::collections::HashMap;

use careway_kernel::OrganizationId;
use careway_service::{Error, Result};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder, types::Json};
use uuid::Uuid;

use super::domain::{Owner, OwnerKind, Parties, ServiceLine, refusal::ClaimedAlready};
use crate::{
    benefits::{
        domain::{
            posting::{Posting, Taking},
            refusal::LimitExceeded,
        },
        store::posting::PostingJson,
    },
    seal::Keys,
};
use row::{ServiceLineRow, seal};

/// What is written at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SaveLines<'a> {
    pub(crate) owner: &'a Owner,
    pub(crate) parties: &'a Parties,
    /// New ones, and those that changed; a line that is replaced before what takes its place.
    pub(crate) lines: &'a [ServiceLine],
    /// Lines whose postings are undone first: a claim's are reversed, a pre-authorization's released.
    pub(crate) undone: &'a [Uuid],
    pub(crate) taking: Taking,
    pub(crate) postings: &'a [Posting],
    pub(crate) at: DateTime<Utc>,
}

/// Ends a statement: writes lines, undoes what earlier lines posted and posts what these do, all of it or nothing. Its one
/// value is how many entries the ledger got.
///
/// The visit is locked before, by [`lock_facts`](facts::lock_facts) or on its own: owners, lines and balances are locked
/// after it everywhere, so no two transactions wait for each other.
pub(crate) fn push_save(
    statement: &mut QueryBuilder<Postgres>,
    keys: &Keys,
    save: &SaveLines<'_>,
) -> Result<()> {
    let SaveLines { owner, parties, lines, undone, taking, postings, at } = *save;
    let rows: Vec<ServiceLineRow> =
        lines.iter().map(|line| ServiceLineRow::of(owner, parties, line)).collect();
    let sealed = lines.iter().map(|line| seal(keys, line)).collect::<Result<Vec<_>>>()?;
    let postings: Vec<PostingJson<'_>> = postings.iter().map(Into::into).collect();
    let undo = match owner.kind {
        OwnerKind::Claim => "REVERSE",
        OwnerKind::Preauthorization => "RELEASE",
    };
    statement
        .push(" select save_service_lines(")
        .push_bind(serde_json::to_string(&rows).map_err(Error::internal)?);
    statement.push("::json, ").push_bind(sealed);
    statement.push(", ").push_bind(undo).push(", ").push_bind(undone);
    statement.push(", ").push_bind(taking.as_str());
    statement.push(", ").push_bind(parties.coverage.uuid()).push(", ").push_bind(at);
    statement.push(", ").push_bind(Json(postings)).push(")");
    Ok(())
}

/// Ends a statement: undoes all that an owner's lines posted, once; `active` tells whether they still count. Its one value is
/// how many entries the ledger got.
pub(crate) fn push_undo(
    statement: &mut QueryBuilder<Postgres>,
    (kind, owner): (OwnerKind, Uuid),
    active: bool,
    at: DateTime<Utc>,
) {
    statement.push(" select undo_service_lines(").push_bind(kind.as_str()).push(", ").push_bind(owner);
    statement.push(", ").push_bind(active).push(", ").push_bind(at).push(")");
}

/// The lines that stand of some owners, in their order; only those the party, when one is given, is a party to.
pub(crate) async fn list_lines(
    conn: &mut PgConnection,
    keys: &Keys,
    party: Option<OrganizationId>,
    owners: &[Uuid],
) -> Result<HashMap<Uuid, Vec<ServiceLine>>> {
    let rows: Vec<ServiceLineRow> = sqlx::query_as(
        "select * from service_line where owner_id = any ($1) and replaced_by is null
           and ($2::uuid is null or facility_id = $2 or payer_id = $2)
         order by owner_id, position",
    )
    .bind(owners)
    .bind(party.map(OrganizationId::uuid))
    .fetch_all(conn)
    .await?;
    let mut lines: HashMap<Uuid, Vec<ServiceLine>> = HashMap::new();
    for row in rows {
        lines.entry(row.owner_id).or_default().push(row.open(keys)?);
    }
    Ok(lines)
}

/// What the database refuses of lines. Whoever decided on what was locked for adjudication never hears it.
pub(crate) fn refusal(error: sqlx::Error) -> Error {
    match error.as_database_error().and_then(|refused| refused.constraint()) {
        Some("benefit_balance_within_limit") => LimitExceeded.into(),
        Some("service_line_claimed_once") => ClaimedAlready.into(),
        _ => error.into(),
    }
}
