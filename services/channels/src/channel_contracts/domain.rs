//! A contract: proposed by one side, confirmed by the other.

use careway_kernel::{ChannelContractId, Currency, OrganizationId};
use chrono::{DateTime, NaiveDate, Utc};

/// A contract. No two of one provider and one channel overlap; the database sees to that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChannelContract {
    pub(crate) id: ChannelContractId,
    pub(crate) provider: OrganizationId,
    pub(crate) channel: OrganizationId,
    /// What the two call it.
    pub(crate) number: String,
    pub(crate) from: NaiveDate,
    /// Inclusive; none while there is no last day.
    pub(crate) to: Option<NaiveDate>,
    pub(crate) currency: Currency,
    pub(crate) recorded_by: OrganizationId,
    pub(crate) confirmed_at: Option<DateTime<Utc>>,
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
}

/// Why a contract cannot be recorded or confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ContractRefusal {
    #[error("The two have another contract in this period.")]
    Overlaps,
    #[error("The contract is confirmed already.")]
    Confirmed,
    #[error("The other side confirms a contract, not the one that recorded it.")]
    Own,
}

impl ChannelContract {
    /// The other side agrees.
    pub(crate) fn confirm(mut self, by: OrganizationId, at: DateTime<Utc>) -> Result<Self, ContractRefusal> {
        if self.recorded_by == by {
            return Err(ContractRefusal::Own);
        }
        if self.confirmed_at.is_some() {
            return Err(ContractRefusal::Confirmed);
        }
        self.confirmed_at = Some(at);
        self.version += 1;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use careway_kernel::Clock;

    use super::*;

    #[test]
    fn the_other_side_confirms_a_contract_once() {
        let clock = Clock::manual("2027-01-01T00:00:00Z".parse().unwrap());
        let (provider, channel) = (OrganizationId::new(&clock), OrganizationId::new(&clock));
        let contract = ChannelContract {
            id: ChannelContractId::new(&clock),
            provider,
            channel,
            number: "GA-2027-014".to_owned(),
            from: "2027-01-01".parse().unwrap(),
            to: None,
            currency: Currency::Ron,
            recorded_by: provider,
            confirmed_at: None,
            version: 1,
            created_at: clock.now(),
        };
        assert_eq!(contract.clone().confirm(provider, clock.now()), Err(ContractRefusal::Own));
        let confirmed = contract.confirm(channel, clock.now()).unwrap();
        assert_eq!((confirmed.confirmed_at, confirmed.version), (Some(clock.now()), 2));
        assert_eq!(confirmed.confirm(channel, clock.now()), Err(ContractRefusal::Confirmed));
    }
}
