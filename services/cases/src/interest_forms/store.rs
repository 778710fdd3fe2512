//! Interest forms and the mails about them.

use careway_kernel::{InterestFormId, Language, OrganizationId, Redacted};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, Duration, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    domain::{Confirmations, Content, Decided, InterestForm, KeptContent, State},
    keys::{Column, InterestKeys},
    mail_kind::MailKind,
};

#[derive(sqlx::FromRow)]
struct Row {
    interest_form_id: Uuid,
    state: String,
    language: String,
    content: Vec<u8>,
    submitted_at: DateTime<Utc>,
    confirmed_at: Option<DateTime<Utc>>,
    decided_at: Option<DateTime<Utc>>,
    decided_by: Option<String>,
    organization_id: Option<Uuid>,
    reason: Option<Vec<u8>>,
    version: i64,
}

impl Row {
    fn open(self, keys: &InterestKeys) -> Result<InterestForm> {
        let id = self.interest_form_id;
        let content = keys.open(Column::Content, id, &self.content)?;
        let content: KeptContent = serde_json::from_str(&content).map_err(Error::internal)?;
        let reason = self.reason.map(|sealed| keys.open(Column::Reason, id, &sealed)).transpose()?;
        Ok(InterestForm {
            id: InterestFormId::from_uuid(id),
            state: one_of("interest_form.state", &self.state, &State::ALL, State::as_str)?,
            language: Language::parse(&self.language).map_err(Error::internal)?,
            content: Content::try_from(content)?,
            submitted_at: self.submitted_at,
            confirmed_at: self.confirmed_at,
            decided: self.decided_by.zip(self.decided_at).map(|(by, at)| Decided { by, at }),
            organization: self.organization_id.map(OrganizationId::from_uuid),
            reason: reason.map(Redacted::new),
            version: self.version,
        })
    }
}

macro_rules! select_form {
    ($rest:literal) => {
        concat!(
            "select interest_form_id, state, language, content, submitted_at, confirmed_at, decided_at, decided_by, \
             organization_id, reason, version from interest_form ",
            $rest
        )
    };
}

/// A new form, and the network that it came from.
pub(super) async fn insert_form(
    conn: &mut PgConnection,
    keys: &InterestKeys,
    form: &InterestForm,
    network: Option<&[u8]>,
) -> Result<()> {
    let content = serde_json::to_vec(&KeptContent::from(&form.content)).map_err(Error::internal)?;
    sqlx::query(
        "insert into interest_form (interest_form_id, state, language, content, address_index, submitted_at, version,
            network_index)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(form.id.uuid())
    .bind(form.state.as_str())
    .bind(form.language.as_str())
    .bind(keys.seal(Column::Content, form.id.uuid(), &content)?)
    .bind(keys.address(&form.content.email))
    .bind(form.submitted_at)
    .bind(form.version)
    .bind(network)
    .execute(conn)
    .await?;
    Ok(())
}

/// A form, locked.
pub(super) async fn lock_form(
    conn: &mut PgConnection,
    keys: &InterestKeys,
    id: InterestFormId,
) -> Result<Option<InterestForm>> {
    let row: Option<Row> = sqlx::query_as(select_form!("where interest_form_id = $1 for update"))
        .bind(id.uuid())
        .fetch_optional(conn)
        .await?;
    row.map(|row| row.open(keys)).transpose()
}

/// A form.
pub(super) async fn find_form(
    conn: &mut PgConnection,
    keys: &InterestKeys,
    id: InterestFormId,
) -> Result<Option<InterestForm>> {
    let row: Option<Row> = sqlx::query_as(select_form!("where interest_form_id = $1"))
        .bind(id.uuid())
        .fetch_optional(conn)
        .await?;
    row.map(|row| row.open(keys)).transpose()
}

/// A page of the confirmed forms, the newest first.
pub(super) async fn list_forms(
    conn: &mut PgConnection,
    keys: &InterestKeys,
    state: Option<State>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<InterestForm>> {
    let rows: Vec<Row> = sqlx::query_as(select_form!(
        "where state <> 'UNCONFIRMED' and ($1::text is null or state = $1)
           and ($2::uuid is null or interest_form_id < $2)
         order by interest_form_id desc limit $3"
    ))
    .bind(state.map(State::as_str))
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| row.open(keys)).collect()
}

/// Keeps a locked form's change.
pub(super) async fn update_form(
    conn: &mut PgConnection,
    keys: &InterestKeys,
    form: &InterestForm,
) -> Result<()> {
    let seal = |reason: &Redacted| keys.seal(Column::Reason, form.id.uuid(), reason.expose().as_bytes());
    sqlx::query(
        "update interest_form set state = $2, confirmed_at = $3, decided_at = $4, decided_by = $5, organization_id = $6,
            reason = $7, version = $8
         where interest_form_id = $1",
    )
    .bind(form.id.uuid())
    .bind(form.state.as_str())
    .bind(form.confirmed_at)
    .bind(form.decided.as_ref().map(|decided| decided.at))
    .bind(form.decided.as_ref().map(|decided| decided.by.as_str()))
    .bind(form.organization.map(OrganizationId::uuid))
    .bind(form.reason.as_ref().map(seal).transpose()?)
    .bind(form.version)
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets what was not confirmed since then.
pub(super) async fn delete_unconfirmed(conn: &mut PgConnection, since: DateTime<Utc>) -> Result<u64> {
    let deleted = sqlx::query("delete from interest_form where state = 'UNCONFIRMED' and submitted_at <= $1")
        .bind(since)
        .execute(conn)
        .await?;
    Ok(deleted.rows_affected())
}

/// The mails to confirm that were raised since then: for the forms of a network, and in all. More may be raised at the same time.
pub(super) async fn get_confirmations(
    conn: &mut PgConnection,
    network: Option<&[u8]>,
    since: DateTime<Utc>,
) -> Result<Confirmations> {
    let (of_network, in_all) = sqlx::query_as(
        "select (select count(*) from interest_form f join interest_mail m using (interest_form_id)
                 where f.network_index = $1 and f.submitted_at > $2 and m.kind = 'CONFIRM'),
                (select count(*) from interest_mail where kind = 'CONFIRM' and raised_at > $2)",
    )
    .bind(network)
    .bind(since)
    .fetch_one(conn)
    .await?;
    Ok(Confirmations { of_network, in_all })
}

/// Raises a mail about a form, unless its address had so many in the time before: then none is raised. Whoever writes to one
/// address waits for the other.
pub(super) async fn insert_mail(
    conn: &mut PgConnection,
    keys: &InterestKeys,
    form: &InterestForm,
    kind: MailKind,
    (most, within): (i64, Duration),
    now: DateTime<Utc>,
) -> Result<()> {
    let address = keys.address(&form.content.email);
    sqlx::query("select pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 0))")
        .bind(&address)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "insert into interest_mail (interest_form_id, kind, address_index, raised_at)
         select $1, $2, $3, $4
         where (select count(*) from interest_mail where address_index = $3 and raised_at > $5) < $6",
    )
    .bind(form.id.uuid())
    .bind(kind.as_str())
    .bind(&address)
    .bind(now)
    .bind(now - within)
    .bind(most)
    .execute(conn)
    .await?;
    Ok(())
}

/// A mail that is to be sent, and the form it is about.
pub(super) struct UnsentMail {
    pub(super) kind: MailKind,
    pub(super) form: InterestForm,
}

/// The oldest mail that is not sent and was raised in that time, about none of those forms.
pub(super) async fn find_unsent_mail(
    conn: &mut PgConnection,
    keys: &InterestKeys,
    raised: (DateTime<Utc>, DateTime<Utc>),
    passed_over: &[Uuid],
) -> Result<Option<UnsentMail>> {
    let found: Option<(Uuid, String)> = sqlx::query_as(
        "select interest_form_id, kind from interest_mail
         where sent_at is null and raised_at > $1 and raised_at <= $2 and interest_form_id <> all($3)
         order by raised_at, interest_form_id, kind limit 1",
    )
    .bind(raised.0)
    .bind(raised.1)
    .bind(passed_over)
    .fetch_optional(&mut *conn)
    .await?;
    let Some((id, kind)) = found else { return Ok(None) };
    let kind = one_of("interest_mail.kind", &kind, &MailKind::ALL, MailKind::as_str)?;
    let form = find_form(conn, keys, InterestFormId::from_uuid(id)).await?;
    Ok(form.map(|form| UnsentMail { kind, form }))
}

/// Keeps that a mail was handed over.
pub(super) async fn update_mail_sent(
    conn: &mut PgConnection,
    form: InterestFormId,
    kind: MailKind,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query("update interest_mail set sent_at = $3 where interest_form_id = $1 and kind = $2")
        .bind(form.uuid())
        .bind(kind.as_str())
        .bind(now)
        .execute(conn)
        .await?;
    Ok(())
}
