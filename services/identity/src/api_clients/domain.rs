//! A partner's system: its scopes, its two living secrets.

use std::collections::BTreeSet;

use careway_kernel::{AccountId, ClientId, OrganizationId};
use careway_service::OrganizationKind;
use chrono::{DateTime, Duration, Utc};

use crate::{accounts::domain::roles::Table, opaque_token::Digest256};

/// How long the secret of before stays good after a rotation, when nobody says.
pub(crate) const KEEP_PREVIOUS: Duration = Duration::hours(24);

/// An API client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiClient {
    pub(crate) id: ClientId,
    pub(crate) organization: OrganizationId,
    pub(crate) name: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) secret: Secret,
    /// The person who answers for it; none for clients that are older than this rule.
    pub(crate) created_by: Option<AccountId>,
    /// Since when it gets no tokens, because its maker was disabled.
    pub(crate) disabled_at: Option<DateTime<Utc>>,
    /// The one before; it dies at `expires_at`.
    pub(crate) previous: Option<Previous>,
}

/// The newest secret.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret {
    pub(crate) digest: Digest256,
    pub(crate) created_at: DateTime<Utc>,
}

/// The secret of before.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Previous {
    pub(crate) digest: Digest256,
    pub(crate) expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secret({})", self.created_at)
    }
}

impl std::fmt::Debug for Previous {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Previous({})", self.expires_at)
    }
}

/// Reads scopes: at least one, all of them permissions that clients of this kind of organization can have
/// and that the giver holds.
pub(crate) fn parse_scopes(
    kind: OrganizationKind,
    scopes: &[String],
    holds: impl Fn(&str) -> bool,
) -> Result<Vec<String>, Refusal> {
    let allowed = Table::of(kind).for_clients();
    let asked: BTreeSet<&str> = scopes.iter().map(String::as_str).collect();
    if asked.is_empty() {
        return Err(Refusal::NoScope);
    }
    refuse(asked.iter().copied().filter(|scope| !allowed.contains(scope) || !holds(scope)))?;
    Ok(asked.into_iter().map(str::to_owned).collect())
}

impl ApiClient {
    /// Whether a secret with this digest is good now.
    pub(crate) fn accepts(&self, digest: &Digest256, now: DateTime<Utc>) -> bool {
        if self.disabled_at.is_some() {
            return false;
        }
        let previous = self.previous.as_ref().filter(|previous| now < previous.expires_at);
        same(&self.secret.digest, digest) | previous.is_some_and(|previous| same(&previous.digest, digest))
    }

    /// The client with a new secret; today's stays good for `keep`, the one before it dies. A disabled client works
    /// again, for whoever rotates, and by the new secret alone: its maker knows the other.
    pub(crate) fn rotate(
        mut self,
        digest: Digest256,
        keep: Duration,
        by: AccountId,
        now: DateTime<Utc>,
    ) -> Self {
        let previous = std::mem::replace(&mut self.secret, Secret { digest, created_at: now });
        let keeps = keep > Duration::zero() && self.disabled_at.is_none();
        self.previous = keeps.then(|| Previous { digest: previous.digest, expires_at: now + keep });
        if self.disabled_at.take().is_some() {
            self.created_by = Some(by);
        }
        self
    }

    /// The permissions of a token: those asked for (all, when nothing is), within the client's own, within what its
    /// kind of organization may have today.
    pub(crate) fn grant(&self, kind: OrganizationKind, scope: &str) -> Result<Vec<String>, Refusal> {
        let allowed = Table::of(kind).for_clients();
        let own: BTreeSet<&str> =
            self.scopes.iter().map(String::as_str).filter(|scope| allowed.contains(scope)).collect();
        let asked: BTreeSet<&str> = scope.split_ascii_whitespace().collect();
        refuse(asked.difference(&own).copied())?;
        let granted = if asked.is_empty() { own } else { asked };
        Ok(granted.into_iter().map(str::to_owned).collect())
    }
}

fn same(one: &Digest256, other: &Digest256) -> bool {
    use subtle::ConstantTimeEq as _;
    one.ct_eq(other).into()
}

/// Why API clients say no. One refusal may have several causes that a stranger must not tell apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("A client has at least one scope.")]
    NoScope,
    /// Those of the scopes that can be named; none where none of them can.
    #[error("A scope is more than allowed here.")]
    InvalidScope(Vec<String>),
}

/// How many scopes a refusal names at most, and how long one may be: they go back in headers.
const MOST_NAMED: usize = 10;
const LONGEST_NAMED: usize = 64;

/// Refuses when there is any scope that is too much.
fn refuse<'a>(beyond: impl Iterator<Item = &'a str>) -> Result<(), Refusal> {
    let mut beyond = beyond.peekable();
    if beyond.peek().is_none() {
        return Ok(());
    }
    let named = beyond.filter(|scope| is_scope(scope)).take(MOST_NAMED).map(str::to_owned);
    Err(Refusal::InvalidScope(named.collect()))
}

/// Whether it has the letters of a scope (RFC 6749 §3.3): an answer may repeat it. Digits alone would come back as a number.
fn is_scope(text: &str) -> bool {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let letter = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    !digits && text.len() <= LONGEST_NAMED && text.bytes().all(letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    use careway_service::OrganizationKind::{Facility, Payer};

    fn client() -> ApiClient {
        let now = "2026-03-01T08:00:00Z".parse().unwrap();
        ApiClient {
            id: ClientId::from_uuid(Uuid::from_u128(1)),
            organization: OrganizationId::from_uuid(Uuid::from_u128(2)),
            name: "HIS".to_owned(),
            scopes: vec!["benefits.read".to_owned(), "visits.read".to_owned()],
            created_at: now,
            secret: Secret { digest: [1; 32], created_at: now },
            created_by: None,
            disabled_at: None,
            previous: None,
        }
    }

    fn person() -> AccountId {
        AccountId::from_uuid(Uuid::from_u128(3))
    }

    #[test]
    fn two_secrets_live_and_no_third() {
        let first = client();
        let now = first.created_at;
        let second = first.rotate([2; 32], Duration::hours(24), person(), now);
        assert!(second.accepts(&[1; 32], now) && second.accepts(&[2; 32], now));
        assert!(!second.accepts(&[1; 32], now + Duration::hours(24)));
        let third = second.clone().rotate([3; 32], Duration::hours(24), person(), now);
        assert!(
            third.accepts(&[3; 32], now) && third.accepts(&[2; 32], now) && !third.accepts(&[1; 32], now)
        );
        assert!(!second.rotate([3; 32], Duration::zero(), person(), now).accepts(&[2; 32], now));
    }

    #[test]
    fn a_disabled_client_works_again_by_a_new_secret_alone() {
        let now = client().created_at;
        let disabled = ApiClient { disabled_at: Some(now), ..client() };
        assert!(!disabled.accepts(&[1; 32], now));
        let taken_over = disabled.rotate([2; 32], Duration::hours(24), person(), now);
        assert!(taken_over.accepts(&[2; 32], now) && !taken_over.accepts(&[1; 32], now));
        assert_eq!((taken_over.created_by, taken_over.disabled_at), (Some(person()), None));
    }

    #[test]
    fn a_token_carries_no_more_than_was_given() {
        let client = client();
        assert_eq!(client.grant(Facility, "").unwrap(), ["benefits.read", "visits.read"]);
        assert_eq!(client.grant(Facility, "visits.read visits.read").unwrap(), ["visits.read"]);
        let refused = |scope: &str| client.grant(Facility, scope);
        assert_eq!(refused("visits.start"), Err(Refusal::InvalidScope(vec!["visits.start".to_owned()])));
    }

    #[test]
    fn a_refusal_names_the_scopes_that_are_too_much_as_far_as_an_answer_can() {
        let named = |scope: &str| match client().grant(Facility, scope) {
            Err(Refusal::InvalidScope(named)) => named,
            other => panic!("{scope}: {other:?}"),
        };
        assert_eq!(named("visits.start visits.read claims.read"), ["claims.read", "visits.start"]);
        for unfit in ["7", "caf\u{e9}", "a\"b", "a\\b", &"x".repeat(65)] {
            assert_eq!(named(unfit), [""; 0], "{unfit}");
        }
        let many: Vec<_> = (0..1000).map(|at| format!("s{at}")).collect();
        assert_eq!(named(&many.join(" ")).len(), MOST_NAMED);
    }

    #[test]
    fn scopes_are_of_the_kind_and_of_the_giver() {
        let scopes = |list: &[&str]| list.iter().map(|&scope| scope.to_owned()).collect::<Vec<_>>();
        assert!(parse_scopes(Facility, &scopes(&["visits.start"]), |_| true).is_ok());
        assert!(parse_scopes(Payer, &scopes(&["visits.start"]), |_| true).is_err());
        assert!(parse_scopes(Facility, &scopes(&["visits.start"]), |_| false).is_err());
        assert_eq!(parse_scopes(Facility, &[], |_| true), Err(Refusal::NoScope));
        for for_persons in ["accounts.manage", "api-clients.manage"] {
            assert!(parse_scopes(Facility, &scopes(&[for_persons]), |_| true).is_err(), "{for_persons}");
            let old = ApiClient { scopes: scopes(&[for_persons, "visits.read"]), ..client() };
            assert_eq!(old.grant(Facility, "").unwrap(), ["visits.read"]);
        }
    }
}
