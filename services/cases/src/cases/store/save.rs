//! A step of a case, kept: one statement, whatever the step has.

use careway_service::{NotWritten, OnConstraint, Result};
use sqlx::PgConnection;

use super::{
    parts::Parts,
    row::{write_answers, write_identifiers},
    told::write_told,
};
use crate::{
    case_keys::{CaseKeys, Column},
    cases::domain::{
        Case, Role,
        notices::Raised,
        search::{key, query, words},
        step::Step,
    },
    cases::store::notice_columns::NoticeColumns,
};

/// Somebody else followed the closed case up in the same moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FollowedUp;

/// A new case, with all that its first step has; and the case that it follows up, which learns of it.
pub(crate) async fn insert_case(
    conn: &mut PgConnection,
    keys: &CaseKeys,
    step: &Step,
    notices: &Raised,
    parent: Option<&Step>,
) -> Result<(), NotWritten<FollowedUp>> {
    let case = &step.case;
    let parts = Parts::of(keys, step)?.with_history(keys, parent)?;
    let told = NoticeColumns::of(notices);
    let answers = write_answers(&case.answers)?;
    let answers = answers.map(|answers| keys.seal(Column::Answers, case.id.uuid(), &answers)).transpose()?;
    sqlx::query(
        "with opened as (
            insert into support_case (case_id, number, organization_id, kind, topic, form_version, severity, state, channel,
                subject, answers, identifiers, identifier_keys, external_id, requester_id, opened_by, follow_up_of,
                thread_root, opened_at, updated_at, state_since, due_at, warn_at, clock_tells_at,
                clock_basis, search, version)
            values ($1, $15, $2, $16, $17, $18, $19, $20, $4, $21, $22, $23, $24, $25, $26, $3, $27, $28, $5, $5, $5, $29,
                $40, $41, $42, array_to_tsvector($30), 1)),
         said as (
            insert into case_message (message_id, case_id, organization_id, internal, side, channel, author_id, written_by,
                body, inbound_mail_id, written_at, search)
            select m.id, $1, $2, m.internal, $6, $4, $7, $3, m.body, m.mail, $5, array_to_tsvector(string_to_array(m.words, ' '))
            from unnest($8::uuid[], $9::bool[], $10::bytea[], $11::uuid[], $12::text[]) as m (id, internal, body, mail, words)),
         joined as (
            insert into case_participant (case_id, account_id, role, organization_id, member_of, added_by, added_at)
            select $1, p.account_id, p.role, $2, p.member_of, $3, $5
            from unnest($13::uuid[], $14::text[], $31::uuid[]) as p (account_id, role, member_of)),
         parent as (update support_case set version = $38, updated_at = $5 where case_id = $37),
         noticed as (
            insert into case_notice (notice_id, case_id, organization_id, kind, account_id, permission, member_of, message_id,
                inbound_mail_id, state, raised_at)
            select n.id, $1, $2, n.kind, n.account_id, n.permission, n.member_of, n.message_id, n.answers, 'RAISED', $5
            from unnest($43::uuid[], $44::text[], $45::uuid[], $46::text[], $47::uuid[], $48::uuid[], $49::uuid[])
                as n (id, kind, account_id, permission, member_of, message_id, answers))
         insert into case_history (case_id, organization_id, internal, change, actor, channel, seal_id, before, after, happened_at)
         select h.case_id, $2, h.internal, h.change, $3, $4, h.id, h.before, h.after, $5
         from unnest($32::uuid[], $33::bool[], $34::text[], $35::bytea[], $36::bytea[], $39::uuid[])
            with ordinality as h (id, internal, change, before, after, case_id, place) order by h.place",
    )
    .bind(case.id.uuid())
    .bind(case.organization.id.uuid())
    .bind(&step.by.subject)
    .bind(step.by.channel.as_str())
    .bind(step.at)
    .bind(step.by.side.as_str())
    .bind(step.by.account.map(|account| account.uuid()))
    .bind(parts.message_ids)
    .bind(parts.internals)
    .bind(parts.bodies)
    .bind(parts.mails)
    .bind(parts.words)
    .bind(parts.joined)
    .bind(parts.joined_roles)
    .bind(&case.number)
    .bind(case.kind.as_str())
    .bind(&case.topic)
    .bind(case.form_version)
    .bind(case.severity.as_str())
    .bind(case.state.as_str())
    .bind(keys.seal(Column::Subject, case.id.uuid(), &case.subject)?)
    .bind(answers)
    .bind(write_identifiers(&case.identifiers))
    .bind(identifier_keys(case))
    .bind(&case.external_id)
    .bind(case.requester.map(|account| account.uuid()))
    .bind(case.follow_up_of.as_ref().map(|link| link.id.uuid()))
    .bind(case.thread_root.uuid())
    .bind(case.due.due_at)
    .bind(words(case.subject.expose()).into_iter().collect::<Vec<_>>())
    .bind(parts.joined_of)
    .bind(parts.history_ids)
    .bind(parts.history_internals)
    .bind(parts.changes)
    .bind(parts.befores)
    .bind(parts.afters)
    .bind(parent.map(|parent| parent.case.id.uuid()))
    .bind(parent.map(|parent| parent.case.version))
    .bind(parts.history_cases)
    .bind(case.due.warn_at)
    .bind(case.due.tell_at)
    .bind(case.clock_basis)
    .bind(told.ids)
    .bind(told.kinds)
    .bind(told.accounts)
    .bind(told.permissions)
    .bind(told.members_of)
    .bind(told.messages)
    .bind(told.answers)
    .execute(conn)
    .await
    .on_constraint("support_case_follow_up_open", || FollowedUp)?;
    Ok(())
}

/// A case after a step, with all that the step has.
pub(crate) async fn update_case(
    conn: &mut PgConnection,
    keys: &CaseKeys,
    step: &Step,
    notices: &Raised,
) -> Result<()> {
    let case = &step.case;
    let parts = Parts::of(keys, step)?;
    let told = NoticeColumns::of(notices);
    sqlx::query(
        "with changed as (
            update support_case set topic = $15, severity = $16, state = $17, subject = $18, identifiers = $19,
                identifier_keys = $20, external_id = $21, assignee_id = $22, updated_at = $23, state_since = $24,
                solved_at = $25, closed_at = $26, reminders = $27, wakes_at = $28, due_at = $29,
                warn_at = $41, clock_tells_at = $42, clock_basis = $43, answered_at = $44, unanswered_since = $45,
                clock_pauses = $46, clocks_told = $47,
                search = array_to_tsvector($30), version = $37
            where case_id = $1),
         said as (
            insert into case_message (message_id, case_id, organization_id, internal, side, channel, author_id, written_by,
                body, inbound_mail_id, written_at, search)
            select m.id, $1, $2, m.internal, $6, $4, $7, $3, m.body, m.mail, $5, array_to_tsvector(string_to_array(m.words, ' '))
            from unnest($8::uuid[], $9::bool[], $10::bytea[], $11::uuid[], $12::text[]) as m (id, internal, body, mail, words)),
         joined as (
            insert into case_participant (case_id, account_id, role, organization_id, member_of, added_by, added_at)
            select $1, p.account_id, p.role, $2, p.member_of, $3, $5
            from unnest($13::uuid[], $14::text[], $31::uuid[]) as p (account_id, role, member_of)
            on conflict do nothing),
         gone as (
            delete from case_participant g using unnest($38::uuid[], $39::text[]) as l (account_id, role)
            where g.case_id = $1 and g.account_id = l.account_id and g.role = l.role),
         redacted as (
            update case_message set body = null, search = '', redacted_at = $5, redacted_by = $3
            where case_id = $1 and message_id = $40
            returning inbound_mail_id),
         unread as (
            update inbound_mail set raw = null, summary = null
            where inbound_mail_id in (select inbound_mail_id from redacted)),
         unkept as (
            delete from mail_original where inbound_mail_id in (select inbound_mail_id from redacted)),
         emptied as (
            update case_attachment set availability = 'REDACTED', sealed_file_name = null, key_id = null, sealed_key = null
            where message_id = $40),
         noticed as (
            insert into case_notice (notice_id, case_id, organization_id, kind, account_id, permission, member_of, message_id,
                inbound_mail_id, state, raised_at)
            select n.id, $1, $2, n.kind, n.account_id, n.permission, n.member_of, n.message_id, n.answers, 'RAISED', $5
            from unnest($48::uuid[], $49::text[], $50::uuid[], $51::text[], $52::uuid[], $53::uuid[], $54::uuid[])
                as n (id, kind, account_id, permission, member_of, message_id, answers))
         insert into case_history (case_id, organization_id, internal, change, actor, channel, seal_id, before, after, happened_at)
         select $1, $2, h.internal, h.change, $3, $4, h.id, h.before, h.after, $5
         from unnest($32::uuid[], $33::bool[], $34::text[], $35::bytea[], $36::bytea[])
            with ordinality as h (id, internal, change, before, after, place) order by h.place",
    )
    .bind(case.id.uuid())
    .bind(case.organization.id.uuid())
    .bind(&step.by.subject)
    .bind(step.by.channel.as_str())
    .bind(step.at)
    .bind(step.by.side.as_str())
    .bind(step.by.account.map(|account| account.uuid()))
    .bind(parts.message_ids)
    .bind(parts.internals)
    .bind(parts.bodies)
    .bind(parts.mails)
    .bind(parts.words)
    .bind(parts.joined)
    .bind(parts.joined_roles)
    .bind(&case.topic)
    .bind(case.severity.as_str())
    .bind(case.state.as_str())
    .bind(keys.seal(Column::Subject, case.id.uuid(), &case.subject)?)
    .bind(write_identifiers(&case.identifiers))
    .bind(identifier_keys(case))
    .bind(&case.external_id)
    .bind(case.assignee.map(|account| account.uuid()))
    .bind(case.updated_at)
    .bind(case.state_since)
    .bind(case.solved_at)
    .bind(case.closed_at)
    .bind(case.reminders)
    .bind(case.wakes_at)
    .bind(case.due.due_at)
    .bind(words(case.subject.expose()).into_iter().collect::<Vec<_>>())
    .bind(parts.joined_of)
    .bind(parts.history_ids)
    .bind(parts.history_internals)
    .bind(parts.changes)
    .bind(parts.befores)
    .bind(parts.afters)
    .bind(case.version)
    .bind(step.left.iter().map(|(account, _)| account.uuid()).collect::<Vec<_>>())
    .bind(step.left.iter().map(|(_, role)| Role::as_str(*role)).collect::<Vec<_>>())
    .bind(step.redacted.map(|message| message.uuid()))
    .bind(case.due.warn_at)
    .bind(case.due.tell_at)
    .bind(case.clock_basis)
    .bind(case.clocks.answered_at)
    .bind(case.clocks.unanswered_since)
    .bind(&case.clocks.pauses)
    .bind(write_told(&case.clocks.told))
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

/// What a case is found by whole.
fn identifier_keys(case: &Case) -> Vec<String> {
    case.identifiers.iter().map(|one| key(&one.value)).chain(case.external_id.as_deref().map(key)).collect()
}

/// A question in Postgres' own notation, each word in one of its forms; nothing when there is no word.
pub(super) fn tsquery(text: &str) -> Option<String> {
    let quoted = |word: &String| format!("'{}'", word.replace('\\', "\\\\").replace('\'', "''"));
    let parts = |form: &Vec<String>| form.iter().map(quoted).collect::<Vec<_>>().join(" & ");
    let word =
        |forms: &Vec<Vec<String>>| format!("({})", forms.iter().map(parts).collect::<Vec<_>>().join(" | "));
    let words: Vec<_> = query(text).iter().map(word).collect();
    (!words.is_empty()).then(|| words.join(" & "))
}
