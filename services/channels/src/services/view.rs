//! Examinations as the contract shows them.

use careway_contract::channels::v1 as proto;
use careway_service::{timestamp, version};

use super::domain::Service;
use crate::bookings::store::Met;

pub(crate) fn service(service: &Service) -> proto::Service {
    let definition = &service.definition;
    let needs = definition.needs.iter();
    proto::Service {
        service_id: service.id.to_string(),
        code: service.code.clone(),
        name: definition.name.clone(),
        duration_minutes: definition.duration_minutes,
        step_minutes: Some(definition.step_minutes),
        buffer_before_minutes: Some(definition.buffer_before),
        buffer_after_minutes: Some(definition.buffer_after),
        needs: needs
            .map(|need| proto::Need { resource_ids: need.iter().map(ToString::to_string).collect() })
            .collect(),
        confirmed_by_provider: definition.confirmed_by_provider,
        cancellation_minutes: Some(definition.cancellation_minutes),
        created_at: Some(timestamp(service.created_at)),
        version: version(service.version),
    }
}

/// A booking to come, and whether there is room for it to take as long as the examination does now.
pub(super) fn met(met: &Met, fits: bool) -> proto::MetBooking {
    proto::MetBooking { booking_id: met.id.to_string(), start: Some(timestamp(met.start)), fits }
}
