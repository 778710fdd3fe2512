//! What agents changed, kept with the change.

use careway_kernel::{ParticipantId, Redacted, id_at};
use careway_service::{Result, one_of};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    super::domain::{
        Participant,
        change::{Field, FieldChange},
        contact::{PhoneUse, SmsContact},
    },
    Shown,
};
use crate::contact_keys::{Column, ContactKeys};

/// A change as it is remembered.
#[derive(Debug, Clone)]
pub(crate) struct Remembered {
    pub(crate) id: Uuid,
    pub(crate) change: FieldChange,
    pub(crate) by: String,
    pub(crate) at: DateTime<Utc>,
}

/// A participant as an agent changed it, and what was changed, in one statement.
pub(crate) async fn update_participant(
    conn: &mut PgConnection,
    keys: &ContactKeys,
    participant: &Participant,
    changes: &[FieldChange],
    by: &str,
    now: DateTime<Utc>,
) -> Result<Shown> {
    let row = participant.id.uuid();
    let contacts = &participant.contacts;
    let phone = contacts.phone.as_ref();
    let e164 = phone.map(|phone| phone.number.as_e164());
    let mobile = contacts.mobile.as_ref().map(|mobile| mobile.as_e164());
    let email = contacts.email.as_ref().map(|email| email.as_str());
    let seal = |column, text: Option<&str>| text.map(|text| keys.seal(column, row, text)).transpose();
    let index = |text: Option<&str>| text.map(|text| keys.index(text).to_vec());
    let kept = Kept::of(keys, changes, now)?;
    let (sms_contact, differs): (String, bool) = sqlx::query_as(
        "with remembered as (
            insert into contact_change (contact_change_id, participant_id, field, before, after, changed_by, changed_at)
            select c.id, $1, c.field, c.before, c.after, $15, $16
            from unnest($17::uuid[], $18::text[], $19::bytea[], $20::bytea[]) as c (id, field, before, after))
         update participant set phone = $2, phone_index = $3, phone_kind = $4, phone_confirmed = $5, mobile = $6,
            mobile_index = $7, email = $8, email_index = $9, mobile_suspect = $10, email_suspect = $11, result = $12,
            note = $13, version = $14, updated_at = $16
         where participant_id = $1 returning sms_contact, contact_differs",
    )
    .bind(row)
    .bind(seal(Column::Phone, e164)?)
    .bind(index(e164))
    .bind(phone.map(|phone| PhoneUse::as_str(phone.kind)))
    .bind(phone.is_some_and(|phone| phone.confirmed))
    .bind(seal(Column::Mobile, mobile)?)
    .bind(index(mobile))
    .bind(seal(Column::Email, email)?)
    .bind(index(email))
    .bind(contacts.mobile_suspect)
    .bind(contacts.email_suspect)
    .bind(participant.result.as_str())
    .bind(seal(Column::Note, participant.note.as_ref().map(Redacted::expose))?)
    .bind(participant.version)
    .bind(by)
    .bind(now)
    .bind(kept.ids)
    .bind(kept.fields)
    .bind(kept.before)
    .bind(kept.after)
    .fetch_one(conn)
    .await?;
    let sms_contact = one_of("participant.sms_contact", &sms_contact, &SmsContact::ALL, SmsContact::as_str)?;
    Ok((sms_contact, differs, now))
}

/// Changes as columns.
struct Kept {
    ids: Vec<Uuid>,
    fields: Vec<&'static str>,
    before: Vec<Option<Vec<u8>>>,
    after: Vec<Option<Vec<u8>>>,
}

impl Kept {
    fn of(keys: &ContactKeys, changes: &[FieldChange], now: DateTime<Utc>) -> Result<Self> {
        let ids: Vec<Uuid> = changes.iter().map(|_| id_at(now)).collect();
        let seal = |column, text: &Option<Redacted>, id: Uuid| {
            text.as_ref().map(|text| keys.seal(column, id, text.expose())).transpose()
        };
        let rows = || changes.iter().zip(&ids);
        Ok(Self {
            before: rows().map(|(it, id)| seal(Column::Before, &it.before, *id)).collect::<Result<_>>()?,
            after: rows().map(|(it, id)| seal(Column::After, &it.after, *id)).collect::<Result<_>>()?,
            fields: changes.iter().map(|it| it.field.as_str()).collect(),
            ids,
        })
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    contact_change_id: Uuid,
    field: String,
    before: Option<Vec<u8>>,
    after: Option<Vec<u8>>,
    changed_by: String,
    changed_at: DateTime<Utc>,
}

/// What was changed of a participant, the latest first.
pub(crate) async fn list_changes(
    conn: &mut PgConnection,
    keys: &ContactKeys,
    participant: ParticipantId,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Remembered>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select contact_change_id, field, before, after, changed_by, changed_at from contact_change
         where participant_id = $1 and ($2::uuid is null or contact_change_id < $2)
         order by contact_change_id desc limit $3",
    )
    .bind(participant.uuid())
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| row.open(keys)).collect()
}

impl Row {
    fn open(self, keys: &ContactKeys) -> Result<Remembered> {
        let id = self.contact_change_id;
        let open = |column, sealed: Option<Vec<u8>>| -> Result<Option<Redacted>> {
            let opened = sealed.map(|sealed| keys.open(column, id, &sealed)).transpose()?;
            Ok(opened.map(Redacted::new))
        };
        let change = FieldChange {
            field: one_of("contact_change.field", &self.field, &Field::ALL, Field::as_str)?,
            before: open(Column::Before, self.before)?,
            after: open(Column::After, self.after)?,
        };
        Ok(Remembered { id, change, by: self.changed_by, at: self.changed_at })
    }
}
