//! Listed persons in the tables `participant`, `card_period` and `contact_change`.

mod listed_rows;

use careway_kernel::OrganizationId;
use careway_service::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use self::listed_rows::{bound, listed};
use super::prepared::{Locked, Replaced, Written};
use crate::imports::domain::{Contact, ContactKind, Import, KnownParticipant, KnownPeriod, SaidOfContacts};

#[derive(sqlx::FromRow)]
struct Row {
    participant_id: Uuid,
    agency_id: Uuid,
    bhxh_number: String,
    card_code: Option<String>,
    citizen_id_index: Option<Vec<u8>>,
    full_name: String,
    birth: String,
    address: String,
    household: String,
    phone: Option<Vec<u8>>,
    phone_index: Option<Vec<u8>>,
    given_phone_index: Option<Vec<u8>>,
    mobile: Option<Vec<u8>>,
    mobile_index: Option<Vec<u8>>,
    given_mobile_index: Option<Vec<u8>>,
    email: Option<Vec<u8>>,
    email_index: Option<Vec<u8>>,
    given_email_index: Option<Vec<u8>>,
    phone_confirmed: bool,
    mobile_suspect: bool,
    email_suspect: bool,
    periods_from: Vec<NaiveDate>,
    periods_to: Vec<NaiveDate>,
    periods_renewed: Vec<bool>,
}

impl From<Row> for (String, Locked) {
    fn from(row: Row) -> Self {
        let days = row.periods_from.into_iter().zip(row.periods_to).zip(row.periods_renewed);
        let period = |((from, to), is_renewal)| KnownPeriod { from, to, is_renewal };
        let known = KnownParticipant {
            id: row.participant_id,
            agency: OrganizationId::from_uuid(row.agency_id),
            card_code: row.card_code,
            citizen_id: row.citizen_id_index,
            full_name: row.full_name,
            birth: row.birth,
            address: row.address,
            household: row.household,
            contacts: [
                Contact { given: row.given_phone_index, held: row.phone_index },
                Contact { given: row.given_mobile_index, held: row.mobile_index },
                Contact { given: row.given_email_index, held: row.email_index },
            ],
            said: SaidOfContacts {
                phone_confirmed: row.phone_confirmed,
                mobile_suspect: row.mobile_suspect,
                email_suspect: row.email_suspect,
            },
            periods: days.map(period).collect(),
        };
        (row.bhxh_number, Locked { known, contacts: [row.phone, row.mobile, row.email] })
    }
}

/// The authority's participants of these numbers, locked, by their numbers. What decides is read by a statement after the
/// lock: it sees a renewal that was committed while the lock was waited for.
pub(super) async fn lock_participants(
    conn: &mut PgConnection,
    authority: OrganizationId,
    numbers: &[&str],
) -> Result<Vec<(String, Locked)>> {
    sqlx::query(
        "select from participant where authority_id = $1 and bhxh_number = any($2) order by participant_id for update",
    )
    .bind(authority.uuid())
    .bind(numbers)
    .execute(&mut *conn)
    .await?;
    let rows: Vec<Row> = sqlx::query_as(
        "select p.*, coalesce(c.periods_from, '{}') as periods_from, coalesce(c.periods_to, '{}') as periods_to,
            coalesce(c.periods_renewed, '{}') as periods_renewed
         from participant p left join lateral (
            select array_agg(valid_from) as periods_from, array_agg(valid_to) as periods_to,
                array_agg(renewal_id is not null) as periods_renewed
            from card_period c where c.participant_id = p.participant_id) c on true
         where p.authority_id = $1 and p.bhxh_number = any($2)",
    )
    .bind(authority.uuid())
    .bind(numbers)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// New participants.
pub(super) async fn insert_participants(
    conn: &mut PgConnection,
    authority: OrganizationId,
    now: DateTime<Utc>,
    rows: &[Written],
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let statement = concat!(
        "insert into participant (participant_id, authority_id, agency_id, bhxh_number, card_code, citizen_id,
            citizen_id_index, full_name, folded_name, given_name_first, birth, address, household,
            phone, phone_index, phone_kind, given_phone_index, mobile, mobile_index, given_mobile_index,
            email, email_index, given_email_index, last_day, created_at, updated_at)
         select l.id, $1, l.agency, l.number, l.card_code, l.citizen_id, l.citizen_id_index, l.full_name,
            l.folded_name, l.given_name_first, l.birth, l.address, l.household,
            l.phone, l.phone_index, l.phone_kind, l.phone_index, l.mobile, l.mobile_index, l.mobile_index,
            l.email, l.email_index, l.email_index, l.last_day, $2, $2
         from ",
        listed!()
    );
    bound(statement, authority, now, rows).execute(conn).await?;
    Ok(())
}

/// Participants as the list has them; contacts only where the list's take the place of those that are kept, and what is still
/// so of them.
pub(super) async fn update_participants(
    conn: &mut PgConnection,
    authority: OrganizationId,
    now: DateTime<Utc>,
    rows: &[Written],
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let flags = |of: fn(&Written) -> bool| rows.iter().map(of).collect::<Vec<bool>>();
    let statement = concat!(
        "update participant p set agency_id = l.agency, card_code = l.card_code, citizen_id = l.citizen_id,
            citizen_id_index = l.citizen_id_index, full_name = l.full_name, folded_name = l.folded_name,
            given_name_first = l.given_name_first, birth = l.birth, address = l.address, household = l.household,
            phone = case when said.phone_replaced then l.phone else p.phone end,
            phone_index = case when said.phone_replaced then l.phone_index else p.phone_index end,
            phone_kind = case when said.phone_replaced then l.phone_kind else p.phone_kind end,
            phone_confirmed = said.phone_confirmed, given_phone_index = l.phone_index,
            mobile = case when said.mobile_replaced then l.mobile else p.mobile end,
            mobile_index = case when said.mobile_replaced then l.mobile_index else p.mobile_index end,
            mobile_suspect = said.mobile_suspect, given_mobile_index = l.mobile_index,
            email = case when said.email_replaced then l.email else p.email end,
            email_index = case when said.email_replaced then l.email_index else p.email_index end,
            email_suspect = said.email_suspect, given_email_index = l.email_index,
            last_day = l.last_day, version = p.version + 1, updated_at = $2
         from ",
        listed!(),
        " join unnest($3::uuid[], $23::bool[], $24::bool[], $25::bool[], $26::bool[], $27::bool[], $28::bool[])
            as said (id, phone_replaced, mobile_replaced, email_replaced, phone_confirmed, mobile_suspect, email_suspect)
            on said.id = l.id
         where p.participant_id = l.id and p.authority_id = $1"
    );
    bound(statement, authority, now, rows)
        .bind(flags(|row| row.replaced[0]))
        .bind(flags(|row| row.replaced[1]))
        .bind(flags(|row| row.replaced[2]))
        .bind(flags(|row| row.said.phone_confirmed))
        .bind(flags(|row| row.said.mobile_suspect))
        .bind(flags(|row| row.said.email_suspect))
        .execute(conn)
        .await?;
    Ok(())
}

/// What the list's contacts took the place of.
pub(super) async fn insert_contact_changes(
    conn: &mut PgConnection,
    import: &Import,
    now: DateTime<Utc>,
    replaced: &[Replaced],
) -> Result<()> {
    if replaced.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = replaced.iter().map(|change| change.id).collect();
    let participants: Vec<Uuid> = replaced.iter().map(|change| change.participant).collect();
    let fields: Vec<&str> = replaced.iter().map(|change| field(change.kind)).collect();
    let before: Vec<Option<&[u8]>> = replaced.iter().map(|change| change.before.as_deref()).collect();
    let after: Vec<Option<&[u8]>> = replaced.iter().map(|change| change.after.as_deref()).collect();
    sqlx::query(
        "insert into contact_change (contact_change_id, participant_id, field, before, after, changed_by, changed_at)
         select c.id, c.participant, c.field, c.before, c.after, $1, $2
         from unnest($3::uuid[], $4::uuid[], $5::text[], $6::bytea[], $7::bytea[])
            as c (id, participant, field, before, after)",
    )
    .bind(&import.begun_by)
    .bind(now)
    .bind(ids)
    .bind(participants)
    .bind(fields)
    .bind(before)
    .bind(after)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes away periods that the list has other days for.
pub(super) async fn delete_periods(conn: &mut PgConnection, periods: &[(Uuid, NaiveDate)]) -> Result<()> {
    if periods.is_empty() {
        return Ok(());
    }
    let (participants, days): (Vec<Uuid>, Vec<NaiveDate>) = periods.iter().copied().unzip();
    sqlx::query(
        "delete from card_period c using unnest($1::uuid[], $2::date[]) as l (participant, valid_from)
         where c.participant_id = l.participant and c.valid_from = l.valid_from",
    )
    .bind(participants)
    .bind(days)
    .execute(conn)
    .await?;
    Ok(())
}

/// Periods that the list has.
pub(super) async fn insert_periods(
    conn: &mut PgConnection,
    periods: &[(Uuid, NaiveDate, NaiveDate)],
) -> Result<()> {
    if periods.is_empty() {
        return Ok(());
    }
    let participants: Vec<Uuid> = periods.iter().map(|(participant, ..)| *participant).collect();
    let from: Vec<NaiveDate> = periods.iter().map(|(_, from, _)| *from).collect();
    let to: Vec<NaiveDate> = periods.iter().map(|(.., to)| *to).collect();
    sqlx::query(
        "insert into card_period (participant_id, valid_from, valid_to)
         select * from unnest($1::uuid[], $2::date[], $3::date[])",
    )
    .bind(participants)
    .bind(from)
    .bind(to)
    .execute(conn)
    .await?;
    Ok(())
}

const fn field(kind: ContactKind) -> &'static str {
    match kind {
        ContactKind::Phone => "phone",
        ContactKind::Mobile => "mobile",
        ContactKind::Email => "email",
    }
}
