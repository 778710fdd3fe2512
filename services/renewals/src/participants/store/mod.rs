//! The tables `participant` and `card_period`.

pub(crate) mod change;
pub(crate) mod export;
pub(crate) mod list;
pub(crate) mod message;
mod row;
pub(crate) mod suspect;

use careway_kernel::{CountryCode, OrganizationId, ParticipantId, RenewalId};
use careway_service::{Error, Result};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

pub(crate) use self::change::update_participant;
use self::row::{Row, columns};
use super::domain::{CardPeriod, Participant};
use crate::contact_keys::ContactKeys;

/// A participant that the organization is a party to.
pub(crate) async fn find_participant(
    conn: &mut PgConnection,
    keys: &ContactKeys,
    party: OrganizationId,
    id: ParticipantId,
) -> Result<Option<Participant>> {
    let row: Option<Row> =
        sqlx::query_as(columns!("where p.participant_id = $1 and (p.agency_id = $2 or p.authority_id = $2)"))
            .bind(id.uuid())
            .bind(party.uuid())
            .fetch_optional(conn)
            .await?;
    row.map(|row| row.open(keys)).transpose()
}

/// Whether the organization is a party to the participant.
pub(crate) async fn exists(
    conn: &mut PgConnection,
    party: OrganizationId,
    id: ParticipantId,
) -> Result<bool> {
    let exists = sqlx::query_scalar(
        "select exists (select from participant where participant_id = $1 and (agency_id = $2 or authority_id = $2))",
    );
    Ok(exists.bind(id.uuid()).bind(party.uuid()).fetch_one(conn).await?)
}

/// A participant of the agency, locked; and the agency's country.
pub(crate) async fn lock_participant(
    conn: &mut PgConnection,
    keys: &ContactKeys,
    agency: OrganizationId,
    id: ParticipantId,
) -> Result<Option<(Participant, CountryCode)>> {
    let row: Option<Row> =
        sqlx::query_as(columns!("where p.participant_id = $1 and p.agency_id = $2 for update of p"))
            .bind(id.uuid())
            .bind(agency.uuid())
            .fetch_optional(conn)
            .await?;
    let Some(row) = row else { return Ok(None) };
    let country = CountryCode::parse(&row.country).map_err(Error::internal)?;
    Ok(Some((row.open(keys)?, country)))
}

/// The days on which the participant's card is good, the earliest first.
pub(crate) async fn list_card_periods(conn: &mut PgConnection, id: ParticipantId) -> Result<Vec<CardPeriod>> {
    let periods: Vec<(NaiveDate, NaiveDate, Option<Uuid>)> = sqlx::query_as(
        "select valid_from, valid_to, renewal_id from card_period where participant_id = $1 order by valid_from",
    )
    .bind(id.uuid())
    .fetch_all(conn)
    .await?;
    let period = |(from, to, renewal): (_, _, Option<Uuid>)| CardPeriod {
        from,
        to,
        renewal: renewal.map(RenewalId::from_uuid),
    };
    Ok(periods.into_iter().map(period).collect())
}

/// When something was changed, and where an SMS may go then.
pub(crate) type Shown = (super::domain::contact::SmsContact, bool, DateTime<Utc>);
