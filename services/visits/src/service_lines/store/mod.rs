//! Lines of care: read, and written together with what they post to the ledger.

pub(crate) mod facts;
pub(crate) mod json_bytes;
pub(crate) mod row;

use std::collections::HashMap;

use careway_kernel::OrganizationId;
use careway_service::{Error, Kind, Result};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder, types::Json};
use uuid::Uuid;

use super::domain::{CareLine, Owner, OwnerKind, Place};
use crate::{
    benefits::{
        domain::posting::{Posting, Taking},
        store::posting::{PostingJson, limit_exceeded},
    },
    seal::Keys,
};
use row::{CareLineRow, seal};

/// What is written at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keeping<'a> {
    pub(crate) owner: &'a Owner,
    pub(crate) place: &'a Place,
    /// New ones, and those that changed; a line that is replaced before what takes its place.
    pub(crate) lines: &'a [CareLine],
    /// Lines whose postings are undone first: a claim's are reversed, a pre-authorization's released.
    pub(crate) undone: &'a [Uuid],
    pub(crate) taking: Taking,
    pub(crate) postings: &'a [Posting],
    pub(crate) at: DateTime<Utc>,
}

/// Writes an owner with its lines, undoes what earlier lines posted and posts what these do: one statement, all of it or
/// nothing. `head` is the beginning of that statement and writes the owner's own row, like
/// `with head as (insert into claim … returning 1)`; it may be empty. How many entries the ledger got.
///
/// The visit is locked before, by [`lock_care`](crate::service_lines::store::facts::lock_care) or on its own: owners, lines and balances are
/// locked after it everywhere, so no two transactions wait for each other.
pub(crate) async fn keep_lines(
    conn: &mut PgConnection,
    keys: &Keys,
    head: QueryBuilder<Postgres>,
    keeping: &Keeping<'_>,
) -> Result<i32> {
    let Keeping { owner, place, lines, undone, taking, postings, at } = *keeping;
    let rows: Vec<CareLineRow> = lines.iter().map(|line| CareLineRow::of(owner, place, line)).collect();
    let sealed = lines.iter().map(|line| seal(keys, line)).collect::<Result<Vec<_>>>()?;
    let postings: Vec<PostingJson<'_>> = postings.iter().map(Into::into).collect();
    let undo = match owner.kind {
        OwnerKind::Claim => "REVERSE",
        OwnerKind::Preauthorization => "RELEASE",
    };
    let mut statement = head;
    statement.push(" select care_keep(").push_bind(serde_json::to_string(&rows).map_err(Error::internal)?);
    statement.push("::json, ").push_bind(sealed);
    statement.push(", ").push_bind(undo).push(", ").push_bind(undone);
    statement.push(", ").push_bind(taking.as_str());
    statement.push(", ").push_bind(place.coverage.uuid()).push(", ").push_bind(at);
    statement.push(", ").push_bind(Json(postings)).push(")");
    statement.build_query_scalar().fetch_one(conn).await.map_err(refusal)
}

/// Undoes all that an owner's lines posted, once; `active` tells whether they still count. `head` as for [`keep_lines`].
pub(crate) async fn undo_lines(
    conn: &mut PgConnection,
    head: QueryBuilder<Postgres>,
    owner: (OwnerKind, Uuid),
    active: bool,
    at: DateTime<Utc>,
) -> Result<i32> {
    let mut statement = head;
    statement.push(" select care_undo(").push_bind(owner.0.as_str()).push(", ").push_bind(owner.1);
    statement.push(", ").push_bind(active).push(", ").push_bind(at).push(")");
    Ok(statement.build_query_scalar().fetch_one(conn).await?)
}

/// The lines that stand of some owners, in their order; only those the party, when one is given, is a party to.
pub(crate) async fn list_lines(
    conn: &mut PgConnection,
    keys: &Keys,
    party: Option<OrganizationId>,
    owners: &[Uuid],
) -> Result<HashMap<Uuid, Vec<CareLine>>> {
    let rows: Vec<CareLineRow> = sqlx::query_as(
        "select * from care_line where owner_id = any ($1) and replaced_by is null
           and ($2::uuid is null or facility_id = $2 or payer_id = $2)
         order by owner_id, position",
    )
    .bind(owners)
    .bind(party.map(OrganizationId::uuid))
    .fetch_all(conn)
    .await?;
    let mut lines: HashMap<Uuid, Vec<CareLine>> = HashMap::new();
    for row in rows {
        lines.entry(row.owner_id).or_default().push(row.open(keys)?);
    }
    Ok(lines)
}

/// The database's last words: whoever decided on what was locked for adjudication never hears them.
fn refusal(error: sqlx::Error) -> Error {
    match error.as_database_error().and_then(|refused| refused.constraint()) {
        Some("benefit_balance_within_limit") => limit_exceeded(),
        Some("claim_reference_once") => {
            Error::new(Kind::Conflict, "DUPLICATE_CLAIM", "Another claim has this reference.")
        }
        Some("care_line_claimed_once") => {
            Error::new(Kind::Conflict, "CARE_CLAIMED_ALREADY", "Care of this day was claimed already.")
        }
        _ => error.into(),
    }
}
