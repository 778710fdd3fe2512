//! A session: one person in one organization, kept alive by refresh tokens that are good once.

pub(crate) mod refusal;
pub(crate) mod token;

use crate::revocations::domain::{EndReason, Ended};
use careway_kernel::{AccountId, OrganizationId, SessionId};
use chrono::{DateTime, Duration, Utc};

/// How long sessions live.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lifetimes {
    /// Without a refresh.
    pub(crate) idle: Duration,
    /// In all.
    pub(crate) absolute: Duration,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) account: AccountId,
    pub(crate) organization: OrganizationId,
    pub(crate) amr: Vec<String>,
    pub(crate) created_at: DateTime<Utc>,
    /// It dies then unless it is refreshed before.
    pub(crate) idle_expires_at: DateTime<Utc>,
    /// It dies then.
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) ended_at: Option<DateTime<Utc>>,
    pub(crate) end_reason: Option<EndReason>,
}

/// What a refresh token is worth.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refresh {
    /// The session goes on.
    Next(Session),
    /// Used before: somebody has a copy. The session has to end.
    Reused,
    /// The session is over.
    Over,
}

impl Session {
    /// A fresh session.
    pub(crate) fn new(
        id: SessionId,
        account: AccountId,
        organization: OrganizationId,
        amr: Vec<String>,
        lifetimes: Lifetimes,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            account,
            organization,
            amr,
            created_at: now,
            idle_expires_at: now + lifetimes.idle,
            expires_at: now + lifetimes.absolute,
            ended_at: None,
            end_reason: None,
        }
    }

    /// Whether it is neither ended nor expired.
    pub(crate) fn lives(&self, now: DateTime<Utc>) -> bool {
        self.ended_at.is_none() && now < self.idle_expires_at && now < self.expires_at
    }

    /// What a refresh token of it is worth now; `used`: presented before.
    pub(crate) fn refresh(mut self, used: bool, lifetimes: Lifetimes, now: DateTime<Utc>) -> Refresh {
        match (self.lives(now), used) {
            (false, _) => Refresh::Over,
            (true, true) => Refresh::Reused,
            (true, false) => {
                self.idle_expires_at = (now + lifetimes.idle).min(self.expires_at);
                Refresh::Next(self)
            }
        }
    }

    /// The session of the same sign-in for another organization; it lives no longer than this one would have.
    pub(crate) fn switched(
        &self,
        id: SessionId,
        organization: OrganizationId,
        lifetimes: Lifetimes,
        now: DateTime<Utc>,
    ) -> Self {
        let next = Self::new(id, self.account, organization, self.amr.clone(), lifetimes, now);
        let expires_at = self.expires_at;
        Self { expires_at, idle_expires_at: next.idle_expires_at.min(expires_at), ..next }
    }

    /// What the others hear of its end.
    pub(crate) fn ended(&self, reason: EndReason) -> Ended {
        Ended { session: self.id, account: self.account, organization: self.organization, reason }
    }

    /// The session, over.
    pub(crate) fn end(mut self, reason: EndReason, now: DateTime<Utc>) -> Self {
        self.ended_at = Some(now);
        self.end_reason = Some(reason);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const LIFETIMES: Lifetimes = Lifetimes { idle: Duration::hours(12), absolute: Duration::days(30) };

    fn organization(number: u128) -> OrganizationId {
        OrganizationId::from_uuid(Uuid::from_u128(number))
    }

    fn session() -> Session {
        let account = AccountId::from_uuid(Uuid::from_u128(3));
        Session::new(
            SessionId::from_uuid(Uuid::from_u128(4)),
            account,
            organization(1),
            vec!["pwd".to_owned()],
            LIFETIMES,
            "2026-03-01T08:00:00Z".parse().unwrap(),
        )
    }

    #[test]
    fn a_refresh_pushes_the_idle_end_but_never_the_last() {
        let session = session();
        let almost = session.expires_at - Duration::hours(1);
        let mut busy = session.clone();
        busy.idle_expires_at = session.expires_at;
        let Refresh::Next(next) = busy.refresh(false, LIFETIMES, almost) else { panic!("it lives") };
        assert_eq!(next.idle_expires_at, session.expires_at);
        let Refresh::Next(next) = session.clone().refresh(false, LIFETIMES, session.created_at) else {
            panic!("it lives")
        };
        assert_eq!(next.idle_expires_at, session.created_at + LIFETIMES.idle);
    }

    #[test]
    fn a_used_token_is_a_copy() {
        let session = session();
        let now = session.created_at;
        assert_eq!(session.refresh(true, LIFETIMES, now), Refresh::Reused);
    }

    #[test]
    fn an_old_or_ended_session_is_over() {
        let session = session();
        let (now, late) = (session.created_at, session.idle_expires_at);
        assert_eq!(session.clone().refresh(false, LIFETIMES, late), Refresh::Over);
        let ended = session.end(EndReason::SignedOut, now);
        assert_eq!(ended.end_reason, Some(EndReason::SignedOut));
        assert_eq!(ended.refresh(true, LIFETIMES, now), Refresh::Over);
    }

    #[test]
    fn switching_does_not_lengthen_a_sign_in() {
        let first = session();
        let late = first.created_at + Duration::days(29) + Duration::hours(20);
        let id = SessionId::from_uuid(Uuid::from_u128(5));
        let second = first.switched(id, organization(2), LIFETIMES, late);
        assert_eq!((second.expires_at, second.idle_expires_at), (first.expires_at, first.expires_at));
        assert_eq!(second.amr, first.amr);
    }
}
