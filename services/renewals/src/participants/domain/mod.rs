//! A participant, how they are reached, and what came of it.

pub(crate) mod change;
pub(crate) mod contact;
pub(crate) mod filter;
pub(crate) mod name;
pub(crate) mod refusal;
pub(crate) mod search;
#[cfg(test)]
mod tests;

use std::fmt;

use careway_kernel::{Email, MemberId, Names, OrganizationId, ParticipantId, PhoneNumber, Redacted};
use chrono::{DateTime, NaiveDate, Utc};

use contact::{Phone, SmsContact};

/// A participant, as the authority gave it and the agency completed it.
#[derive(Clone)]
pub(crate) struct Participant {
    pub(crate) id: ParticipantId,
    pub(crate) authority: OrganizationId,
    pub(crate) agency: OrganizationId,
    pub(crate) agency_code: String,
    /// Ten digits.
    pub(crate) bhxh_number: String,
    pub(crate) card_code: Option<String>,
    pub(crate) citizen_id: Option<Redacted>,
    pub(crate) full_name: Names,
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub(crate) birth: String,
    pub(crate) address: String,
    pub(crate) household: String,
    pub(crate) contacts: Contacts,
    pub(crate) sms_contact: SmsContact,
    /// It is not what the authority's last list had.
    pub(crate) contact_differs: bool,
    pub(crate) result: ContactResult,
    pub(crate) note: Option<Redacted>,
    /// The last day of the latest card.
    pub(crate) last_day: NaiveDate,
    pub(crate) member: Option<MemberId>,
    pub(crate) version: i64,
    pub(crate) updated_at: DateTime<Utc>,
}

/// How somebody is reached: what an agent may change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Contacts {
    pub(crate) phone: Option<Phone>,
    pub(crate) mobile: Option<PhoneNumber>,
    pub(crate) email: Option<Email>,
    /// Messages did not reach the number that they go to.
    pub(crate) mobile_suspect: bool,
    pub(crate) email_suspect: bool,
}

/// What came of the agency's asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum ContactResult {
    NotContacted,
    Contacted,
    Promised,
    Renewed,
    Refused,
    Moved,
    Deceased,
    WrongNumber,
}

/// Days on which a card is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CardPeriod {
    pub(crate) from: NaiveDate,
    /// Inclusive.
    pub(crate) to: NaiveDate,
    pub(crate) renewal: Option<careway_kernel::RenewalId>,
}

impl ContactResult {
    pub(crate) const ALL: [Self; 8] = [
        Self::NotContacted,
        Self::Contacted,
        Self::Promised,
        Self::Renewed,
        Self::Refused,
        Self::Moved,
        Self::Deceased,
        Self::WrongNumber,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::NotContacted => "NOT_CONTACTED",
            Self::Contacted => "CONTACTED",
            Self::Promised => "PROMISED",
            Self::Renewed => "RENEWED",
            Self::Refused => "REFUSED",
            Self::Moved => "MOVED",
            Self::Deceased => "DECEASED",
            Self::WrongNumber => "WRONG_NUMBER",
        }
    }

    /// Whether the participant is not there any more.
    pub(crate) const fn is_gone(self) -> bool {
        matches!(self, Self::Moved | Self::Deceased)
    }
}

/// Not a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no result of asking a participant")]
pub(crate) struct UnknownResult;

impl TryFrom<String> for ContactResult {
    type Error = UnknownResult;

    fn try_from(text: String) -> Result<Self, UnknownResult> {
        Self::ALL.into_iter().find(|result| result.as_str() == text).ok_or(UnknownResult)
    }
}

/// Nothing of a person is printed but the id.
impl fmt::Debug for Participant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Participant")
            .field("id", &self.id)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
