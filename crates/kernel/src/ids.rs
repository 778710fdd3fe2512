//! Typed identifiers: `UUIDv7`, so that they sort by the time of their making, and are never mixed up.

use crate::Clock;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::{NoContext, Timestamp, Uuid};

/// The text is not the id of anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an id such as 01890a5d-ac96-774b-bcce-b302099a8057")]
pub struct InvalidId;

/// A fresh `UUIDv7` of this instant, for rows whose id has no type of its own.
#[must_use]
pub fn id_at(at: DateTime<Utc>) -> Uuid {
    // Before 1970 there is no v7; such an instant gets the epoch.
    let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, at.timestamp_subsec_nanos()))
}

/// The hyphenated form only: it is the one we print, so that an id has one spelling in logs and links.
fn parse(text: &str) -> Result<Uuid, InvalidId> {
    match text.len() {
        36 => Uuid::try_parse(text).map_err(|_| InvalidId),
        _ => Err(InvalidId),
    }
}

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh id, sorted by the clock's time.
            #[must_use]
            pub fn new(clock: &Clock) -> Self {
                Self(id_at(clock.now()))
            }

            /// Reads the hyphenated form.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                parse(text).map(Self)
            }

            /// Names the id the database keeps.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The id as the database keeps it.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )*};
}

id! {
    /// A payer, facility, agency, authority, partner, channel, or the platform itself.
    OrganizationId;
    /// A staff account.
    AccountId;
    /// An API client of a partner system.
    ClientId;
    /// A signed-in session.
    SessionId;
    /// An insured person.
    MemberId;
    /// A one-time code asked for.
    ChallengeId;
    /// A benefit plan.
    PlanId;
    /// A member's cover under a plan.
    CoverageId;
    /// The people who share a ceiling.
    FamilyId;
    /// What a payer agreed with a facility.
    ContractId;
    /// The agreed price of a service or a medicine.
    TariffId;
    /// A visit to a facility.
    VisitId;
    /// Medicines prescribed in a visit.
    PrescriptionId;
    /// A facility's question whether the payer will pay.
    PreauthorizationId;
    /// What a facility claims for a visit's care.
    ClaimId;
    /// What a payer announces that it pays a facility.
    PaymentAdviceId;
    /// A line of a pre-authorization or a claim.
    ServiceLineId;
    /// A medical document of a visit.
    DocumentId;
    /// A message to a person.
    MessageId;
    /// A fact told to other contexts.
    EventId;
    /// A support case.
    CaseId;
    /// Something that was said in a support case.
    CaseMessageId;
    /// An organization's wish to join the network.
    InterestFormId;
    /// A file of rows taken in.
    ImportId;
    /// Who takes part in household health insurance.
    ParticipantId;
    /// A fault that an agent found in the authority's data.
    DataIssueId;
    /// A card that the authority says is to be renewed.
    RenewalItemId;
    /// A card renewed.
    RenewalId;
    /// What a household paid at once.
    ContributionId;
    /// Words of reminders.
    TemplateId;
    /// Reminders to many.
    CampaignId;
    /// A contact that wants no reminders.
    OptOutId;
    /// An invitation to join an organization.
    InvitationId;
    /// The agreement of a provider with a channel.
    ChannelContractId;
    /// A provider's connection with a channel.
    ConnectionId;
    /// A notice of a change, to a channel.
    ChannelNoticeId;
    /// A price that took another's place.
    PriceChangeId;
    /// A joint test of a connection.
    JointTestId;
    /// An examination that a provider offers.
    ServiceId;
    /// Who or what an examination needs: a practitioner, a room, a device.
    ResourceId;
    /// Where an organization's own systems are told of events.
    WebhookEndpointId;
    /// An interval in which a resource is not there.
    ClosureId;
    /// A time that a channel holds.
    HoldId;
    /// An appointment that a channel booked.
    BookingId;
}

impl ChallengeId {
    /// Three letters that tell its code from another one on the same phone, and tell nothing of anybody.
    #[must_use]
    pub fn reference(self) -> String {
        // Without vowels they make no word, and without what is taken for a digit they are read out without doubt.
        const LETTERS: &[u8] = b"BCDFGHJKMNPQRTVWXYZ";
        let (_, random) = self.0.as_u64_pair();
        let letters = LETTERS.len() as u64;
        [1, letters, letters * letters]
            .map(|place| char::from(LETTERS[usize::try_from(random / place % letters).unwrap_or_default()]))
            .into_iter()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, time::Duration};

    use super::*;

    #[test]
    fn codes_are_told_apart_by_three_letters() {
        let clock = Clock::system();
        let many: HashSet<String> = (0..100).map(|_| ChallengeId::new(&clock).reference()).collect();
        assert!(many.len() > 90, "{many:?}");
        assert!(many.iter().all(|it| it.len() == 3 && it.bytes().all(|letter| letter.is_ascii_uppercase())));
        let one = ChallengeId::new(&clock);
        assert_eq!(one.reference(), ChallengeId::parse(&one.to_string()).unwrap().reference());
    }

    #[test]
    fn ids_are_version_7_and_sort_by_the_clock() {
        let clock = Clock::manual("2026-03-01T00:00:00Z".parse().unwrap());
        let first = VisitId::new(&clock);
        clock.advance(Duration::from_millis(1));
        let second = VisitId::new(&clock);
        assert_eq!(first.uuid().get_version_num(), 7);
        assert_eq!(first.uuid().get_timestamp().unwrap().to_unix().0, 1_772_323_200);
        assert!(first < second);
    }

    #[test]
    fn two_of_one_instant_differ() {
        let clock = Clock::manual("2026-03-01T00:00:00Z".parse().unwrap());
        assert_ne!(MemberId::new(&clock), MemberId::new(&clock));
    }

    #[test]
    fn the_text_comes_back() {
        let id = PlanId::new(&Clock::system());
        assert_eq!(PlanId::parse(&id.to_string()), Ok(id));
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{id}\""));
        assert_eq!(PlanId::from_uuid(id.into()), id);
    }

    #[test]
    fn other_spellings_are_refused() {
        let text = "01890a5dac96774bbcceb302099a8057";
        for text in [text, "", "x", "{01890a5d-ac96-774b-bcce-b302099a8057}"] {
            assert_eq!(PlanId::parse(text), Err(InvalidId));
        }
    }
}
