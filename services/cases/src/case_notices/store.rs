//! The tables `case_notice` and `notice_recipient`.

use careway_service::{Error, Result, Transaction};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use crate::cases::{domain::notices::Raised, store::notice_columns::NoticeColumns};

/// A notice with what it tells of.
#[derive(FromRow)]
pub(super) struct NoticeRow {
    pub(super) notice_id: Uuid,
    pub(super) case_id: Option<Uuid>,
    pub(super) kind: String,
    pub(super) account_id: Option<Uuid>,
    pub(super) permission: Option<String>,
    pub(super) member_of: Option<Uuid>,
    pub(super) inbound_mail_id: Option<Uuid>,
    pub(super) state: String,
    pub(super) message_id: Option<Uuid>,
    pub(super) body: Option<Vec<u8>>,
    pub(super) author_id: Option<Uuid>,
    /// PARTNER or SUPPORT.
    pub(super) side: Option<String>,
    pub(super) stopped_at: Option<DateTime<Utc>>,
    pub(super) paused_until: Option<DateTime<Utc>>,
    pub(super) raised_at: DateTime<Utc>,
}

/// A notice to be sent, by its id.
pub(super) async fn find_notice(conn: &mut PgConnection, id: Uuid) -> Result<Option<NoticeRow>> {
    let notice = sqlx::query_as(
        "select n.notice_id, n.case_id, n.kind, n.account_id, n.permission, n.member_of, n.inbound_mail_id, n.state,
            n.message_id, m.body, m.author_id, m.side, r.stopped_at, r.paused_until, n.raised_at
         from case_notice n
         left join case_message m on m.message_id = n.message_id
         left join notice_recipient r on r.account_id = n.account_id
         where n.notice_id = $1",
    );
    Ok(notice.bind(id).fetch_optional(conn).await?)
}

/// A mail that a recipient knows: a notice to them, or a mail of theirs.
#[derive(FromRow)]
pub(super) struct KnownRow {
    pub(super) id: Uuid,
    pub(super) is_notice: bool,
    /// The sealed Message-ID of a mail of theirs.
    pub(super) message_name: Option<Vec<u8>>,
}

/// The mails of a thread that a notice's recipient knows when it is raised, the oldest first: the first and so many of the newest.
/// These are the notices of the case and of those that it follows up, what they wrote themselves, and the mail that the notice
/// answers. Of one instant a mail came before the notice that tells of it.
pub(super) async fn list_known(
    conn: &mut PgConnection,
    notice: &NoticeRow,
    thread_root: Uuid,
    newest: usize,
) -> Result<Vec<KnownRow>> {
    let known = sqlx::query_as(
        "with thread as (select case_id from support_case where thread_root = $1),
         known as (
            select e.notice_id as id, true as is_notice, null::bytea as message_name, e.raised_at as known_at
            from case_notice e join thread using (case_id)
            where e.account_id = $2 and e.state in ('RAISED', 'SENT') and (e.raised_at, e.notice_id) < ($3, $4)
            union
            select i.inbound_mail_id, false, i.message_name, i.received_at
            from case_message m join thread using (case_id) join inbound_mail i on i.inbound_mail_id = m.inbound_mail_id
            where m.author_id = $2 and i.received_at <= $3
            union
            select inbound_mail_id, false, message_name, received_at from inbound_mail where inbound_mail_id = $5)
         select id, is_notice, message_name
         from (select *, row_number() over (order by known_at, is_notice, id) as place, count(*) over () as count from known) k
         where place = 1 or place > count - $6
         order by place",
    );
    let newest = i64::try_from(newest).map_err(Error::internal)?;
    let known = known.bind(thread_root).bind(notice.account_id).bind(notice.raised_at).bind(notice.notice_id);
    Ok(known.bind(notice.inbound_mail_id).bind(newest).fetch_all(conn).await?)
}

/// Keeps notices that belong to no step of a case.
pub(super) async fn insert_notices(
    conn: &mut PgConnection,
    (case, organization): (Option<Uuid>, Option<Uuid>),
    notices: &Raised,
    now: DateTime<Utc>,
) -> Result<()> {
    let told = NoticeColumns::of(notices);
    sqlx::query(
        "insert into case_notice (notice_id, case_id, organization_id, kind, account_id, permission, member_of, message_id,
             inbound_mail_id, state, raised_at)
         select n.id, $1, $2, n.kind, n.account_id, n.permission, n.member_of, n.message_id, n.answers, 'RAISED', $3
         from unnest($4::uuid[], $5::text[], $6::uuid[], $7::text[], $8::uuid[], $9::uuid[], $10::uuid[])
             as n (id, kind, account_id, permission, member_of, message_id, answers)",
    )
    .bind(case)
    .bind(organization)
    .bind(now)
    .bind(told.ids)
    .bind(told.kinds)
    .bind(told.accounts)
    .bind(told.permissions)
    .bind(told.members_of)
    .bind(told.messages)
    .bind(told.answers)
    .execute(conn)
    .await?;
    Ok(())
}

/// What became of a notice.
#[derive(FromRow)]
pub(super) struct EndedNotice {
    pub(super) case_id: Option<Uuid>,
    pub(super) account_id: Option<Uuid>,
}

/// Keeps what became of a notice; nothing when that is known already.
pub(super) async fn update_ended(
    conn: &mut PgConnection,
    id: Uuid,
    (state, reason): (&str, Option<&str>),
    now: DateTime<Utc>,
) -> Result<Option<EndedNotice>> {
    let ended = sqlx::query_as(
        "update case_notice set state = $2, reason = $3, ended_at = $4
         where notice_id = $1 and (state, reason) is distinct from ($2, $3)
         returning case_id, account_id",
    );
    Ok(ended.bind(id).bind(state).bind(reason).bind(now).fetch_optional(conn).await?)
}

/// What was raised until an instant and is still to be sent to a person of an organization, or to all of its people, is sent no
/// more.
pub(super) async fn update_withdrawn(
    tx: &mut Transaction,
    organization: Uuid,
    account: Option<Uuid>,
    until: DateTime<Utc>,
) -> Result<()> {
    let now = tx.now();
    sqlx::query(
        "update case_notice set state = 'WITHDRAWN', reason = 'ACCESS_ENDED', ended_at = $3
         where state = 'RAISED' and raised_at <= $4 and account_id is not null and ($2::uuid is null or account_id = $2)
           and coalesce(member_of, (select organization_id from organization_ref where kind = 'PLATFORM' limit 1)) = $1",
    )
    .bind(organization)
    .bind(account)
    .bind(now)
    .bind(until)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Somebody who is not written to.
#[derive(FromRow, Default)]
pub(super) struct RecipientRow {
    pub(super) stopped_at: Option<DateTime<Utc>>,
    pub(super) stopped_for: Option<String>,
    pub(super) paused_until: Option<DateTime<Utc>>,
}

/// Whether an account is written to.
pub(super) async fn find_recipient(conn: &mut PgConnection, account: Uuid) -> Result<Option<RecipientRow>> {
    let row = sqlx::query_as(
        "select stopped_at, stopped_for, paused_until from notice_recipient where account_id = $1",
    );
    Ok(row.bind(account).fetch_optional(conn).await?)
}

/// An account is written to no more.
pub(super) async fn insert_stop(
    conn: &mut PgConnection,
    account: Uuid,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into notice_recipient (account_id, stopped_at, stopped_for) values ($1, $2, $3)
         on conflict (account_id) do update set
             stopped_at = coalesce(notice_recipient.stopped_at, excluded.stopped_at),
             stopped_for = coalesce(notice_recipient.stopped_for, excluded.stopped_for)",
    )
    .bind(account)
    .bind(now)
    .bind(reason)
    .execute(conn)
    .await?;
    Ok(())
}

/// An account is written to again.
pub(super) async fn update_resumed(conn: &mut PgConnection, account: Uuid) -> Result<()> {
    sqlx::query("update notice_recipient set stopped_at = null, stopped_for = null where account_id = $1")
        .bind(account)
        .execute(conn)
        .await?;
    Ok(())
}

/// An account is written to no more until then.
pub(super) async fn insert_pause(conn: &mut PgConnection, account: Uuid, until: DateTime<Utc>) -> Result<()> {
    sqlx::query(
        "insert into notice_recipient (account_id, paused_until) values ($1, $2)
         on conflict (account_id) do update set paused_until = excluded.paused_until",
    )
    .bind(account)
    .bind(until)
    .execute(conn)
    .await?;
    Ok(())
}
