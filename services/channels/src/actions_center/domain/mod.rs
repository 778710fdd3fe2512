//! What the Actions Center is answered: why something was not done, and that one token has one answer. Pure rules.

pub(crate) mod feed;
pub(crate) mod wanted;

use careway_kernel::{BookingId, ConnectionId, OrganizationId, ServiceId};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use crate::bookings::domain::{Booking, BookingState};

/// What stands for something that is not kept.
pub(crate) type Hash = [u8; 32];

/// Why something was not done, in the format's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    SlotUnavailable,
    OutsideCancellationWindow,
    BookingAlreadyCancelled,
    BookingNotCancellable,
}

impl Cause {
    pub(crate) const ALL: [Self; 4] = [
        Self::SlotUnavailable,
        Self::OutsideCancellationWindow,
        Self::BookingAlreadyCancelled,
        Self::BookingNotCancellable,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::SlotUnavailable => "SLOT_UNAVAILABLE",
            Self::OutsideCancellationWindow => "OUTSIDE_CANCELLATION_WINDOW",
            Self::BookingAlreadyCancelled => "BOOKING_ALREADY_CANCELLED",
            Self::BookingNotCancellable => "BOOKING_NOT_CANCELLABLE",
        }
    }
}

/// A cause, and the same for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) cause: Cause,
    pub(crate) description: String,
}

impl Failure {
    /// The merchant has no such slot, or not any more.
    pub(crate) fn no_such_slot() -> Self {
        let description = "The provider does not offer this time.".to_owned();
        Self { cause: Cause::SlotUnavailable, description }
    }
}

/// What a request to book was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A booking, and where it stood then.
    Booked {
        booking: BookingId,
        state: BookingState,
    },
    Failed(Failure),
}

/// An answer under its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Of the request that was answered.
    pub(crate) fingerprint: Hash,
    pub(crate) answer: Answer,
}

/// A token that stood for another request before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This token was used with another request.")]
pub(crate) struct TokenReused;

impl Kept {
    /// The answer to the same request.
    pub(crate) fn answer_to(self, fingerprint: &Hash) -> Result<Answer, TokenReused> {
        if self.fingerprint == *fingerprint { Ok(self.answer) } else { Err(TokenReused) }
    }
}

/// A booking, without whom it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reserved {
    pub(crate) id: BookingId,
    pub(crate) connection: ConnectionId,
    pub(crate) service: ServiceId,
    pub(crate) start: DateTime<Utc>,
    pub(crate) minutes: i64,
    pub(crate) state: BookingState,
}

impl Reserved {
    /// What a booking reserves.
    pub(crate) fn of(booking: &Booking) -> Self {
        Self {
            id: booking.id,
            connection: booking.connection,
            service: booking.service,
            start: booking.appointment.start,
            minutes: booking.appointment.minutes,
            state: booking.state,
        }
    }
}

/// What stands for a merchant's token.
pub(crate) fn key(merchant: ConnectionId, token: &str) -> Hash {
    hash(merchant.uuid().as_bytes(), token)
}

/// What stands for a channel's user.
pub(crate) fn user(channel: OrganizationId, user: &str) -> Hash {
    hash(channel.uuid().as_bytes(), user)
}

fn hash(of: &[u8; 16], text: &str) -> Hash {
    Sha256::new().chain_update(of).chain_update(text).finalize().into()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn one_token_has_one_answer_and_another_request_has_none_of_it() {
        let failed = Answer::Failed(Failure::no_such_slot());
        let kept = Kept { fingerprint: [1; 32], answer: failed.clone() };
        assert_eq!(kept.clone().answer_to(&[1; 32]), Ok(failed));
        assert_eq!(kept.answer_to(&[2; 32]), Err(TokenReused));
    }

    #[test]
    fn a_token_is_its_merchants() {
        let [one, other] = [1, 2].map(|id| ConnectionId::from_uuid(Uuid::from_u128(id)));
        assert_eq!(key(one, "7"), key(one, "7"));
        assert_ne!(key(one, "7"), key(one, "8"));
        assert_ne!(key(one, "7"), key(other, "7"));
    }
}
