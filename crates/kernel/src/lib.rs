//! The words every context shares: ids, money, people's numbers and names, pages, the clock.
//!
//! Pure: nothing here waits, and nothing does I/O besides reading the clock ([`Clock`]) and the operating
//! system's random generator ([`random`]). Types that hold what must not leak (phone, national id, e-mail,
//! name, secret) print `•••` and never serialize by themselves: showing them is always a written decision.

#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests are bound to no clock"))]

pub mod clock;
pub mod country;
pub mod date;
pub mod email;
pub mod human_number;
pub mod ids;
pub mod language;
pub mod member_number;
pub mod money;
pub mod name;
pub mod national_id;
pub mod network;
pub mod page;
pub mod percent;
pub mod phone;
pub mod random;
pub mod secret;
pub mod sex;
pub mod text;
pub mod violations;

#[cfg(test)]
mod vectors;

pub use clock::Clock;
pub use country::{CountryCode, UnknownCountry};
pub use date::{InvalidDate, PartialDate, parse_date};
pub use email::{Email, InvalidEmail};
pub use human_number::{HumanNumber, InvalidHumanNumber, human_number};
pub use ids::{
    AccountId, BookingId, CampaignId, CaseId, CaseMessageId, ChallengeId, ChannelContractId, ChannelNoticeId,
    ClaimId, ClientId, ClosureId, ConnectionId, ContractId, ContributionId, CoverageId, DataIssueId,
    DocumentId, EventId, FamilyId, HoldId, ImportId, InterestFormId, InvalidId, InvitationId, JointTestId,
    MemberId, MessageId, OptOutId, OrganizationId, ParticipantId, PaymentAdviceId, PlanId,
    PreauthorizationId, PrescriptionId, PriceChangeId, RenewalId, RenewalItemId, ResourceId, ServiceId,
    ServiceLineId, SessionId, TariffId, TemplateId, VisitId, WebhookEndpointId, id_at,
};
pub use language::{Language, UnknownLanguage};
pub use member_number::{InvalidMemberNumber, MemberNumber};
pub use money::{Currency, InvalidMoney, Money, MoneyError, UnknownCurrency};
pub use name::{InvalidName, Names};
pub use national_id::{InvalidNationalId, NationalId, NationalIdKind, NationalIdWarning};
pub use page::{InvalidPage, InvalidPageToken, PageRequest, PageToken};
pub use percent::{InvalidPercent, Percent};
pub use phone::{
    InvalidPhoneNumber, MaskedPhone, PhoneChange, PhoneKind, PhoneNumber, ReadPhone, UnreadablePhone,
};
pub use secret::Redacted;
pub use sex::{Sex, UnknownSex};
pub use violations::{Violation, Violations};
