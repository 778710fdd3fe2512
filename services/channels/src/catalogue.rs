//! The event types of the platform, read from the contract: every message of every context's `events.proto`.

use anyhow::Context;
use careway_contract::channels::v1::EventType;
use prost_reflect::{DescriptorPool, FileDescriptor, MessageDescriptor};

pub(crate) fn read() -> anyhow::Result<Vec<EventType>> {
    let pool = DescriptorPool::decode(careway_contract::DESCRIPTOR_SET).context("the contract")?;
    let mut types: Vec<EventType> = pool
        .files()
        .filter(|file| file.name().ends_with("/events.proto"))
        .flat_map(|file| file.messages().map(|message| event_type(&file, &message)).collect::<Vec<_>>())
        .filter(|event_type| !event_type.description.is_empty())
        .collect();
    types.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(types)
}

fn event_type(file: &FileDescriptor, message: &MessageDescriptor) -> EventType {
    EventType {
        name: message.full_name().to_owned(),
        context: file.package_name().split('.').nth(1).unwrap_or_default().to_owned(),
        description: comment(file, message),
        fields: message.fields().map(|field| field.json_name().to_owned()).collect(),
    }
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
    #[test]
    fn every_context_that_says_something_is_listed_with_its_words() {
        let types = super::read().unwrap();
        let admitted = types.iter().find(|one| one.name == "careway.visits.v1.VisitAdmitted").unwrap();
        assert_eq!(admitted.context, "visits");
        assert!(!admitted.description.is_empty());
        assert!(admitted.fields.contains(&"visitId".to_owned()));
    }
}
