//! Pre-authorizations in Postgres: found, locked, listed; and how their own rows are written.
//!
//! A row is written in the statement that keeps its lines, or alone. Visits are locked before their
//! pre-authorizations, and these before the balances.

pub(crate) mod facts;
pub(crate) mod question;
mod row;

use careway_kernel::{OrganizationId, PreauthorizationId, VisitId};
use careway_service::Result;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder, types::Json};
use uuid::Uuid;

use super::domain::{Preauthorization, State, Urgency};
use crate::{
    benefits::domain::posting::{Posting, Taking},
    payer_rules::domain::ClaimRules,
    seal::Keys,
    service_lines::{
        self,
        domain::{Owner, OwnerKind, Parties, ServiceLine},
        store::{SaveLines, push_save, push_undo},
    },
};
use row::{COLUMNS, PreauthorizationRow};

/// Which pre-authorizations of a party, newest first.
#[derive(Debug, Clone)]
pub(crate) struct PreauthorizationFilter {
    pub(crate) party: OrganizationId,
    pub(crate) state: Option<State>,
    pub(crate) visit: Option<VisitId>,
    pub(crate) member_number_hash: Option<Vec<u8>>,
    pub(crate) number: Option<String>,
    pub(crate) urgency: Option<Urgency>,
    /// Only those whose payer is late by now.
    pub(crate) overdue_at: Option<DateTime<Utc>>,
    /// Older than this one.
    pub(crate) before: Option<PreauthorizationId>,
    pub(crate) limit: i64,
}

/// A pre-authorization, locked, and what bears on it.
pub(crate) struct Locked {
    pub(crate) preauthorization: Preauthorization,
    /// The member disputes its visit.
    pub(crate) disputed: bool,
    /// How long the payer gives for an answer.
    pub(crate) answer_within: Duration,
}

#[derive(FromRow)]
struct Row {
    header: Json<PreauthorizationRow>,
}

impl Row {
    fn parse(self) -> Result<Preauthorization> {
        self.header.0.try_into()
    }
}

/// A pre-authorization that the organization is a party to. A payer knows of none before it is sent.
pub(crate) async fn find_preauthorization(
    conn: &mut PgConnection,
    id: PreauthorizationId,
    party: OrganizationId,
) -> Result<Option<Preauthorization>> {
    let row: Option<Row> = sqlx::query_as(
        "select to_jsonb(p) as header from preauthorization p
         where p.preauthorization_id = $1 and (p.facility_id = $2 or (p.payer_id = $2 and p.state <> 'DRAFT'))",
    )
    .bind(id.uuid())
    .bind(party.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(Row::parse).transpose()
}

/// Locks a visit and a pre-authorization of it that the organization is a party to.
pub(crate) async fn lock_preauthorization(
    conn: &mut PgConnection,
    id: PreauthorizationId,
    party: OrganizationId,
) -> Result<Option<Locked>> {
    let row: Option<(Json<PreauthorizationRow>, bool, Option<i32>)> = sqlx::query_as(
        "select to_jsonb(p), v.disputed,
            (select r.information_hours from payer_claim_rules r where r.payer_id = p.payer_id)
         from (select * from visit where visit_id = (
            select visit_id from preauthorization where preauthorization_id = $1) for update) v
         join preauthorization p using (visit_id)
         where p.preauthorization_id = $1 and (p.facility_id = $2 or (p.payer_id = $2 and p.state <> 'DRAFT'))
         for update of p",
    )
    .bind(id.uuid())
    .bind(party.uuid())
    .fetch_optional(conn)
    .await?;
    let Some((header, disputed, hours)) = row else { return Ok(None) };
    let hours = hours.unwrap_or_else(|| ClaimRules::default().information_hours.into());
    let answer_within = Duration::hours(hours.into());
    Ok(Some(Locked { preauthorization: header.0.try_into()?, disputed, answer_within }))
}

/// Locks what can be cancelled of a visit that is locked.
pub(crate) async fn lock_cancellable(
    conn: &mut PgConnection,
    visit: VisitId,
) -> Result<Vec<Preauthorization>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select to_jsonb(p) as header from preauthorization p where p.visit_id = $1 and p.state in
            ('DRAFT', 'PENDED', 'INFORMATION_REQUESTED', 'APPROVED', 'PARTIALLY_APPROVED')
         order by p.preauthorization_id for update",
    )
    .bind(visit.uuid())
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::parse).collect()
}

/// Locks those that these lines belong to; with the numbers of the lines that claims have used up, of each.
pub(crate) async fn lock_used(
    conn: &mut PgConnection,
    lines: &[Uuid],
) -> Result<Vec<(Preauthorization, Vec<u16>)>> {
    let rows: Vec<(Json<PreauthorizationRow>, Vec<i32>)> = sqlx::query_as(
        "select to_jsonb(p), array(
            select l.position from service_line l
            where l.owner_id = p.preauthorization_id and l.active and l.approved_quantity <= (
                select sum(d.approved_quantity) from service_line d where d.approval_id = l.line_id and d.active))
         from preauthorization p
         where p.preauthorization_id in (
            select l.owner_id from service_line l where l.line_id = any ($1) and l.owner_kind = 'PREAUTHORIZATION')
         order by p.preauthorization_id for update",
    )
    .bind(lines)
    .fetch_all(conn)
    .await?;
    let used = |(header, used_up): (Json<PreauthorizationRow>, Vec<i32>)| {
        let used_up = used_up.into_iter().filter_map(|sequence| u16::try_from(sequence).ok());
        Ok((header.0.try_into()?, used_up.collect()))
    };
    rows.into_iter().map(used).collect()
}

/// What a message says of a pre-authorization.
#[derive(sqlx::FromRow)]
pub(crate) struct Notice {
    pub(crate) number: String,
    pub(crate) state: String,
    pub(crate) facility_name: Option<String>,
    pub(crate) payer_name: Option<String>,
    /// Day and minute in the reader's zone.
    pub(crate) due: Option<String>,
}

/// What a message to this organization's people says of a pre-authorization, for Careway itself.
pub(crate) async fn find_notice(
    conn: &mut PgConnection,
    id: PreauthorizationId,
    reader: Option<OrganizationId>,
) -> Result<Option<Notice>> {
    let notice = sqlx::query_as(
        "select p.number, p.state, f.name as facility_name, i.name as payer_name, \
         to_char(p.due_at at time zone coalesce(r.time_zone, 'UTC'), 'YYYY-MM-DD HH24:MI') as due \
         from preauthorization p \
         left join organization_ref f on f.organization_id = p.facility_id \
         left join organization_ref i on i.organization_id = p.payer_id \
         left join organization_ref r on r.organization_id = $2 where p.preauthorization_id = $1",
    );
    Ok(notice.bind(id.uuid()).bind(reader.map(OrganizationId::uuid)).fetch_optional(conn).await?)
}

/// How much claims have taken of each line, in thousandths; nothing of those that are missing.
pub(crate) async fn list_taken(conn: &mut PgConnection, of: PreauthorizationId) -> Result<Vec<(Uuid, i64)>> {
    let taken = sqlx::query_as(
        "select l.line_id, sum(d.approved_quantity)::bigint
         from service_line l join service_line d on d.approval_id = l.line_id and d.active
         where l.owner_id = $1 group by l.line_id",
    );
    Ok(taken.bind(of.uuid()).fetch_all(conn).await?)
}

/// A page of a party's pre-authorizations, and one more when there is one.
pub(crate) async fn list_preauthorizations(
    conn: &mut PgConnection,
    filter: &PreauthorizationFilter,
) -> Result<Vec<Preauthorization>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select to_jsonb(p) as header from preauthorization p
         where (p.facility_id = $1 or (p.payer_id = $1 and p.state <> 'DRAFT'))
           and ($2::text is null or p.state = $2)
           and ($3::uuid is null or p.visit_id = $3)
           and ($4::bytea is null or p.member_number_hash = $4)
           and ($5::text is null or p.number = $5)
           and ($6::text is null or p.urgency = $6)
           and ($7::timestamptz is null or (p.state = 'PENDED' and p.due_at <= $7))
           and ($8::uuid is null or p.preauthorization_id < $8)
         order by p.preauthorization_id desc limit $9",
    )
    .bind(filter.party.uuid())
    .bind(filter.state.map(State::as_str))
    .bind(filter.visit.map(VisitId::uuid))
    .bind(filter.member_number_hash.as_deref())
    .bind(filter.number.as_deref())
    .bind(filter.urgency.map(Urgency::as_str))
    .bind(filter.overdue_at)
    .bind(filter.before.map(PreauthorizationId::uuid))
    .bind(filter.limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::parse).collect()
}

/// Locks those whose clock has something to say, leaving those that another replica holds.
pub(crate) async fn lock_waiting(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Preauthorization>> {
    // Each half has its index: who is to be warned, and whose time is over.
    let rows: Vec<Row> = sqlx::query_as(
        "select to_jsonb(p) as header from preauthorization p where p.preauthorization_id in (
            (select preauthorization_id from preauthorization
             where state in ('PENDED', 'INFORMATION_REQUESTED') and warned_at is null and warn_at <= $1 and due_at > $1
             order by warn_at limit $2)
            union all
            (select preauthorization_id from preauthorization
             where (state = 'INFORMATION_REQUESTED' or (state = 'PENDED' and escalated_at is null)) and due_at <= $1
             order by due_at limit $2))
         limit $2 for update skip locked",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::parse).collect()
}

/// Locks those whose last day has passed where their facility is, and their visits; each with the day it is there.
pub(crate) async fn lock_ended(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<(Preauthorization, NaiveDate)>> {
    // No place is further ahead than fourteen hours: the index finds those that can have ended anywhere.
    let rows: Vec<(Json<PreauthorizationRow>, NaiveDate)> = sqlx::query_as(
        "select to_jsonb(p), here.today
         from preauthorization p
         join visit v using (visit_id)
         cross join lateral (
            select ($1 at time zone coalesce((
                select o.time_zone from organization_ref o where o.organization_id = p.facility_id), 'UTC'))::date as today
         ) here
         where (p.state in ('APPROVED', 'PARTIALLY_APPROVED') or (p.state = 'USED' and not p.released))
           and p.valid_to < (($1 at time zone 'UTC') + interval '14 hours')::date and p.valid_to < here.today
         order by p.valid_to limit $2 for update of v, p skip locked",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|(header, today)| Ok((header.0.try_into()?, today))).collect()
}

/// What a command made of a pre-authorization.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SavePreauthorization<'a> {
    pub(crate) preauthorization: &'a Preauthorization,
    pub(crate) is_new: bool,
    /// New ones, and those that changed; a line that is replaced before what takes its place.
    pub(crate) lines: &'a [ServiceLine],
    /// Lines that hold nothing any more.
    pub(crate) released: &'a [Uuid],
    pub(crate) postings: &'a [Posting],
}

/// Writes a pre-authorization with its lines and what they hold: one statement, all of it or nothing. Whoever changes one has
/// locked it.
pub(crate) async fn save(
    conn: &mut PgConnection,
    keys: &Keys,
    save: SavePreauthorization<'_>,
    at: DateTime<Utc>,
) -> Result<()> {
    let SavePreauthorization { preauthorization: it, is_new, lines, released, postings } = save;
    let mut statement = QueryBuilder::new("with head as (");
    let push = if is_new { push_insert } else { push_update };
    push(&mut statement, it);
    statement.push(" returning 1)");
    let owner =
        Owner { kind: OwnerKind::Preauthorization, id: it.id.uuid(), number: Some(it.number.clone()) };
    let parties = Parties {
        payer: it.payer,
        facility: it.facility,
        visit: it.visit,
        member: it.member,
        coverage: it.coverage,
    };
    let lines = SaveLines {
        owner: &owner,
        parties: &parties,
        lines,
        undone: released,
        taking: Taking::Reserve,
        postings,
        at,
    };
    push_save(&mut statement, keys, &lines)?;
    statement.build().execute(conn).await.map_err(service_lines::store::refusal)?;
    Ok(())
}

/// Writes one that ended: what its lines hold is free again; `active` tells whether they still allow anything.
pub(crate) async fn update_ended(
    conn: &mut PgConnection,
    preauthorization: &Preauthorization,
    active: bool,
    at: DateTime<Utc>,
) -> Result<()> {
    let mut statement = QueryBuilder::new("with head as (");
    push_update(&mut statement, preauthorization);
    statement.push(" returning 1)");
    push_undo(&mut statement, (OwnerKind::Preauthorization, preauthorization.id.uuid()), active, at);
    statement.build().execute(conn).await?;
    Ok(())
}

/// Keeps the row as it is now.
pub(crate) async fn update_preauthorization(
    conn: &mut PgConnection,
    preauthorization: &Preauthorization,
) -> Result<()> {
    let mut statement = QueryBuilder::new("");
    push_update(&mut statement, preauthorization);
    statement.build().execute(conn).await?;
    Ok(())
}

/// Makes the row.
pub(crate) fn push_insert(statement: &mut QueryBuilder<Postgres>, preauthorization: &Preauthorization) {
    statement.push("insert into preauthorization (").push(COLUMNS).push(") select ").push(COLUMNS);
    statement.push(" from jsonb_populate_record(null::preauthorization, ");
    statement.push_bind(Json(PreauthorizationRow::from(preauthorization))).push(")");
}

/// Keeps the row as it is now. Whoever changes it has locked it.
fn push_update(statement: &mut QueryBuilder<Postgres>, preauthorization: &Preauthorization) {
    statement.push(
        "update preauthorization p set version = r.version, state = r.state, sealed_justification = r.sealed_justification,
            document_ids = r.document_ids, submitted_at = r.submitted_at, due_at = r.due_at, warn_at = r.warn_at,
            warned_at = r.warned_at, stopped_with = r.stopped_with, escalated_at = r.escalated_at,
            questions = r.questions, unanswered = r.unanswered, decided_at = r.decided_at, decided_by = r.decided_by,
            valid_from = r.valid_from, valid_to = r.valid_to, released = r.released, cancelled_at = r.cancelled_at,
            cancel_reason = r.cancel_reason, totals = r.totals, lines = r.lines
         from jsonb_populate_record(null::preauthorization, ",
    );
    statement.push_bind(Json(PreauthorizationRow::from(preauthorization)));
    statement.push(") r where p.preauthorization_id = r.preauthorization_id");
}
