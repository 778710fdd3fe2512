//! Resources as the contract shows them.

use careway_contract::channels::v1::{self as proto, resource::Kind};
use careway_service::timestamp;

use super::domain::{Resource, ResourceKind};

pub(crate) fn resource(resource: &Resource) -> proto::Resource {
    proto::Resource {
        resource_id: resource.id.to_string(),
        kind: kind(resource.kind).into(),
        name: resource.name.clone(),
        created_at: Some(timestamp(resource.created_at)),
    }
}

fn kind(kind: ResourceKind) -> Kind {
    match kind {
        ResourceKind::Practitioner => Kind::Practitioner,
        ResourceKind::Room => Kind::Room,
        ResourceKind::Device => Kind::Device,
    }
}

/// A kind that was given.
pub(crate) fn parse_kind(given: Kind) -> Option<ResourceKind> {
    ResourceKind::ALL.into_iter().find(|known| kind(*known) == given)
}
