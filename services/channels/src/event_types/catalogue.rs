//! The catalogue of event types, read from the contract: every message of every context's `events.proto`.

use std::collections::BTreeSet;

use anyhow::Context;
use careway_contract::channels::v1::EventType;
use prost_reflect::{DescriptorPool, FileDescriptor, MessageDescriptor};

/// What the contract says of events.
pub(crate) struct Catalogue {
    /// In the order of their names.
    pub(super) event_types: Vec<EventType>,
    /// Every context of the platform; one may have no event.
    pub(super) contexts: BTreeSet<String>,
}

impl Catalogue {
    /// Reads the contract that this process was built with.
    pub(crate) fn read() -> anyhow::Result<Self> {
        let pool = DescriptorPool::decode(careway_contract::DESCRIPTOR_SET).context("the contract")?;
        let mut event_types: Vec<EventType> = pool
            .files()
            .filter(|file| file.name().ends_with("/events.proto"))
            .flat_map(|file| file.messages().map(|message| event_type(&file, &message)).collect::<Vec<_>>())
            .filter(|event_type| !event_type.description.is_empty())
            .collect();
        event_types.sort_by(|one, other| one.name.cmp(&other.name));
        let contexts = pool.services().filter_map(|service| context_of(service.package_name())).collect();
        Ok(Self { event_types, contexts })
    }
}

fn event_type(file: &FileDescriptor, message: &MessageDescriptor) -> EventType {
    EventType {
        name: message.full_name().to_owned(),
        context: context_of(file.package_name()).unwrap_or_default(),
        description: comment(file, message),
        fields: message.fields().map(|field| field.json_name().to_owned()).collect(),
    }
}

/// The context of a package like `careway.visits.v1`.
fn context_of(package: &str) -> Option<String> {
    package.strip_prefix("careway.")?.split('.').next().map(str::to_owned)
}

fn comment(file: &FileDescriptor, message: &MessageDescriptor) -> String {
    let source = file.file_descriptor_proto().source_code_info.as_ref();
    let location =
        source.and_then(|info| info.location.iter().find(|location| location.path == message.path()));
    let text = location.and_then(|location| location.leading_comments.as_deref()).unwrap_or_default();
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_context_that_says_something_is_listed_with_its_words() {
        let types = Catalogue::read().unwrap().event_types;
        let admitted = types.iter().find(|one| one.name == "careway.visits.v1.VisitAdmitted").unwrap();
        assert_eq!(admitted.context, "visits");
        assert!(!admitted.description.is_empty());
        assert!(admitted.fields.contains(&"visitId".to_owned()));
    }

    #[test]
    fn the_contexts_are_those_of_the_contract() {
        let contexts = Catalogue::read().unwrap().contexts;
        assert_eq!(
            contexts.into_iter().collect::<Vec<_>>(),
            ["cases", "channels", "identity", "renewals", "visits"]
        );
    }
}
