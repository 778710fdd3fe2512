//! What a line takes from the limits it counts against: the postings that the ledger keeps.

use uuid::Uuid;

use super::ledger::Account;

/// What caused an entry. With its account, an entry of one kind is made once for it, whatever is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Cause {
    PreauthorizationLine(Uuid),
    ClaimLine(Uuid),
}

impl Cause {
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::PreauthorizationLine(_) => "PREAUTHORIZATION_LINE",
            Self::ClaimLine(_) => "CLAIM_LINE",
        }
    }

    pub(crate) const fn id(self) -> Uuid {
        match self {
            Self::PreauthorizationLine(id) | Self::ClaimLine(id) => id,
        }
    }
}

/// How postings take: a pre-authorization's hold, a claim's are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taking {
    Reserve,
    Commit,
}

impl Taking {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Reserve => "RESERVE",
            Self::Commit => "COMMIT",
        }
    }
}

/// So much, of one balance, for one cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Posting {
    pub(crate) account: Account,
    /// More than nothing.
    pub(crate) amount: i64,
    /// What the balance may reach; none where it is only counted.
    pub(crate) most: Option<i64>,
    pub(crate) cause: Cause,
    /// The pre-authorization's line whose reservation is drawn on first.
    pub(crate) reservation: Option<Uuid>,
}
