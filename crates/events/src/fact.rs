//! A fact on its way into the outbox.

use bytes::Bytes;
use careway_kernel::{OrganizationId, id_at};
use careway_service::{OutgoingEvent, Transaction};
use prost::{Message, Name};
use uuid::Uuid;

use crate::stream::context_of;

/// Something that happened, in the past tense: an event of the contract, and what it is about.
#[derive(Debug, Clone)]
pub struct Fact {
    event_type: String,
    context: &'static str,
    payload: Bytes,
    aggregate: Option<(Uuid, i64)>,
    organization: Option<OrganizationId>,
    also: Option<OrganizationId>,
}

impl Fact {
    /// The fact that `message` tells.
    pub fn new<M: Message + Name>(message: M) -> Self {
        Self {
            event_type: M::full_name(),
            context: context_of(M::PACKAGE).unwrap_or(M::PACKAGE),
            payload: message.encode_to_vec().into(),
            aggregate: None,
            organization: None,
            also: None,
        }
    }

    /// What it is about, at the version the change made. A fact about nothing in particular stands for itself.
    #[must_use]
    pub fn about(mut self, aggregate: Uuid, version: i64) -> Self {
        self.aggregate = Some((aggregate, version));
        self
    }

    /// Whose fact it is.
    #[must_use]
    pub fn of(mut self, organization: OrganizationId) -> Self {
        self.organization = Some(organization);
        self
    }

    /// The other party to it, like a visit's payer.
    #[must_use]
    pub fn also(mut self, organization: OrganizationId) -> Self {
        self.also = Some(organization);
        self
    }
}

/// Says `fact` when, and only when, the transaction commits.
///
/// Lock or update the aggregate's row before: facts of one aggregate then have the order of its versions.
pub fn record(tx: &mut Transaction, fact: Fact) {
    let occurred_at = tx.now();
    let event_id = id_at(occurred_at);
    let (aggregate_id, aggregate_version) = fact.aggregate.unwrap_or((event_id, 1));
    tx.record(OutgoingEvent {
        event_id,
        organization: fact.organization,
        also: fact.also,
        aggregate_type: fact.context,
        aggregate_id,
        aggregate_version,
        event_type: fact.event_type,
        payload: fact.payload,
        occurred_at,
    });
}
