//! An invitation to work for an organization: a link that is good once, for a while.

use careway_kernel::{AccountId, Email, InvitationId, Names, OrganizationId};
use chrono::{DateTime, Duration, Utc};

use crate::{accounts::domain::refusal::Refusal, opaque_token::Digest256};

/// How long the link of an invitation is good.
pub(crate) const LIFETIME: Duration = Duration::days(7);
/// How long the link of a password reset is good.
pub(crate) const RESET_LIFETIME: Duration = Duration::hours(1);

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invitation {
    pub(crate) id: InvitationId,
    pub(crate) organization: OrganizationId,
    /// The id the account gets, unless the person has one already.
    pub(crate) account: AccountId,
    pub(crate) email: Email,
    pub(crate) name: Names,
    pub(crate) roles: Vec<String>,
    pub(crate) token_digest: Digest256,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) accepted_at: Option<DateTime<Utc>>,
    /// The account that accepted.
    pub(crate) accepted_by: Option<AccountId>,
    pub(crate) created_at: DateTime<Utc>,
}

impl Invitation {
    /// The invitation, while its link is good.
    pub(crate) fn good(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let is_over = self.accepted_at.is_some() || now >= self.expires_at;
        if is_over { Err(Refusal::LinkRejected) } else { Ok(self) }
    }

    /// The invitation, accepted by an account.
    pub(crate) fn accept(self, account: AccountId, now: DateTime<Utc>) -> Result<Self, Refusal> {
        Ok(Self { accepted_at: Some(now), accepted_by: Some(account), ..self.good(now)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_link_is_good_once_and_not_for_ever() {
        let now = "2026-03-01T08:00:00Z".parse().unwrap();
        let account = AccountId::from_uuid(Uuid::from_u128(1));
        let invitation = Invitation {
            id: InvitationId::from_uuid(Uuid::from_u128(2)),
            organization: OrganizationId::from_uuid(Uuid::from_u128(3)),
            account,
            email: Email::parse("aline@hospital.example").unwrap(),
            name: Names::parse("Aline").unwrap(),
            roles: vec!["CLINICIAN".to_owned()],
            token_digest: [0; 32],
            expires_at: now + LIFETIME,
            accepted_at: None,
            accepted_by: None,
            created_at: now,
        };
        let late = invitation.clone().accept(account, now + LIFETIME);
        assert_eq!(late, Err(Refusal::LinkRejected));
        let accepted = invitation.accept(account, now).unwrap();
        assert_eq!(accepted.accepted_by, Some(account));
        assert_eq!(accepted.accept(account, now), Err(Refusal::LinkRejected));
    }
}
