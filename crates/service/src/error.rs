//! One error vocabulary for every service, and its one translation to and from gRPC statuses.

use std::{borrow::Cow, collections::HashMap, fmt::Display, time::Duration};

use careway_contract::Declared;
pub use careway_contract::refusals::v1::{SharedReason, refusal::Kind};
use careway_kernel::Violations;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

/// What an operation returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The domain of every `ErrorInfo` that Careway sends.
pub const ERROR_DOMAIN: &str = "careway";

/// The kind of a gRPC code, which is its number; a code that no refusal has is a fault.
fn kind_of(code: Code) -> Kind {
    match code {
        Code::Ok => Kind::Internal,
        Code::Cancelled => Kind::Unavailable,
        code => Kind::try_from(code as i32).unwrap_or(Kind::Internal),
    }
}

/// Why an operation did not do what it was asked.
#[derive(Debug)]
pub struct Error(Box<Problem>);

#[derive(Debug)]
struct Problem {
    kind: Kind,
    reason: Cow<'static, str>,
    message: Cow<'static, str>,
    violations: Vec<(String, String)>,
    metadata: HashMap<String, String>,
    retry_after: Option<Duration>,
    source: Option<anyhow::Error>,
}

impl Error {
    /// A refusal: its reason, which has its kind from the contract, and a sentence for a person.
    pub fn new(reason: impl Declared, message: impl Into<Cow<'static, str>>) -> Self {
        Self::problem(reason.kind(), Cow::Borrowed(reason.name()), message.into())
    }

    /// The same refusal with another kind than its reason's first: one that the contract says it also comes with.
    pub fn also(reason: impl Declared, kind: Kind, message: impl Into<Cow<'static, str>>) -> Self {
        debug_assert!(reason.also().contains(&kind), "{} is not declared with {kind:?}", reason.name());
        Self::problem(kind, Cow::Borrowed(reason.name()), message.into())
    }

    fn problem(kind: Kind, reason: Cow<'static, str>, message: Cow<'static, str>) -> Self {
        Self(Box::new(Problem {
            kind,
            reason,
            message,
            violations: Vec::new(),
            metadata: HashMap::new(),
            retry_after: None,
            source: None,
        }))
    }

    /// What is replaced is not of the version that the caller read.
    pub fn stale() -> Self {
        Self::new(SharedReason::StaleVersion, "It changed since you read it; read it again.")
    }

    /// 404. What belongs to another organization gets the very same answer.
    pub fn not_found(what: &'static str) -> Self {
        Self::new(SharedReason::NotFound, format!("There is no such {what}."))
    }

    /// 400 with one violation.
    pub fn violation(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid(vec![(field.into(), message.into())])
    }

    /// 500; the source is logged once, at the boundary, and never answered.
    pub fn internal(source: impl Into<anyhow::Error>) -> Self {
        let mut error = Self::new(SharedReason::Internal, "internal error");
        error.0.source = Some(source.into());
        error
    }

    fn invalid(violations: Vec<(String, String)>) -> Self {
        let mut error =
            Self::new(SharedReason::InvalidRequest, "Fields of the request are missing or wrong.");
        error.0.violations = violations;
        error
    }

    /// When it is worth trying again.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// A fact for programs beside the reason, like the id of the visit that is open already.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Display) -> Self {
        self.0.metadata.insert(key.to_owned(), value.to_string());
        self
    }

    /// The kind of the refusal.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Whether it is a refusal for this reason, also across a call to another service.
    pub fn is(&self, reason: impl Declared) -> bool {
        self.reason() == reason.name()
    }

    /// The stable reason, to be told; whoever decides by it asks [`Error::is`].
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// A fact given by [`Error::with`], also across a call to another service.
    pub fn fact(&self, key: &str) -> Option<&str> {
        self.0.metadata.get(key).map(String::as_str)
    }

    /// What is wrong with the request: fields and what they must be.
    pub fn violations(&self) -> &[(String, String)] {
        &self.0.violations
    }

    /// The sentence for a person.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The fault behind an internal error: for the one log line at the boundary, and for operators; never for callers.
    pub fn source(&self) -> Option<&anyhow::Error> {
        self.0.source.as_ref()
    }

    /// The status that tells a caller of this error.
    pub fn to_status(&self) -> Status {
        let problem = &*self.0;
        let mut details = ErrorDetails::new();
        details.set_error_info(problem.reason.as_ref(), ERROR_DOMAIN, problem.metadata.clone());
        if !problem.violations.is_empty() {
            let violations = problem.violations.iter();
            details.set_bad_request(
                violations.map(|(field, message)| FieldViolation::new(field, message)).collect::<Vec<_>>(),
            );
        }
        if problem.retry_after.is_some() {
            details.set_retry_info(problem.retry_after);
        }
        Status::with_error_details(Code::from_i32(problem.kind as i32), problem.message.as_ref(), details)
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0.source {
            Some(source) => write!(f, "{}: {source:#}", self.0.reason),
            None => write!(f, "{}: {}", self.0.reason, self.0.message),
        }
    }
}

impl std::error::Error for Error {}

impl From<Violations> for Error {
    fn from(violations: Violations) -> Self {
        Self::invalid(violations.into_iter().map(|violation| (violation.field, violation.message)).collect())
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|database| database.code());
        match (&error, code.as_deref()) {
            (_, Some("57014")) => Self::new(SharedReason::DeadlineExceeded, "The request took too long."),
            (_, Some("55P03" | "40001" | "40P01")) => {
                Self::new(SharedReason::Busy, "Others are changing the same thing; try again.")
                    .retry_after(Duration::from_secs(1))
            }
            // A server that goes away in the middle of a greeting breaks its protocol.
            (
                sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::Io(_)
                | sqlx::Error::Protocol(_),
                _,
            )
            | (_, Some("57P01" | "57P02" | "57P03" | "53300" | "08006" | "08001")) => {
                let mut unavailable =
                    Self::new(SharedReason::DatabaseUnavailable, "The service cannot answer now; try again.")
                        .retry_after(Duration::from_secs(1));
                unavailable.0.source = Some(error.into());
                unavailable
            }
            _ => Self::internal(error),
        }
    }
}

impl From<redis::RedisError> for Error {
    fn from(error: redis::RedisError) -> Self {
        let mut unavailable =
            Self::new(SharedReason::CacheUnavailable, "The service cannot answer now; try again.")
                .retry_after(Duration::from_secs(1));
        unavailable.0.source = Some(error.into());
        unavailable
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::internal(error)
    }
}

/// Another service's refusal passes on as it is; its faults are faults here.
impl From<Status> for Error {
    fn from(status: Status) -> Self {
        let kind = kind_of(status.code());
        if kind == Kind::Internal {
            return Self::internal(anyhow::anyhow!("upstream answered {:?}", status.code()));
        }
        let details = status.get_error_details();
        let (reason, metadata) = match details.error_info() {
            Some(info) => (Cow::Owned(info.reason.clone()), info.metadata.clone()),
            None => (Cow::Borrowed(SharedReason::UpstreamUnavailable.name()), HashMap::new()),
        };
        let violations = details.bad_request().map(|bad| {
            bad.field_violations.iter().map(|one| (one.field.clone(), one.description.clone())).collect()
        });
        let detail = match details.error_info() {
            // A transport's words: addresses and library names.
            None if kind == Kind::Unavailable => {
                "A service that is needed cannot answer now; try again.".to_owned()
            }
            _ => status.message().to_owned(),
        };
        let mut error = Self::problem(kind, reason, Cow::Owned(detail));
        error.0.metadata = metadata;
        error.0.violations = violations.unwrap_or_default();
        error.0.retry_after = details.retry_info().and_then(|retry| retry.retry_delay);
        error
    }
}

/// Why something was not written: a rule's no, which its caller may look at, or anything else.
#[derive(Debug)]
pub enum NotWritten<R> {
    /// Refused.
    Refused(R),
    /// Failed.
    Failed(Error),
}

impl<R> From<Error> for NotWritten<R> {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl<R> From<sqlx::Error> for NotWritten<R> {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl<R: Into<Error>> From<NotWritten<R>> for Error {
    fn from(not_written: NotWritten<R>) -> Self {
        match not_written {
            NotWritten::Refused(refusal) => refusal.into(),
            NotWritten::Failed(error) => error,
        }
    }
}

/// Lets the database have the last word: a named constraint becomes a refusal.
pub trait OnConstraint<T> {
    /// `refusal` when the constraint `name` was violated; any other error as it is.
    fn on_constraint<R>(self, name: &str, refusal: impl FnOnce() -> R) -> Result<T, NotWritten<R>>;
}

impl<T> OnConstraint<T> for std::result::Result<T, sqlx::Error> {
    fn on_constraint<R>(self, name: &str, refusal: impl FnOnce() -> R) -> Result<T, NotWritten<R>> {
        self.map_err(|error| match error.as_database_error() {
            Some(database) if database.constraint() == Some(name) => NotWritten::Refused(refusal()),
            _ => error.into(),
        })
    }
}
