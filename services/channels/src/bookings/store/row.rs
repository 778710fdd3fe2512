//! The row of a booking, read and written whole; whom it is for is sealed.

use careway_kernel::{
    BookingId, ConnectionId, Currency, JointTestId, Money, OrganizationId, ResourceId, ServiceId,
};
use careway_service::{Error, Result, Sealer, one_of};
use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Serialize, Serializer};
use uuid::Uuid;

use crate::bookings::domain::{Appointment, Booking, BookingState, By};

/// The columns that are sealed.
const PATIENT: &str = "booking.patient";
const REASON: &str = "booking.reason";

/// A row, named as the columns are: it is written as JSON, which the database makes a row of.
#[derive(sqlx::FromRow, Serialize)]
pub(super) struct Row {
    booking_id: Uuid,
    connection_id: Uuid,
    provider_id: Uuid,
    channel_id: Uuid,
    service_id: Uuid,
    resource_ids: Vec<Uuid>,
    starts_at: DateTime<Utc>,
    duration_minutes: i32,
    ends_at: DateTime<Utc>,
    local_start: NaiveDateTime,
    zone: String,
    state: String,
    currency: String,
    minor: i64,
    cancellation_minutes: i32,
    confirm_by: Option<DateTime<Utc>>,
    ended_by: Option<String>,
    external_id: String,
    #[serde(serialize_with = "as_bytea")]
    patient: Option<Vec<u8>>,
    #[serde(serialize_with = "as_bytea")]
    reason: Option<Vec<u8>>,
    version: i64,
    created_at: DateTime<Utc>,
    test_id: Option<Uuid>,
    /// Of the view `booking_clock`.
    #[serde(skip)]
    zone_now: Option<String>,
}

impl Row {
    /// A booking as it is kept.
    pub(super) fn seal(sealer: &Sealer, booking: &Booking) -> Result<Self> {
        let (id, appointment) = (booking.id.uuid(), &booking.appointment);
        let patient =
            booking.patient.as_ref().map(serde_json::to_vec).transpose().map_err(Error::internal)?;
        let patient = patient.map(|patient| sealer.seal(PATIENT, id, &patient)).transpose()?;
        let reason = booking.reason.as_ref().map(|reason| sealer.seal(REASON, id, reason.as_bytes()));
        Ok(Self {
            booking_id: id,
            connection_id: booking.connection.uuid(),
            provider_id: booking.provider.uuid(),
            channel_id: booking.channel.uuid(),
            service_id: booking.service.uuid(),
            resource_ids: appointment.resources.iter().map(|resource| resource.uuid()).collect(),
            starts_at: appointment.start,
            duration_minutes: i32::try_from(appointment.minutes).map_err(Error::internal)?,
            ends_at: appointment.end(),
            local_start: appointment.local_start,
            zone: appointment.zone.clone(),
            state: booking.state.as_str().to_owned(),
            currency: booking.price.currency.code().to_owned(),
            minor: booking.price.minor,
            cancellation_minutes: booking.cancellation_minutes,
            confirm_by: booking.confirm_by,
            ended_by: booking.ended_by.map(|by| by.as_str().to_owned()),
            external_id: booking.external_id.clone(),
            patient,
            reason: reason.transpose()?,
            version: booking.version,
            created_at: booking.created_at,
            test_id: booking.test.map(JointTestId::uuid),
            zone_now: None,
        })
    }

    /// The booking that it keeps.
    pub(super) fn open(self, sealer: &Sealer) -> Result<Booking> {
        let id = self.booking_id;
        let patient = self.patient.map(|sealed| sealer.open(PATIENT, id, &sealed)).transpose()?;
        let patient = patient.map(|patient| serde_json::from_slice(&patient)).transpose();
        let reason = self.reason.map(|sealed| sealer.open(REASON, id, &sealed)).transpose()?;
        let by = |name: &String| one_of("booking.ended_by", name, &By::ALL, By::as_str);
        Ok(Booking {
            id: BookingId::from_uuid(id),
            connection: ConnectionId::from_uuid(self.connection_id),
            provider: OrganizationId::from_uuid(self.provider_id),
            channel: OrganizationId::from_uuid(self.channel_id),
            test: self.test_id.map(JointTestId::from_uuid),
            service: ServiceId::from_uuid(self.service_id),
            appointment: Appointment {
                resources: self.resource_ids.into_iter().map(ResourceId::from_uuid).collect(),
                start: self.starts_at,
                minutes: self.duration_minutes.into(),
                local_start: self.local_start,
                zone: self.zone,
            },
            zone_now: self.zone_now,
            state: one_of("booking.state", &self.state, &BookingState::ALL, BookingState::as_str)?,
            price: Money::new(Currency::parse(&self.currency).map_err(Error::internal)?, self.minor),
            cancellation_minutes: self.cancellation_minutes,
            confirm_by: self.confirm_by,
            ended_by: self.ended_by.as_ref().map(by).transpose()?,
            reason: reason.map(String::from_utf8).transpose().map_err(Error::internal)?,
            external_id: self.external_id,
            patient: patient.map_err(Error::internal)?,
            version: self.version,
            created_at: self.created_at,
        })
    }
}

fn as_bytea<S: Serializer>(bytes: &Option<Vec<u8>>, to: S) -> Result<S::Ok, S::Error> {
    bytes.as_ref().map(|bytes| format!("\\x{}", hex::encode(bytes))).serialize(to)
}
