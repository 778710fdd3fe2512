//! What an examination is like, as a request gives it.

use std::collections::BTreeSet;

use careway_contract::channels::v1 as proto;
use careway_kernel::{ResourceId, Violations, text::Text};

use super::domain::Definition;

/// Groups of resources that an examination needs.
const MOST_NEEDS: usize = 10;
/// Resources of a group.
const MOST_RESOURCES: usize = 50;

/// The parts of a request that say what an examination is like.
pub(super) struct Given<'a> {
    pub(super) name: &'a str,
    pub(super) duration_minutes: i32,
    pub(super) step_minutes: Option<i32>,
    pub(super) buffer_before_minutes: Option<i32>,
    pub(super) buffer_after_minutes: Option<i32>,
    pub(super) needs: &'a [proto::Need],
    pub(super) confirmed_by_provider: bool,
    pub(super) cancellation_minutes: Option<i32>,
}

/// The definition, or what is wrong with it.
pub(super) fn definition(v: &mut Violations, given: &Given<'_>) -> Option<Definition> {
    let name = v.required("name", given.name, Text::<200>::parse);
    let duration_minutes = minutes(v, "durationMinutes", given.duration_minutes, 5, 1440);
    let step = given.step_minutes.unwrap_or(given.duration_minutes);
    let step_minutes = minutes(v, "stepMinutes", step, 1, 1440);
    let before = minutes(v, "bufferBeforeMinutes", given.buffer_before_minutes.unwrap_or_default(), 0, 240);
    let after = minutes(v, "bufferAfterMinutes", given.buffer_after_minutes.unwrap_or_default(), 0, 240);
    let cancellation = given.cancellation_minutes.unwrap_or_default();
    let cancellation_minutes = minutes(v, "cancellationMinutes", cancellation, 0, 43_200);
    v.check("needs", (1..=MOST_NEEDS).contains(&given.needs.len()), "must be 1 to 10 groups");
    let needs = v.each("needs", given.needs, |v, need| {
        let few = (1..=MOST_RESOURCES).contains(&need.resource_ids.len());
        v.check("resourceIds", few, "must be 1 to 50 resources");
        let ids = v.each("resourceIds", &need.resource_ids, |v, id| v.field("", ResourceId::parse(id)))?;
        Some(ids.into_iter().collect::<BTreeSet<_>>())
    });
    Some(Definition {
        name: name?.as_str().to_owned(),
        duration_minutes: duration_minutes?,
        step_minutes: step_minutes?,
        buffer_before: before?,
        buffer_after: after?,
        confirmed_by_provider: given.confirmed_by_provider,
        cancellation_minutes: cancellation_minutes?,
        needs: needs?,
    })
}

/// Refuses resources that the provider does not have.
pub(super) fn own_resources(v: &mut Violations, definition: &Definition, own: &BTreeSet<ResourceId>) {
    for (at, need) in definition.needs.iter().enumerate() {
        v.check(&format!("needs[{at}]"), need.is_subset(own), "must name resources of your own");
    }
}

fn minutes(v: &mut Violations, field: &str, given: i32, least: i32, most: i32) -> Option<i32> {
    let within = (least..=most).contains(&given);
    v.check(field, within, format!("must be {least} to {most}"));
    within.then_some(given)
}
