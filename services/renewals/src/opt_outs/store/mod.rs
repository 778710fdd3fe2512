//! The table `opt_out`, and whose contacts it is about.

pub(super) mod replies;

use careway_kernel::{OptOutId, OrganizationId, ParticipantId};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::domain::{OptOut, REMINDER, Source, State};
use crate::messages::Channel;

/// Which opt-outs an organization sees, newest first.
#[derive(Debug, Clone)]
pub(super) struct OptOutFilter {
    pub(super) organization: OrganizationId,
    pub(super) state: Option<State>,
    pub(super) participant: Option<ParticipantId>,
    /// Older than this one.
    pub(super) before: Option<OptOutId>,
    pub(super) limit: i64,
}

/// Where a participant is reached by a channel, by its keyed hash.
pub(super) struct Contact {
    pub(super) authority: OrganizationId,
    pub(super) index: Option<Vec<u8>>,
}

/// Whom a reminder went to.
pub(super) struct Reminded {
    pub(super) authority: OrganizationId,
    pub(super) channel: Channel,
    pub(super) index: Vec<u8>,
}

#[derive(FromRow)]
struct OptOutRow {
    opt_out_id: Uuid,
    authority_id: Uuid,
    participant_id: Option<Uuid>,
    channel: String,
    state: String,
    source: String,
    answer: Option<Vec<u8>>,
    created_at: DateTime<Utc>,
}

impl TryFrom<OptOutRow> for OptOut {
    type Error = Error;

    fn try_from(row: OptOutRow) -> Result<Self> {
        Ok(Self {
            id: OptOutId::from_uuid(row.opt_out_id),
            authority: OrganizationId::from_uuid(row.authority_id),
            participant: row.participant_id.map(ParticipantId::from_uuid),
            channel: Channel::parse(&row.channel),
            state: one_of("opt_out.state", &row.state, &State::ALL, State::as_str)?,
            source: one_of("opt_out.source", &row.source, &Source::ALL, Source::as_str)?,
            answer: row.answer,
            created_at: row.created_at,
        })
    }
}

/// Where messages of a channel go to a participant of the organization.
pub(super) async fn find_contact(
    conn: &mut PgConnection,
    organization: OrganizationId,
    participant: ParticipantId,
    channel: Channel,
) -> Result<Option<Contact>> {
    let found: Option<(Uuid, Option<Vec<u8>>)> = sqlx::query_as(
        "select authority_id, case when $3 = 'EMAIL' then email_index else coalesce(mobile_index, phone_index) end
         from participant where participant_id = $1 and (agency_id = $2 or authority_id = $2)",
    )
    .bind(participant.uuid())
    .bind(organization.uuid())
    .bind(channel.as_str())
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|(authority, index)| Contact { authority: OrganizationId::from_uuid(authority), index }))
}

/// Whom a reminder went to, if it went out.
pub(super) async fn find_reminded(conn: &mut PgConnection, recipient: Uuid) -> Result<Option<Reminded>> {
    let found: Option<(Uuid, String, Vec<u8>)> = sqlx::query_as(
        "select c.authority_id, c.channel, r.contact_index
         from reminder_recipient r join reminder_campaign c on c.campaign_id = r.campaign_id
         where r.recipient_id = $1 and r.contact_index is not null",
    )
    .bind(recipient)
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|(authority, channel, index)| Reminded {
        authority: OrganizationId::from_uuid(authority),
        channel: Channel::parse(&channel),
        index,
    }))
}

/// Notes an opt-out, or that an answer which was to be read is one: which it is then. None when it held already.
pub(super) async fn upsert_opt_out(
    conn: &mut PgConnection,
    opt_out: &OptOut,
    index: &[u8],
    by: &str,
) -> Result<Option<OptOutId>> {
    let noted: Option<Uuid> = sqlx::query_scalar(
        "insert into opt_out (opt_out_id, authority_id, contact_index, channel, purpose, state, source, answer,
            created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict on constraint opt_out_once do update
            set state = excluded.state, source = excluded.source, answer = excluded.answer,
                created_by = excluded.created_by, created_at = excluded.created_at
            where opt_out.state = 'REVIEW' and excluded.state = 'ACTIVE'
         returning opt_out_id",
    )
    .bind(opt_out.id.uuid())
    .bind(opt_out.authority.uuid())
    .bind(index)
    .bind(opt_out.channel.as_str())
    .bind(REMINDER)
    .bind(opt_out.state.as_str())
    .bind(opt_out.source.as_str())
    .bind(opt_out.answer.as_deref())
    .bind(by)
    .bind(opt_out.created_at)
    .fetch_optional(conn)
    .await?;
    Ok(noted.map(OptOutId::from_uuid))
}

/// The opt-out that holds already for the same contact.
pub(super) async fn get_opt_out(conn: &mut PgConnection, same: &OptOut, index: &[u8]) -> Result<OptOut> {
    let row: OptOutRow = sqlx::query_as(
        "select opt_out_id, authority_id, $5::uuid as participant_id, channel, state, source, answer, created_at
         from opt_out where authority_id = $1 and contact_index = $2 and channel = $3 and purpose = $4",
    )
    .bind(same.authority.uuid())
    .bind(index)
    .bind(same.channel.as_str())
    .bind(REMINDER)
    .bind(same.participant.map(ParticipantId::uuid))
    .fetch_one(conn)
    .await?;
    row.try_into()
}

/// Takes an opt-out of the organization back; whether there was one.
pub(super) async fn delete_opt_out(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: OptOutId,
) -> Result<bool> {
    let done = sqlx::query(
        "delete from opt_out o where o.opt_out_id = $1 and (o.authority_id = $2 or exists (
             select from participant p
             where p.authority_id = o.authority_id and p.agency_id = $2
               and (p.mobile_index = o.contact_index or p.phone_index = o.contact_index
                    or p.email_index = o.contact_index)))",
    )
    .bind(id.uuid())
    .bind(organization.uuid())
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// A page of opt-outs, each with somebody whom the organization has.
pub(super) async fn list_opt_outs(conn: &mut PgConnection, filter: &OptOutFilter) -> Result<Vec<OptOut>> {
    let rows: Vec<OptOutRow> = sqlx::query_as(
        "select o.opt_out_id, o.authority_id, somebody.participant_id, o.channel, o.state, o.source, o.answer,
                o.created_at
         from opt_out o
         left join lateral (
             select p.participant_id from participant p
             where p.authority_id = o.authority_id and (p.agency_id = $1 or p.authority_id = $1)
               and ($3::uuid is null or p.participant_id = $3)
               and (p.mobile_index = o.contact_index or p.phone_index = o.contact_index
                    or p.email_index = o.contact_index)
             order by p.participant_id limit 1) somebody on true
         where (o.authority_id = $1 or somebody.participant_id is not null)
           and ($3::uuid is null or somebody.participant_id is not null)
           and ($2::text is null or o.state = $2) and ($4::uuid is null or o.opt_out_id < $4)
         order by o.opt_out_id desc limit $5",
    )
    .bind(filter.organization.uuid())
    .bind(filter.state.map(State::as_str))
    .bind(filter.participant.map(ParticipantId::uuid))
    .bind(filter.before.map(OptOutId::uuid))
    .bind(filter.limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}
