//! What a channel is told of times that can be booked, and how often. Pure rules.

use careway_kernel::{ConnectionId, OrganizationId, ServiceId};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// How long a channel is not told again, whatever happens: what does is told together afterwards.
pub(crate) const GAP: TimeDelta = TimeDelta::minutes(1);
/// The state of a connection that sells.
const LIVE: &str = "LIVE";
/// Examinations that are named.
const MOST_NAMED: usize = 100;

/// What has changed for the channel of a connection since it was told last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Untold {
    pub(crate) connection: ConnectionId,
    pub(crate) provider: OrganizationId,
    pub(crate) channel: OrganizationId,
    /// Where the connection stands now: it may have stopped since the change was noted.
    pub(crate) state: String,
    pub(crate) availability: Uuid,
    pub(crate) version: i64,
    pub(crate) services: Vec<ServiceId>,
    pub(crate) from: DateTime<Utc>,
    /// None: as far ahead as anybody books.
    pub(crate) to: Option<DateTime<Utc>>,
}

impl Untold {
    /// Whether it is said: of a connection that is live, and of times that are not over.
    pub(crate) fn is_said(&self, now: DateTime<Utc>) -> bool {
        self.state == LIVE && self.to.is_none_or(|to| to > now)
    }

    /// The examinations that are named; none where there are too many: then it may be any.
    pub(crate) fn named(&self) -> &[ServiceId] {
        if self.services.len() > MOST_NAMED { &[] } else { &self.services }
    }
}

#[cfg(test)]
mod tests {
    use careway_kernel::Clock;

    use super::*;
    use crate::connections::domain::State;

    fn untold(services: usize) -> Untold {
        let clock = Clock::manual("2027-02-02T07:00:00Z".parse().unwrap());
        Untold {
            connection: ConnectionId::new(&clock),
            provider: OrganizationId::new(&clock),
            channel: OrganizationId::new(&clock),
            state: State::Live.as_str().to_owned(),
            availability: Uuid::nil(),
            version: 1,
            services: (0..services).map(|_| ServiceId::new(&clock)).collect(),
            from: clock.now(),
            to: None,
        }
    }

    #[test]
    fn many_examinations_are_not_named_one_by_one() {
        assert_eq!(untold(100).named().len(), 100);
        assert!(untold(101).named().is_empty());
    }

    #[test]
    fn only_a_live_connection_is_told_and_only_of_times_that_are_not_over() {
        let untold = untold(1);
        let (from, to) = (untold.from, untold.from + TimeDelta::hours(1));
        for state in State::ALL {
            let of_it = Untold { state: state.as_str().to_owned(), ..untold.clone() };
            assert_eq!(of_it.is_said(from), state == State::Live, "{state:?}");
        }
        assert!(untold.is_said(to), "as far ahead as anybody books");
        let until = Untold { to: Some(to), ..untold };
        assert!(until.is_said(to - TimeDelta::seconds(1)));
        assert!(!until.is_said(to));
    }
}
