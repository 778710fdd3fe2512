//! What a mail's hints find, and how often its author wrote: one statement.

use careway_kernel::{CaseId, OrganizationId};
use careway_service::{Call, Result, scoped_query};
use chrono::TimeDelta;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    App,
    case_notices::OwnId,
    inbound_mail::{
        domain::{
            fingerprint,
            outcome::{Answer, FoundCase, Frequency},
        },
        received::Received,
    },
};

/// Automatic mails to one address in three hours.
const MOST_ANSWERS: i64 = 10;

/// A case that a hint finds; the last row is that of no case.
pub(crate) struct Match {
    pub(crate) case: Option<FoundCase>,
    /// What the hint says.
    pub(crate) value: String,
    pub(crate) is_number: bool,
    pub(crate) is_mention: bool,
    pub(crate) duplicate_of: Option<Uuid>,
    pub(crate) duplicate_case: Option<CaseId>,
    pub(crate) frequency: Frequency,
    answers: i64,
    answered_today: bool,
}

impl Match {
    /// By which the mail is known when it comes again.
    pub(crate) fn matched_id(&self) -> Uuid {
        self.case.as_ref().map_or(Uuid::nil(), |case| case.id.uuid())
    }

    /// Whether one more automatic mail may go to the author.
    pub(crate) fn may_be_answered(&self) -> bool {
        self.answers < MOST_ANSWERS && !self.answered_today
    }
}

#[derive(FromRow)]
struct Row {
    position: i64,
    kind: String,
    value: String,
    case_id: Option<Uuid>,
    organization_id: Option<Uuid>,
    is_closed: Option<bool>,
    follow_up_id: Option<Uuid>,
    duplicate_of: Option<Uuid>,
    duplicate_case: Option<Uuid>,
    same_words: i64,
    within_hour: i64,
    answers: i64,
    answered_today: bool,
}

impl From<Row> for Match {
    fn from(row: Row) -> Self {
        let case = row.case_id.zip(row.organization_id).map(|(id, organization)| FoundCase {
            id: CaseId::from_uuid(id),
            organization: OrganizationId::from_uuid(organization),
            is_closed: row.is_closed.unwrap_or_default(),
            follow_up: row.follow_up_id.map(CaseId::from_uuid),
        });
        Self {
            case,
            value: row.value,
            is_number: row.kind == "number",
            is_mention: row.kind == "mention",
            duplicate_of: row.duplicate_of,
            duplicate_case: row.duplicate_case.map(CaseId::from_uuid),
            frequency: Frequency { same_words: row.same_words, within_hour: row.within_hour },
            answers: row.answers,
            answered_today: row.answered_today,
        }
    }
}

/// The cases that the mail's hints find, strongest first, and the row of no case; each with whether the mail came before and how
/// often its author wrote there.
pub(crate) async fn list_matches(
    app: &App,
    call: &Call,
    received: &Received<'_>,
    reference: Option<&str>,
) -> Result<Vec<Match>> {
    let (kinds, values): (Vec<&str>, Vec<String>) = hints(app, received, reference).into_iter().unzip();
    let mail = received.mail;
    let author_key = received.author_key(app);
    let words_key = app.inbound_mail.digest("words", &fingerprint::of_words(&mail.words.visible));
    let now = app.clock.now();
    let asked = scoped_query!(
        "select h.position, h.kind, h.value, c.case_id, c.organization_id, c.state = 'CLOSED' as is_closed, f.case_id as follow_up_id,
                d.inbound_mail_id as duplicate_of, d.case_id as duplicate_case,
                (select count(*) from inbound_mail m where m.author_key = $6 and m.matched_id = k.matched_id
                    and m.received_at > $9 and m.words_key = $7 and m.outcome in ('APPENDED', 'NEW_CASE')) as same_words,
                (select count(*) from inbound_mail m where m.author_key = $6 and m.matched_id = k.matched_id
                    and m.received_at > $10 and m.outcome in ('APPENDED', 'NEW_CASE')) as within_hour,
                (select count(*) from automatic_answer a where a.address_key = $6 and a.sent_at > $11) as answers,
                exists (select from automatic_answer a
                    where a.address_key = $6 and a.case_id = c.case_id and a.sent_at > $12
                        and a.answer <> $14) as answered_today
         from unnest($4::text[], $5::text[]) with ordinality as h (kind, value, position)
         left join lateral (select case h.kind
                when 'reference' then (select r.case_id from case_reference r where r.reference = h.value)
                when 'notice' then (select n.case_id from case_notice n where n.notice_id = h.value::uuid)
                when 'root' then h.value::uuid
                when 'message' then (select m.case_id from inbound_mail m
                    where m.message_key = decode(h.value, 'hex') and m.case_id is not null
                      and exists (select from case_message w where w.inbound_mail_id = m.inbound_mail_id)
                    order by m.inbound_mail_id limit 1)
                when 'number' then (select n.case_id from support_case n where n.number = h.value)
                when 'mention' then (select n.case_id from support_case n where n.number = h.value)
            end as case_id) as found on true
         left join support_case c on c.case_id = found.case_id
         cross join lateral (select coalesce(c.case_id, '00000000-0000-0000-0000-000000000000') as matched_id) as k
         left join lateral (select o.case_id from support_case o
            where o.thread_root = c.thread_root and c.state = 'CLOSED' and o.state <> 'CLOSED'
            order by o.follow_up_of = c.case_id desc, o.case_id desc limit 1) as f on true
         left join inbound_mail d on d.fingerprint = $8 and d.matched_id = k.matched_id and d.authenticated = $13
         where c.case_id is not null or h.kind = 'none'"
    );
    let mut rows: Vec<Row> = app
        .db
        .query_as_caller(call, asked, |asked| {
            asked
                .bind(kinds.iter().map(|kind| (*kind).to_owned()).collect::<Vec<_>>())
                .bind(values.clone())
                .bind(author_key.clone())
                .bind(words_key.clone())
                .bind(mail.fingerprint.to_vec())
                .bind(now - TimeDelta::minutes(10))
                .bind(now - TimeDelta::hours(1))
                .bind(now - TimeDelta::hours(3))
                .bind(now - TimeDelta::days(1))
                .bind(received.is_authenticated)
                .bind(Answer::Acknowledgement.as_str())
        })
        .await?;
    rows.sort_by_key(|row| row.position);
    Ok(rows.into_iter().map(Match::from).collect())
}

/// The hints in the order in which they count, and at the end the row of no case.
fn hints(app: &App, received: &Received<'_>, reference: Option<&str>) -> Vec<(&'static str, String)> {
    let hints = &received.mail.hints;
    let references = |values: Vec<&String>| {
        values.into_iter().map(|value| ("reference", value.clone())).collect::<Vec<_>>()
    };
    let mut all: Vec<(&'static str, String)> =
        reference.map(|value| ("reference", value.to_owned())).into_iter().collect();
    all.extend(references(hints.addressed.iter().collect()));
    all.extend(hints.answered.iter().filter_map(|id| signed(app, id)));
    let key = |id: &String| app.inbound_mail.digest("message", id.as_bytes());
    let hex = |bytes: Vec<u8>| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    all.extend(hints.answered.iter().map(|id| ("message", hex(key(id)))));
    all.extend(references(hints.written.iter().collect()));
    all.extend(hints.numbers.iter().map(|number| ("number", number.clone())));
    all.extend(hints.mentioned.iter().map(|number| ("mention", number.clone())));
    all.push(("none", String::new()));
    all
}

/// An identifier that we signed.
fn signed(app: &App, id: &str) -> Option<(&'static str, String)> {
    match app.mail_names.read_id(id)? {
        OwnId::Notice(notice) => Some(("notice", notice.to_string())),
        OwnId::Root(case) => Some(("root", case.to_string())),
    }
}
