//! An interest form, from its coming to the decision. Nobody decides about what its writer did not confirm.

use std::fmt;

use careway_kernel::{CountryCode, Email, InterestFormId, Language, Names, OrganizationId, Redacted};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

/// How long a form waits for its confirmation.
pub(crate) const UNCONFIRMED_FOR: Duration = Duration::days(7);
/// How many mails about forms an address gets in a day.
pub(crate) const MAILS_A_DAY: i64 = 3;
/// How many mails to confirm a day the forms of one network raise, and those of all.
const CONFIRMATIONS_A_DAY: Confirmations = Confirmations { of_network: 20, in_all: 2_000 };

/// Mails to confirm that were raised in the day before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Confirmations {
    pub(crate) of_network: i64,
    pub(crate) in_all: i64,
}

impl Confirmations {
    /// Whether a form may raise one more: whoever fills in forms decides whom Careway mails.
    pub(crate) fn leave_one(self) -> bool {
        self.of_network < CONFIRMATIONS_A_DAY.of_network && self.in_all < CONFIRMATIONS_A_DAY.in_all
    }
}

/// Where a form stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Its writer has not followed the link yet.
    Unconfirmed,
    /// Nobody has decided yet.
    Submitted,
    Accepted,
    Declined,
}

impl State {
    pub(crate) const ALL: [Self; 4] = [Self::Unconfirmed, Self::Submitted, Self::Accepted, Self::Declined];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Submitted => "SUBMITTED",
            Self::Accepted => "ACCEPTED",
            Self::Declined => "DECLINED",
        }
    }
}

/// What was filled in.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) organization_name: Names,
    pub(crate) country: CountryCode,
    pub(crate) contact_name: Names,
    pub(crate) email: Email,
    pub(crate) website: String,
    pub(crate) message: String,
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

/// What was filled in, as it is kept sealed.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeptContent {
    organization_name: String,
    country: String,
    contact_name: String,
    email: String,
    website: String,
    message: String,
}

impl From<&Content> for KeptContent {
    fn from(content: &Content) -> Self {
        Self {
            organization_name: content.organization_name.as_str().to_owned(),
            country: content.country.to_string(),
            contact_name: content.contact_name.as_str().to_owned(),
            email: content.email.as_str().to_owned(),
            website: content.website.clone(),
            message: content.message.clone(),
        }
    }
}

impl TryFrom<KeptContent> for Content {
    type Error = anyhow::Error;

    fn try_from(kept: KeptContent) -> anyhow::Result<Self> {
        Ok(Self {
            organization_name: Names::parse(&kept.organization_name)?,
            country: CountryCode::parse(&kept.country)?,
            contact_name: Names::parse(&kept.contact_name)?,
            email: Email::parse(&kept.email)?,
            website: kept.website,
            message: kept.message,
        })
    }
}

/// An interest form.
#[derive(Debug, Clone)]
pub(crate) struct InterestForm {
    pub(crate) id: InterestFormId,
    pub(crate) state: State,
    pub(crate) language: Language,
    pub(crate) content: Content,
    pub(crate) submitted_at: DateTime<Utc>,
    pub(crate) confirmed_at: Option<DateTime<Utc>>,
    pub(crate) decided: Option<Decided>,
    /// The organization that an accepted form became.
    pub(crate) organization: Option<OrganizationId>,
    /// Why a form was declined.
    pub(crate) reason: Option<Redacted>,
    pub(crate) version: i64,
}

/// Who decided, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decided {
    pub(crate) by: String,
    pub(crate) at: DateTime<Utc>,
}

/// Why interest forms say no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("The interest form was decided already.")]
    Decided,
    /// Made up, or of a form that is gone.
    #[error("The link is not valid any more. Fill in the form again.")]
    LinkRejected,
}

impl InterestForm {
    /// The form, confirmed by its writer. Confirming twice changes nothing.
    pub(crate) fn confirm(mut self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        if self.state != State::Unconfirmed {
            return Ok(self);
        }
        if now >= self.submitted_at + UNCONFIRMED_FOR {
            return Err(Refusal::LinkRejected);
        }
        self.state = State::Submitted;
        self.confirmed_at = Some(now);
        self.version += 1;
        Ok(self)
    }

    /// Allows a decision.
    pub(crate) fn check_open(&self) -> Result<(), Refusal> {
        if self.state == State::Submitted { Ok(()) } else { Err(Refusal::Decided) }
    }

    /// The form that became an organization.
    pub(crate) fn accept(mut self, organization: OrganizationId, decided: Decided) -> Result<Self, Refusal> {
        self.check_open()?;
        self.state = State::Accepted;
        self.organization = Some(organization);
        self.decided = Some(decided);
        self.version += 1;
        Ok(self)
    }

    /// The form, declined.
    pub(crate) fn decline(mut self, reason: Redacted, decided: Decided) -> Result<Self, Refusal> {
        self.check_open()?;
        self.state = State::Declined;
        self.reason = Some(reason);
        self.decided = Some(decided);
        self.version += 1;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn form() -> InterestForm {
        InterestForm {
            id: InterestFormId::from_uuid(Uuid::from_u128(1)),
            state: State::Unconfirmed,
            language: Language::Bn,
            content: Content {
                organization_name: Names::parse("Shondhan").unwrap(),
                country: CountryCode::parse("BD").unwrap(),
                contact_name: Names::parse("Tanvir Rahman").unwrap(),
                email: Email::parse("tanvir@shondhan.example").unwrap(),
                website: String::new(),
                message: "We book appointments.".to_owned(),
            },
            submitted_at: "2026-11-28T08:00:00Z".parse().unwrap(),
            confirmed_at: None,
            decided: None,
            organization: None,
            reason: None,
            version: 1,
        }
    }

    fn decided() -> Decided {
        Decided { by: "lead".to_owned(), at: "2026-11-29T08:00:00Z".parse().unwrap() }
    }

    #[test]
    fn a_link_is_good_for_seven_days_and_again() {
        let form = form();
        let end = form.submitted_at + UNCONFIRMED_FOR;
        assert_eq!(form.clone().confirm(end).unwrap_err(), Refusal::LinkRejected);
        let confirmed = form.confirm(end - Duration::seconds(1)).unwrap();
        assert_eq!((confirmed.state, confirmed.version), (State::Submitted, 2));
        let again = confirmed.clone().confirm(end).unwrap();
        assert_eq!((again.confirmed_at, again.version), (confirmed.confirmed_at, 2));
    }

    #[test]
    fn a_form_is_decided_once_and_not_before_it_is_confirmed() {
        let organization = OrganizationId::from_uuid(Uuid::from_u128(2));
        assert_eq!(form().accept(organization, decided()).unwrap_err(), Refusal::Decided);
        let submitted = form().confirm(form().submitted_at).unwrap();
        let accepted = submitted.clone().accept(organization, decided()).unwrap();
        assert_eq!((accepted.state, accepted.organization), (State::Accepted, Some(organization)));
        let declined = submitted.decline(Redacted::new("no"), decided()).unwrap();
        assert_eq!(declined.state, State::Declined);
        for form in [accepted, declined] {
            assert_eq!(form.clone().accept(organization, decided()).unwrap_err(), Refusal::Decided);
            assert_eq!(form.decline(Redacted::new("no"), decided()).unwrap_err(), Refusal::Decided);
        }
    }

    #[test]
    fn nobodys_words_are_printed() {
        let printed = format!("{:?}", form());
        assert!(!printed.contains("Shondhan") && !printed.contains("Tanvir"), "{printed}");
    }
}
