//! Who calls: taken from a verified token alone, and what the caller may do.

use std::{fmt, sync::Arc};

use careway_kernel::{AccountId, ClientId, OrganizationId, SessionId};
use uuid::Uuid;

use crate::error::{Error, Result, SharedReason};

/// The one who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A person.
    Account(AccountId),
    /// A partner's system.
    Client(ClientId),
    /// Careway itself, for the purpose named.
    System(&'static str),
    /// Careway's own service, by its token.
    Service(String),
    /// Nobody known: a public RPC.
    Anonymous,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => write!(f, "account:{id}"),
            Self::Client(id) => write!(f, "client:{id}"),
            Self::System(purpose) => write!(f, "system:{purpose}"),
            Self::Service(name) => write!(f, "service:{name}"),
            Self::Anonymous => f.write_str("anonymous"),
        }
    }
}

/// What an organization is in the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum OrganizationKind {
    /// An insurer.
    Payer,
    /// A hospital, clinic or pharmacy; a provider when it publishes to channels.
    Facility,
    /// Collects renewals for an authority.
    Agency,
    /// A social security authority; a payer when it insures people by a scheme of its own.
    Authority,
    /// A booking partner.
    Partner,
    /// A call centre that sells appointments.
    Channel,
    /// Careway's own staff.
    Platform,
}

impl OrganizationKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Payer,
        Self::Facility,
        Self::Agency,
        Self::Authority,
        Self::Partner,
        Self::Channel,
        Self::Platform,
    ];

    /// The name in tokens, in the database and in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Payer => "PAYER",
            Self::Facility => "FACILITY",
            Self::Agency => "AGENCY",
            Self::Authority => "AUTHORITY",
            Self::Partner => "PARTNER",
            Self::Channel => "CHANNEL",
            Self::Platform => "PLATFORM",
        }
    }

    /// Reads [`OrganizationKind::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A verified caller.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub subject: Subject,
    pub(crate) organization: Option<OrganizationId>,
    pub(crate) kind: Option<OrganizationKind>,
    pub(crate) permissions: Arc<[String]>,
    /// The session of a signed-in person.
    pub session: Option<SessionId>,
}

impl Caller {
    /// Careway itself: relays, reactions, timers. Sees every row; what it does is audited under `purpose`.
    pub fn system(purpose: &'static str) -> Self {
        Self::bare(Subject::System(purpose))
    }

    /// The caller of a public RPC.
    pub fn anonymous() -> Self {
        Self::bare(Subject::Anonymous)
    }

    pub(crate) fn bare(subject: Subject) -> Self {
        Self { subject, organization: None, kind: None, permissions: Arc::new([]), session: None }
    }

    /// A person or client of an organization, as a verified token says; tests make callers with it too.
    pub fn of_organization(
        subject: Subject,
        organization: OrganizationId,
        kind: OrganizationKind,
        permissions: impl IntoIterator<Item = String>,
        session: Option<SessionId>,
    ) -> Self {
        Self {
            subject,
            organization: Some(organization),
            kind: Some(kind),
            permissions: permissions.into_iter().collect(),
            session,
        }
    }

    /// The organization acted for; 403 for callers without one.
    pub fn organization(&self) -> Result<OrganizationId> {
        self.organization.ok_or_else(|| {
            Error::new(
                SharedReason::OrganizationRequired,
                "This needs a caller that acts for an organization.",
            )
        })
    }

    /// The kind of that organization.
    pub fn kind(&self) -> Option<OrganizationKind> {
        self.kind
    }

    /// The person; 403 for systems.
    pub fn account(&self) -> Result<AccountId> {
        match self.subject {
            Subject::Account(id) => Ok(id),
            _ => Err(Error::new(SharedReason::PersonRequired, "This needs a signed-in person.")),
        }
    }

    /// The facility acted for.
    ///
    /// # Errors
    /// `WRONG_ORGANIZATION_KIND` for everybody else.
    pub fn facility(&self) -> Result<OrganizationId> {
        match self.kind {
            Some(OrganizationKind::Facility) => self.organization(),
            _ => Err(wrong_kind("This is for facilities.")),
        }
    }

    /// The payer acted for: an insurer, or an authority that insures by a scheme of its own.
    ///
    /// # Errors
    /// `WRONG_ORGANIZATION_KIND` for everybody else.
    pub fn payer(&self) -> Result<OrganizationId> {
        if self.is_payer() { self.organization() } else { Err(wrong_kind("This is for payers.")) }
    }

    /// The agency acted for.
    ///
    /// # Errors
    /// `WRONG_ORGANIZATION_KIND` for everybody else.
    pub fn agency(&self) -> Result<OrganizationId> {
        match self.kind {
            Some(OrganizationKind::Agency) => self.organization(),
            _ => Err(wrong_kind("This is for agencies.")),
        }
    }

    /// The authority acted for.
    ///
    /// # Errors
    /// `WRONG_ORGANIZATION_KIND` for everybody else.
    pub fn authority(&self) -> Result<OrganizationId> {
        match self.kind {
            Some(OrganizationKind::Authority) => self.organization(),
            _ => Err(wrong_kind("This is for authorities.")),
        }
    }

    /// The channel acted for.
    ///
    /// # Errors
    /// `WRONG_ORGANIZATION_KIND` for everybody else.
    pub fn channel(&self) -> Result<OrganizationId> {
        match self.kind {
            Some(OrganizationKind::Channel) => self.organization(),
            _ => Err(wrong_kind("This is for channels.")),
        }
    }

    /// Whether the caller's organization insures people.
    pub fn is_payer(&self) -> bool {
        matches!(self.kind, Some(OrganizationKind::Payer | OrganizationKind::Authority))
    }

    /// The person or the API client that acts.
    ///
    /// # Errors
    /// `PERSON_REQUIRED` for Careway's own programs and for the public.
    pub fn person_or_client(&self) -> Result<Uuid> {
        match self.subject {
            Subject::Account(id) => Ok(id.uuid()),
            Subject::Client(id) => Ok(id.uuid()),
            _ => Err(Error::new(SharedReason::PersonRequired, "This needs a person or an API client.")),
        }
    }

    /// Whether the token carries the permission.
    pub fn may(&self, permission: &str) -> bool {
        self.permissions.iter().any(|held| held == permission)
    }

    /// Whether this is Careway itself or one of its services, which see every row.
    pub fn is_system(&self) -> bool {
        matches!(self.subject, Subject::System(_) | Subject::Service(_))
    }

    /// What row-level security is told: organization, kind, purpose; empty where there is none.
    pub(crate) fn settings(&self) -> [String; 3] {
        let organization = self.organization.map(|id| id.to_string()).unwrap_or_default();
        let kind = self.kind.map_or("", OrganizationKind::as_str).to_owned();
        let purpose = match &self.subject {
            Subject::System(purpose) => (*purpose).to_owned(),
            Subject::Service(name) => name.clone(),
            _ => String::new(),
        };
        [organization, kind, purpose]
    }
}

fn wrong_kind(message: &'static str) -> Error {
    Error::new(SharedReason::WrongOrganizationKind, message)
}
