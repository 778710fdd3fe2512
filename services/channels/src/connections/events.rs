//! What connections say.

use std::collections::BTreeSet;

use careway_contract::channels::v1::{
    ConnectionChanged, NoticeAcknowledged, PriceNoticeSent, ServiceDurationChanged, ServiceNoticeSent,
    ServicePublished, ServiceWithdrawn,
};
use careway_events::{Fact, record};
use careway_kernel::{ChannelNoticeId, ServiceId};
use careway_service::Transaction;

use super::domain::{
    Connection,
    item::ItemState,
    notice::{Notice, NoticeKind, NoticeState},
};

/// Says what has changed between the two.
pub(crate) fn tell(tx: &mut Transaction, before: &Connection, after: &Connection) {
    if before.state != after.state || before.causes != after.causes {
        let changed = ConnectionChanged {
            connection_id: after.id.to_string(),
            provider_id: after.provider.to_string(),
            channel_id: after.channel.to_string(),
            from: before.state.as_str().to_owned(),
            to: after.state.as_str().to_owned(),
            causes: after.causes.iter().map(|cause| cause.as_str().to_owned()).collect(),
        };
        record(tx, of(after, Fact::new(changed)));
    }
    let connection_id = after.id.to_string();
    for (id, notice) in &after.notices {
        match before.notices.get(id) {
            None => record(tx, of(after, sent(&connection_id, *id, notice))),
            Some(before) if before.state != notice.state && notice.state == NoticeState::InForce => {
                let acknowledged = NoticeAcknowledged {
                    connection_id: connection_id.clone(),
                    service_id: notice.service.to_string(),
                    notice_id: id.to_string(),
                };
                record(tx, of(after, Fact::new(acknowledged)));
            }
            Some(_) => {}
        }
    }
    for service in come_to(before, after, ItemState::Published) {
        let (connection_id, service_id) = (connection_id.clone(), service.to_string());
        record(tx, of(after, Fact::new(ServicePublished { connection_id, service_id })));
    }
    for service in come_to(before, after, ItemState::Withdrawn) {
        let (connection_id, service_id) = (connection_id.clone(), service.to_string());
        record(tx, of(after, Fact::new(ServiceWithdrawn { connection_id, service_id })));
    }
}

fn sent(connection: &str, id: ChannelNoticeId, notice: &Notice) -> Fact {
    let (connection_id, service_id) = (connection.to_owned(), notice.service.to_string());
    let notice_id = id.to_string();
    match notice.kind {
        NoticeKind::Service => Fact::new(ServiceNoticeSent { connection_id, service_id, notice_id }),
        NoticeKind::Price => Fact::new(PriceNoticeSent { connection_id, service_id, notice_id }),
        NoticeKind::Duration => Fact::new(ServiceDurationChanged {
            connection_id,
            service_id,
            notice_id,
            from_minutes: notice.before.map(|before| before.minutes).unwrap_or_default(),
            to_minutes: notice.terms.minutes,
            test: false,
        }),
    }
}

fn of(connection: &Connection, fact: Fact) -> Fact {
    fact.about(connection.id.uuid(), connection.version).of(connection.provider).also(connection.channel)
}

/// The services that have come into this state.
fn come_to(before: &Connection, after: &Connection, state: ItemState) -> BTreeSet<ServiceId> {
    let stands = |connection: &Connection, service: &ServiceId| {
        connection.items.get(service).is_some_and(|item| item.state == state)
    };
    let services = after.items.keys().copied();
    services.filter(|service| stands(after, service) && !stands(before, service)).collect()
}
