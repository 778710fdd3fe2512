//! When an examination can be booked, and by whom: what it needs, whose calendars those have, and what is taken of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    time::Duration,
};

use careway_kernel::ResourceId;
use chrono::{DateTime, TimeDelta, Utc};

use super::{Asked, Shape, Slot, Taken, offered, refusal::SlotRefusal, slot_id::SlotId};
use crate::{
    occupations::domain::{Asking, Occupation, Owner, Place},
    resources::domain::calendar::{Calendar, UnknownZone},
};

/// The times of an examination.
#[derive(Debug, Clone)]
pub(crate) struct Timetable {
    pub(crate) shape: Shape,
    /// One resource of every group.
    pub(crate) needs: Vec<Vec<ResourceId>>,
    /// Those that were set.
    pub(crate) calendars: BTreeMap<ResourceId, Calendar>,
    pub(crate) occupations: Vec<Occupation>,
}

impl Timetable {
    /// The slots that begin in the window and are free.
    pub(crate) fn slots(
        &self,
        window: &Range<DateTime<Utc>>,
        asking: &Asking,
    ) -> Result<Vec<Slot>, UnknownZone> {
        let taken = self.taken(|occupation| asking.counts(occupation));
        let mut slots = offered(&self.groups(&taken, asking.now), self.shape, window)?;
        if self.shares_resources() {
            let mut free = Vec::new();
            for slot in slots {
                let chosen = self.chosen(&taken, slot.start, None, asking)?;
                free.extend(chosen.map(|_| slot));
            }
            slots = free;
        }
        Ok(slots)
    }

    /// What a slot takes: a resource of every group, each with its buffers.
    pub(crate) fn choose(&self, slot: &SlotId, asking: &Asking) -> Result<Vec<Place>, SlotRefusal> {
        let with =
            |taken: &BTreeMap<ResourceId, Vec<Taken>>| self.chosen(taken, slot.start, slot.resource, asking);
        if let Some(resources) = with(&self.taken(|occupation| asking.counts(occupation)))? {
            return Ok(resources.into_iter().filter_map(|id| self.place(id, slot.start)).collect());
        }
        if with(&BTreeMap::new())?.is_none() {
            return Err(SlotRefusal::NotOffered);
        }
        let is_booked = |occupation: &Occupation| {
            matches!(occupation.owner, Owner::Booking(_)) && asking.counts(occupation)
        };
        if with(&self.taken(is_booked))?.is_none() {
            return Err(SlotRefusal::Taken);
        }
        Err(SlotRefusal::Held { over_in: self.held_for(slot.start, asking) })
    }

    fn taken(&self, counts: impl Fn(&Occupation) -> bool) -> BTreeMap<ResourceId, Vec<Taken>> {
        let mut taken: BTreeMap<ResourceId, Vec<Taken>> = BTreeMap::new();
        for occupation in self.occupations.iter().filter(|occupation| counts(occupation)) {
            let of_resource = taken.entry(occupation.resource).or_default();
            of_resource.push(Taken { from: occupation.from, to: occupation.to });
        }
        taken
    }

    /// The calendars of every group.
    fn groups<'a>(
        &'a self,
        taken: &'a BTreeMap<ResourceId, Vec<Taken>>,
        now: DateTime<Utc>,
    ) -> Vec<Vec<Asked<'a>>> {
        let asked = |id: &ResourceId| {
            let taken = taken.get(id).map_or(&[][..], Vec::as_slice);
            Some(Asked { calendar: self.calendars.get(id)?, taken, now })
        };
        self.needs.iter().map(|need| need.iter().filter_map(asked).collect()).collect()
    }

    fn chosen(
        &self,
        taken: &BTreeMap<ResourceId, Vec<Taken>>,
        start: DateTime<Utc>,
        only: Option<ResourceId>,
        asking: &Asking,
    ) -> Result<Option<Vec<ResourceId>>, UnknownZone> {
        let mut groups = Vec::new();
        for (at, need) in self.needs.iter().enumerate() {
            let mut free = Vec::new();
            for id in need.iter().filter(|id| at > 0 || only.is_none_or(|only| only == **id)) {
                let Some(calendar) = self.calendars.get(id) else { continue };
                let taken = taken.get(id).map_or(&[][..], Vec::as_slice);
                let asked = Asked { calendar, taken, now: asking.now };
                let room = if at == 0 {
                    let slots = asked.slots(self.shape, start..start + TimeDelta::seconds(1))?;
                    slots.first().map_or(0, |slot| slot.free)
                } else {
                    asked.free_at(self.shape, start)?
                };
                free.extend((room > 0).then_some(*id));
            }
            asking.rotate(&mut free);
            groups.push(free);
        }
        Ok(if groups.is_empty() { None } else { one_of_each(&groups) })
    }

    fn shares_resources(&self) -> bool {
        let mut all: Vec<_> = self.needs.iter().flatten().collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        all.len() < count
    }

    fn place(&self, resource: ResourceId, start: DateTime<Utc>) -> Option<Place> {
        let Shape { duration, before, after, .. } = self.shape;
        Some(Place {
            resource,
            capacity: self.calendars.get(&resource)?.capacity,
            from: start - TimeDelta::minutes(before),
            to: start + TimeDelta::minutes(duration + after),
        })
    }

    /// When the first of the holds around this time is over.
    fn held_for(&self, start: DateTime<Utc>, asking: &Asking) -> Duration {
        let places: Vec<Place> =
            self.needs.iter().flatten().filter_map(|id| self.place(*id, start)).collect();
        let in_way = self
            .occupations
            .iter()
            .filter(|taken| asking.counts(taken) && places.iter().any(|place| place.meets(taken)));
        let ends = in_way.filter_map(|taken| match taken.owner {
            Owner::Hold { until, .. } => (until - asking.now).to_std().ok(),
            Owner::Booking(_) => None,
        });
        ends.min().unwrap_or_default()
    }
}

/// A resource of each group, none for two: each group takes its first one that is left, and another moves on where it can if none is.
fn one_of_each(groups: &[Vec<ResourceId>]) -> Option<Vec<ResourceId>> {
    let mut owners = BTreeMap::new();
    for group in 0..groups.len() {
        if !settle(groups, group, &mut owners, &mut BTreeSet::new()) {
            return None;
        }
    }
    let chosen: BTreeMap<usize, ResourceId> =
        owners.into_iter().map(|(resource, group)| (group, resource)).collect();
    Some(chosen.into_values().collect())
}

/// Finds a group a resource, asking each at most once whether its owner can move on.
fn settle(
    groups: &[Vec<ResourceId>],
    group: usize,
    owners: &mut BTreeMap<ResourceId, usize>,
    asked: &mut BTreeSet<ResourceId>,
) -> bool {
    let left = groups[group].iter().find(|resource| !owners.contains_key(resource));
    let found = left.copied().or_else(|| {
        groups[group].iter().copied().find(|resource| {
            let owner = owners.get(resource).copied();
            asked.insert(*resource) && owner.is_some_and(|owner| settle(groups, owner, owners, asked))
        })
    });
    found.map(|resource| owners.insert(resource, group)).is_some()
}

#[cfg(test)]
mod tests {
    use careway_kernel::Clock;

    use super::*;

    fn resources(count: usize) -> Vec<ResourceId> {
        let clock = Clock::manual("2027-02-02T07:00:00Z".parse().unwrap());
        (0..count).map(|_| ResourceId::new(&clock)).collect()
    }

    #[test]
    fn a_group_takes_its_first_resource_and_moves_on_for_one_that_has_no_other() {
        let all = resources(3);
        let [a, b, c] = [all[0], all[1], all[2]];
        assert_eq!(one_of_each(&[vec![a, b], vec![b, c]]), Some(vec![a, b]));
        assert_eq!(one_of_each(&[vec![a, b], vec![b, c], vec![a]]), Some(vec![b, c, a]));
        assert_eq!(one_of_each(&[vec![a, b], vec![a, b], vec![b, a]]), None);
        assert_eq!(one_of_each(&[vec![a], Vec::new()]), None);
    }

    /// One for one, there are more ways to choose from these than anybody can try.
    #[test]
    fn that_there_are_too_few_is_found_out_at_once() {
        let few = resources(49);
        assert_eq!(one_of_each(&vec![few.clone(); 50]), None);
        let all = one_of_each(&vec![few.clone(); 49]).unwrap();
        assert_eq!(all.into_iter().collect::<BTreeSet<_>>().len(), 49);
    }
}
