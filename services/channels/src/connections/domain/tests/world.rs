//! A connection of the vectors, and what is around it.

use std::collections::BTreeMap;

use careway_kernel::{
    ChannelNoticeId, Clock, ConnectionId, Currency, JointTestId, Money, OrganizationId, ServiceId,
};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use super::super::{
    Connection, State,
    grounds::{ContractTerm, Declaration, Grounds, Offered},
    item::Terms,
    joint_test::Meeting,
};

/// At what everything with a price is sold.
pub(super) const TERMS: Terms = Terms { price: Money::new(Currency::Ron, 15_000), version: 1, minutes: 30 };

pub(super) struct World {
    pub(super) connection: Connection,
    pub(super) now: DateTime<Utc>,
    zone: Tz,
    /// In the order of their names, which is that of their ids.
    pub(super) names: BTreeMap<String, ServiceId>,
    pub(super) offered: BTreeMap<ServiceId, Offered>,
    pub(super) contracts: Vec<ContractTerm>,
    /// In the order of their versions, each with the day from which it is in force.
    pub(super) declarations: Vec<Declaration>,
    pub(super) endpoint_verified: bool,
    clock: Clock,
}

impl World {
    pub(super) fn of(given: &Value) -> Self {
        let start = "2027-01-01T00:00:00Z".parse().unwrap();
        let clock = Clock::manual(start);
        let listed = |field: &str| {
            let names = given[field].as_array().unwrap().iter();
            names.map(|name| name.as_str().unwrap().to_owned()).collect::<std::collections::BTreeSet<_>>()
        };
        let (calendars, prices) = (listed("calendars"), listed("prices"));
        let mut next = 0;
        let names: BTreeMap<String, ServiceId> = listed("services")
            .into_iter()
            .map(|name| {
                next += 1;
                (name, ServiceId::from_uuid(uuid::Uuid::from_u128(next)))
            })
            .collect();
        let offered = names.iter().map(|(name, id)| {
            let terms = prices.contains(name).then_some(TERMS);
            (*id, Offered { calendar: calendars.contains(name), terms })
        });
        Self {
            connection: Connection {
                id: ConnectionId::new(&clock),
                provider: OrganizationId::new(&clock),
                channel: OrganizationId::new(&clock),
                state: State::Draft,
                causes: Default::default(),
                end_cause: None,
                intent: None,
                items: Default::default(),
                notices: Default::default(),
                consent_version: None,
                set_up: None,
                test: None,
                revision: 1,
                version: 1,
                created_at: start,
            },
            now: start,
            zone: given["zone"].as_str().unwrap().parse().unwrap(),
            offered: offered.collect(),
            names,
            contracts: Vec::new(),
            endpoint_verified: true,
            declarations: vec![Declaration { version: 1, in_force_from: NaiveDate::MIN }],
            clock,
        }
    }

    pub(super) fn grounds(&self) -> Grounds {
        let today = self.now.with_timezone(&self.zone).date_naive();
        let in_force = self.declarations.iter().rev().find(|text| text.in_force_from <= today);
        Grounds {
            now: self.now,
            today,
            contracts: self.contracts.clone(),
            services: self.offered.clone(),
            declaration: in_force.cloned(),
            has_onboarding_address: true,
            endpoint_verified: self.endpoint_verified,
        }
    }

    pub(super) fn service(&self, step: &Value) -> ServiceId {
        self.names[step["service"].as_str().unwrap()]
    }

    /// What is offered has changed, or time has passed.
    pub(super) fn settle(&mut self) {
        let grounds = self.grounds();
        self.connection.follow_offer(&grounds);
        self.connection.pass_time(&grounds);
    }

    pub(super) fn notice(&self) -> ChannelNoticeId {
        ChannelNoticeId::new(&self.clock)
    }

    pub(super) fn meeting(&self) -> (JointTestId, Meeting) {
        let meeting = Meeting { at: self.now, of_provider: "Ana".to_owned(), of_channel: "Ben".to_owned() };
        (JointTestId::new(&self.clock), meeting)
    }

    /// A service by its name, where a text names one by its id.
    pub(super) fn named(&self, text: &str) -> String {
        let Some((code, id)) = text.split_once(':') else { return text.to_owned() };
        let name = self.names.iter().find(|(_, known)| known.to_string() == id);
        name.map_or_else(|| text.to_owned(), |(name, _)| format!("{code}:{name}"))
    }
}
