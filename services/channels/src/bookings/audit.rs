//! What the audit is told of bookings: what was done with which.

use careway_service::AuditEntry;

use super::domain::Booking;

/// What was done with a booking.
pub(crate) fn entry(action: &'static str, booking: &Booking) -> AuditEntry {
    AuditEntry { action, entity: Some(booking.id.uuid()), ..Default::default() }
}
