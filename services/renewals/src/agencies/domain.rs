//! An appointed agency, and how its participants become another one's.

use std::fmt;

use careway_kernel::{OrganizationId, text::without_blanks};
use chrono::{DateTime, Utc};

/// The code that an authority's lists name an agency by: up to 40 letters, digits and `-_./`, in upper case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct AgencyCode(String);

/// Not such a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be up to 40 letters, digits and -_./")]
pub(crate) struct InvalidAgencyCode;

impl AgencyCode {
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidAgencyCode> {
        let code = without_blanks(text).to_uppercase();
        let of_codes = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
        let sound = (1..=40).contains(&code.len()) && code.bytes().all(of_codes);
        if sound { Ok(Self(code)) } else { Err(InvalidAgencyCode) }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AgencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether an agency collects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AgencyState {
    Appointed,
    HandedOver,
}

impl AgencyState {
    pub(crate) const ALL: [Self; 2] = [Self::Appointed, Self::HandedOver];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Appointed => "APPOINTED",
            Self::HandedOver => "HANDED_OVER",
        }
    }
}

/// An agency that an authority appointed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Agency {
    pub(crate) authority: OrganizationId,
    pub(crate) agency: OrganizationId,
    pub(crate) code: AgencyCode,
    pub(crate) state: AgencyState,
    /// Who has its participants since it collects no more.
    pub(crate) successor: Option<OrganizationId>,
    pub(crate) appointed_at: DateTime<Utc>,
    pub(crate) handed_over_at: Option<DateTime<Utc>>,
    pub(crate) version: i64,
}

/// Why an agency cannot be appointed or handed over so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AgencyRefusal {
    #[error("There is no agency with this code.")]
    Unknown,
    #[error("You have not appointed the successor, or it has handed over itself.")]
    SuccessorUnknown,
    #[error("You have appointed this agency.")]
    Appointed,
    #[error("You have appointed another agency by this code.")]
    CodeTaken,
    #[error("Its participants were handed over already.")]
    HandedOver,
}

/// As whom somebody sees what an agency does for an authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Party {
    Agency(OrganizationId),
    Authority(OrganizationId),
}

impl Party {
    pub(crate) fn organization(self) -> OrganizationId {
        match self {
            Self::Agency(id) | Self::Authority(id) => id,
        }
    }
}

/// An agency did not say which of its authorities it asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Several authorities appointed this agency; say which by authorityId.")]
pub(crate) struct SeveralAuthorities;

impl Agency {
    pub(crate) fn appoint(
        authority: OrganizationId,
        agency: OrganizationId,
        code: AgencyCode,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            authority,
            agency,
            code,
            state: AgencyState::Appointed,
            successor: None,
            appointed_at: now,
            handed_over_at: None,
            version: 1,
        }
    }

    /// Appoints an agency anew that has handed over.
    pub(crate) fn appoint_again(self, code: AgencyCode, now: DateTime<Utc>) -> Result<Self, AgencyRefusal> {
        match self.state {
            AgencyState::Appointed => Err(AgencyRefusal::Appointed),
            AgencyState::HandedOver => Ok(Self {
                version: self.version + 1,
                ..Self::appoint(self.authority, self.agency, code, now)
            }),
        }
    }

    /// Collects no more: the successor does, which collects for the same authority.
    pub(crate) fn hand_over(
        mut self,
        successor: Option<&Self>,
        now: DateTime<Utc>,
    ) -> Result<Self, AgencyRefusal> {
        if self.state == AgencyState::HandedOver {
            return Err(AgencyRefusal::HandedOver);
        }
        let collects = |other: &&Self| {
            other.authority == self.authority
                && other.agency != self.agency
                && other.state == AgencyState::Appointed
        };
        let successor = successor.filter(collects).ok_or(AgencyRefusal::SuccessorUnknown)?;
        self.state = AgencyState::HandedOver;
        self.successor = Some(successor.agency);
        self.handed_over_at = Some(now);
        self.version += 1;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use careway_kernel::Clock;

    use super::*;

    fn agency(clock: &Clock, authority: OrganizationId, code: &str) -> Agency {
        let code = AgencyCode::parse(code).unwrap();
        Agency::appoint(authority, OrganizationId::new(clock), code, clock.now())
    }

    #[test]
    fn a_code_is_kept_in_upper_case() {
        assert_eq!(AgencyCode::parse(" bi 0902i\u{a0}").unwrap().as_str(), "BI0902I");
        for text in ["", "Đ1", &"A".repeat(41)] {
            assert_eq!(AgencyCode::parse(text), Err(InvalidAgencyCode), "{text}");
        }
    }

    #[test]
    fn an_agency_hands_over_once_and_to_one_that_collects() {
        let clock = Clock::manual("2026-11-28T00:00:00Z".parse().unwrap());
        let authority = OrganizationId::new(&clock);
        let (first, second) = (agency(&clock, authority, "BI0902I"), agency(&clock, authority, "BI0902J"));
        let foreign = agency(&clock, OrganizationId::new(&clock), "BI0902K");
        let now = clock.now();
        let to = |successor: Option<&Agency>| first.clone().hand_over(successor, now);
        assert_eq!(to(None), Err(AgencyRefusal::SuccessorUnknown));
        assert_eq!(to(Some(&first)), Err(AgencyRefusal::SuccessorUnknown));
        assert_eq!(to(Some(&foreign)), Err(AgencyRefusal::SuccessorUnknown));
        let gone = to(Some(&second)).unwrap();
        assert_eq!(
            (gone.state, gone.successor, gone.version),
            (AgencyState::HandedOver, Some(second.agency), 2)
        );
        assert_eq!(gone.clone().hand_over(Some(&second), now), Err(AgencyRefusal::HandedOver));
        assert_eq!(second.clone().hand_over(Some(&gone), now), Err(AgencyRefusal::SuccessorUnknown));

        assert_eq!(second.clone().appoint_again(second.code.clone(), now), Err(AgencyRefusal::Appointed));
        let again = gone.appoint_again(first.code.clone(), now).unwrap();
        assert_eq!((again.state, again.successor, again.version), (AgencyState::Appointed, None, 3));
    }
}
