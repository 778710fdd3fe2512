//! What is sold, as the contract shows it.

use careway_contract::channels::v1 as proto;
use careway_service::money;

use super::domain::SoldService;

pub(super) fn sold(service: &SoldService) -> proto::SoldService {
    proto::SoldService {
        service_id: service.service.to_string(),
        connection_id: service.connection.to_string(),
        provider_id: service.provider.to_string(),
        provider_name: service.provider_name.clone(),
        time_zone: service.time_zone.clone(),
        name: service.name.clone(),
        code: service.code.clone(),
        price: Some(money(service.price)),
        duration_minutes: service.minutes,
        bookable: service.bookable,
        test: service.test,
    }
}
