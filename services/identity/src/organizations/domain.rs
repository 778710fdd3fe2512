//! An organization of the network, its codes, and who sees how much of it.

use careway_kernel::{CountryCode, Language, Names, OrganizationId, text::without_blanks};
use careway_service::OrganizationKind;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Organization {
    pub(crate) id: OrganizationId,
    pub(crate) kind: OrganizationKind,
    pub(crate) name: Names,
    pub(crate) country: CountryCode,
    pub(crate) time_zone: Tz,
    pub(crate) locale: Language,
    pub(crate) status: Status,
    pub(crate) codes: Vec<Code>,
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
}

/// Whether its people can work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Active,
    Suspended,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Suspended].into_iter().find(|status| status.as_str() == text)
    }
}

/// A code others know an organization by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Code {
    pub(crate) kind: CodeKind,
    pub(crate) value: String,
}

/// Who gave a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CodeKind {
    Facility,
    Agency,
    Merchant,
    Payer,
}

impl CodeKind {
    const ALL: [Self; 4] = [Self::Facility, Self::Agency, Self::Merchant, Self::Payer];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Facility => "FACILITY",
            Self::Agency => "AGENCY",
            Self::Merchant => "MERCHANT",
            Self::Payer => "PAYER",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Not a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 40 letters, digits or -_./")]
pub(crate) struct InvalidCode;

impl Code {
    /// Reads a code; it is kept in upper case, as people compare them.
    pub(crate) fn parse(kind: CodeKind, value: &str) -> Result<Self, InvalidCode> {
        let value = without_blanks(value).to_ascii_uppercase();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
        if value.is_empty() || value.len() > 40 || !value.bytes().all(fits) {
            return Err(InvalidCode);
        }
        Ok(Self { kind, value })
    }
}

/// Not a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an IANA time zone such as Africa/Kigali")]
pub(crate) struct InvalidTimeZone;

/// Reads the name of an IANA time zone.
pub(crate) fn parse_time_zone(text: &str) -> Result<Tz, InvalidTimeZone> {
    text.parse().map_err(|_| InvalidTimeZone)
}

/// How much of an organization somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// Everything.
    Whole,
    /// Kind, name, country and codes.
    PublicFace,
}

impl Organization {
    /// What a caller sees of it; row-level security has let it through already.
    pub(crate) fn view_for(
        &self,
        organization: Option<OrganizationId>,
        kind: Option<OrganizationKind>,
    ) -> View {
        if kind == Some(OrganizationKind::Platform) || organization == Some(self.id) {
            View::Whole
        } else {
            View::PublicFace
        }
    }
}

/// Why organizations say no. One refusal may have several causes that a stranger must not tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("Another organization has this code.")]
    CodeTaken,
    #[error("You cannot suspend your own organization.")]
    OwnOrganization,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_compared_in_upper_case() {
        assert_eq!(Code::parse(CodeKind::Agency, " bi0902i ").unwrap().value, "BI0902I");
        assert_eq!(Code::parse(CodeKind::Facility, "kfh\u{2011}1\u{a0}").unwrap().value, "KFH-1");
        for wrong in ["", " ", "é", &"x".repeat(41)] {
            assert_eq!(Code::parse(CodeKind::Agency, wrong), Err(InvalidCode), "{wrong}");
        }
    }

    #[test]
    fn zones_are_of_iana() {
        assert_eq!(parse_time_zone("Africa/Kigali"), Ok(Tz::Africa__Kigali));
        assert_eq!(parse_time_zone("Kigali"), Err(InvalidTimeZone));
    }

    #[test]
    fn names_come_back() {
        for kind in CodeKind::ALL {
            assert_eq!(CodeKind::parse(kind.as_str()), Some(kind));
        }
        for status in [Status::Active, Status::Suspended] {
            assert_eq!(Status::parse(status.as_str()), Some(status));
        }
    }
}
