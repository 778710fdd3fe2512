//! What a step of a connection still lacks, by its code and in words.

use std::fmt;

use careway_kernel::ServiceId;

use super::joint_test::TestStep;

/// Something that is missing. They sort by their codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Missing {
    Calendar(ServiceId),
    Consent,
    ConsentOutdated,
    Contact,
    Contract,
    ContractNotConfirmed,
    ContractNotInForce,
    EndpointUnverified,
    IntentNotDelivered,
    Mapping(ServiceId),
    NoServiceTicked,
    Price(ServiceId),
    StepNotGreen(TestStep),
    TestNotPassed,
    TestOutdated,
}

impl Missing {
    /// Its stable name.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Calendar(_) => "CALENDAR_MISSING",
            Self::Consent => "CONSENT_MISSING",
            Self::ConsentOutdated => "CONSENT_OUTDATED",
            Self::Contact => "CONTACT_MISSING",
            Self::Contract => "CONTRACT_MISSING",
            Self::ContractNotConfirmed => "CONTRACT_NOT_CONFIRMED",
            Self::ContractNotInForce => "CONTRACT_NOT_IN_FORCE",
            Self::EndpointUnverified => "ENDPOINT_UNVERIFIED",
            Self::IntentNotDelivered => "INTENT_NOT_DELIVERED",
            Self::Mapping(_) => "MAPPING_MISSING",
            Self::NoServiceTicked => "NO_SERVICE_TICKED",
            Self::Price(_) => "PRICE_MISSING",
            Self::StepNotGreen(_) => "STEP_NOT_GREEN",
            Self::TestNotPassed => "TEST_NOT_PASSED",
            Self::TestOutdated => "TEST_OUTDATED",
        }
    }

    /// Of which service, where it is of one.
    pub(crate) const fn service(self) -> Option<ServiceId> {
        match self {
            Self::Calendar(service) | Self::Mapping(service) | Self::Price(service) => Some(service),
            _ => None,
        }
    }

    /// What it is, for people.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Calendar(_) => "A ticked service has no open hours: something it needs has no calendar.",
            Self::Consent => "The provider has not accepted the declaration of consent.",
            Self::ConsentOutdated => {
                "The declaration of consent has changed; the provider must accept the new text."
            }
            Self::Contact => "The channel has not named whom to write to.",
            Self::Contract => "There is no contract between the provider and the channel.",
            Self::ContractNotConfirmed => "The other side has not confirmed the contract.",
            Self::ContractNotInForce => "The contract is not in force today.",
            Self::EndpointUnverified => {
                "The channel’s system has not answered, or no webhook endpoint of it has answered a test since its last change."
            }
            Self::IntentNotDelivered => "The mail that declares the intent has not been delivered.",
            Self::Mapping(_) => "The channel has given no code of its own for a ticked service.",
            Self::NoServiceTicked => "No service is ticked.",
            Self::Price(_) => "A ticked service has no price for this channel.",
            Self::StepNotGreen(_) => "A step of the joint test has not been seen.",
            Self::TestNotPassed => "The joint test has not been signed by both sides.",
            Self::TestOutdated => {
                "The joint test is older than thirty days, or than a change of services or settings."
            }
        }
    }
}

/// As programs read it: the code and what it is about.
impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Calendar(service) | Self::Mapping(service) | Self::Price(service) => {
                write!(f, "{}:{service}", self.code())
            }
            Self::StepNotGreen(step) => write!(f, "{}:{}", self.code(), step.as_str()),
            _ => f.write_str(self.code()),
        }
    }
}
