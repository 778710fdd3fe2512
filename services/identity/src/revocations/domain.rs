//! What ended, and why.

use careway_kernel::{AccountId, OrganizationId, SessionId};

/// A session that ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ended {
    pub(crate) session: SessionId,
    pub(crate) account: AccountId,
    pub(crate) organization: OrganizationId,
    pub(crate) reason: EndReason,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndReason {
    SignedOut,
    Switched,
    Disabled,
    RolesChanged,
    PasswordReset,
    TokenReused,
    OrganizationSuspended,
}

impl EndReason {
    const ALL: [Self; 7] = [
        Self::SignedOut,
        Self::Switched,
        Self::Disabled,
        Self::RolesChanged,
        Self::PasswordReset,
        Self::TokenReused,
        Self::OrganizationSuspended,
    ];

    /// The word that the database keeps and the contract says.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "SIGNED_OUT",
            Self::Switched => "SWITCHED",
            Self::Disabled => "DISABLED",
            Self::RolesChanged => "ROLES_CHANGED",
            Self::PasswordReset => "PASSWORD_RESET",
            Self::TokenReused => "TOKEN_REUSED",
            Self::OrganizationSuspended => "ORGANIZATION_SUSPENDED",
        }
    }

    /// Reads [`EndReason::as_str`].
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}
