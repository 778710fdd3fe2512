//! What a connection is judged by beside itself: the contracts, what the provider offers, the declaration in force.

use std::collections::{BTreeMap, BTreeSet};

use careway_kernel::ServiceId;
use chrono::{DateTime, Days, NaiveDate, Utc};

use super::{Connection, Delivery, State, item::Terms, missing::Missing};

/// How long a connection goes on under the consent to an older text.
const CONSENT_GRACE: Days = Days::new(30);

/// A contract of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ContractTerm {
    pub(crate) confirmed: bool,
    pub(crate) from: NaiveDate,
    /// Inclusive; none while there is no last day.
    pub(crate) to: Option<NaiveDate>,
}

impl ContractTerm {
    fn covers(self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

/// What is there of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Offered {
    /// Everything it needs has open hours.
    pub(crate) calendar: bool,
    /// At what it is sold to this channel: nothing unless it has a price for it.
    pub(crate) terms: Option<Terms>,
}

/// The declaration of consent in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declaration {
    pub(crate) version: i32,
    pub(crate) in_force_from: NaiveDate,
}

/// How things are around a connection.
#[derive(Debug, Clone)]
pub(crate) struct Grounds {
    pub(crate) now: DateTime<Utc>,
    /// The provider's date.
    pub(crate) today: NaiveDate,
    pub(crate) contracts: Vec<ContractTerm>,
    /// The provider's services that are not deleted.
    pub(crate) services: BTreeMap<ServiceId, Offered>,
    pub(crate) declaration: Option<Declaration>,
    /// The channel said where an intent is written to.
    pub(crate) has_onboarding_address: bool,
    /// The channel has a webhook endpoint that answered a test since its last change.
    pub(crate) endpoint_verified: bool,
}

impl Grounds {
    fn contract(&self) -> BTreeSet<Missing> {
        let any = |holds: fn(ContractTerm, NaiveDate) -> bool| {
            self.contracts.iter().any(|contract| holds(*contract, self.today))
        };
        let missing: &[Missing] = if any(|contract, today| contract.confirmed && contract.covers(today)) {
            &[]
        } else if any(ContractTerm::covers) {
            &[Missing::ContractNotConfirmed]
        } else if any(|contract, _| contract.confirmed) {
            &[Missing::ContractNotInForce]
        } else if any(|_, _| true) {
            &[Missing::ContractNotConfirmed, Missing::ContractNotInForce]
        } else {
            &[Missing::Contract]
        };
        missing.iter().copied().collect()
    }

    /// Whether the last confirmed contract is over and none follows it day by day.
    pub(super) fn contract_lapsed(&self) -> bool {
        let mut confirmed = self.contracts.iter().filter(|contract| contract.confirmed);
        let in_force = confirmed.clone().any(|contract| contract.covers(self.today));
        !in_force && confirmed.any(|contract| contract.to.is_some_and(|to| to < self.today))
    }

    /// Whether the consent to that version is too old by now.
    pub(super) fn is_outdated(&self, accepted: i32) -> bool {
        let Some(declaration) = &self.declaration else { return false };
        let grace_ends = declaration.in_force_from.checked_add_days(CONSENT_GRACE);
        accepted < declaration.version && grace_ends.is_some_and(|ends| self.today >= ends)
    }

    /// At what a service is sold now.
    pub(super) fn terms_of(&self, service: ServiceId) -> Option<Terms> {
        self.services.get(&service).and_then(|offered| offered.terms)
    }

    /// What a service lacks before it can be published.
    pub(super) fn of_service(&self, service: ServiceId) -> BTreeSet<Missing> {
        let offered = self.services.get(&service).copied().unwrap_or_default();
        let calendar = (!offered.calendar).then_some(Missing::Calendar(service));
        calendar.into_iter().chain(offered.terms.is_none().then_some(Missing::Price(service))).collect()
    }

    /// Everything that a connection lacks before it can come into this state.
    pub(crate) fn missing_for(&self, connection: &Connection, target: State) -> BTreeSet<Missing> {
        let mut missing = self.contract();
        if !self.has_onboarding_address {
            missing.insert(Missing::Contact);
        }
        if target >= State::Activated {
            if connection.intent != Some(Delivery::Accepted) {
                missing.insert(Missing::IntentNotDelivered);
            }
            if connection.ticked().next().is_none() {
                missing.insert(Missing::NoServiceTicked);
            }
            missing.extend(connection.ticked().flat_map(|(service, _)| self.of_service(service)));
        }
        if target >= State::SetUp {
            match connection.consent_version {
                None => _ = missing.insert(Missing::Consent),
                Some(accepted) if self.is_outdated(accepted) => _ = missing.insert(Missing::ConsentOutdated),
                Some(_) => {}
            }
            missing.extend(self.of_set_up(connection));
        }
        if target >= State::Live {
            match &connection.test {
                Some(test) if test.passed_at().is_some() => {
                    if test.is_outdated(connection.revision, self.now) {
                        missing.insert(Missing::TestOutdated);
                    }
                }
                _ => _ = missing.insert(Missing::TestNotPassed),
            }
        }
        missing
    }

    fn of_set_up(&self, connection: &Connection) -> impl Iterator<Item = Missing> {
        let set_up = connection.set_up.as_ref();
        let unverified = !self.endpoint_verified || !set_up.is_some_and(|set_up| set_up.endpoint_answered);
        let nobody = !set_up.is_some_and(|set_up| set_up.contacts.are_complete());
        let uncoded = connection.ticked().filter(|(_, item)| item.code.is_none());
        (unverified.then_some(Missing::EndpointUnverified).into_iter())
            .chain(nobody.then_some(Missing::Contact))
            .chain(uncoded.map(|(service, _)| Missing::Mapping(service)))
    }
}
