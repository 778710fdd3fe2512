//! Which bookings to come still fit an examination that takes otherwise from now on.

use std::collections::BTreeMap;

use careway_kernel::ResourceId;
use careway_service::Result;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

use super::store::{self, Met};
use crate::{
    occupations::{
        self,
        domain::{Asking, Place},
    },
    resources::{self, domain::calendar::Calendar},
    services::domain::Service,
};

/// Each booking to come of an examination, and whether there is room for it to take as long as the examination now does.
pub(crate) async fn met_by(
    conn: &mut PgConnection,
    service: &Service,
    now: DateTime<Utc>,
) -> Result<Vec<(Met, bool)>> {
    let met = store::future_of(conn, service.provider, service.id, now).await?;
    let (Some(first), Some(last)) = (met.first(), met.last()) else { return Ok(Vec::new()) };
    let all: Vec<ResourceId> = met.iter().flat_map(|met| &met.resources).copied().collect();
    let known = occupations::store::list_of_resources(conn, &all, first.start, last.end).await?;
    let calendars: BTreeMap<ResourceId, Calendar> =
        resources::store::list_calendars(conn, service.provider, &all).await?.into_iter().collect();
    let minutes = |minutes: i32| TimeDelta::minutes(minutes.into());
    let definition = &service.definition;
    let fits = |met: &Met| {
        let asking = Asking { now, moving: Some(met.id), salt: 0 };
        met.resources.iter().all(|resource| {
            let place = Place {
                resource: *resource,
                capacity: calendars.get(resource).map_or(1, |calendar| calendar.capacity),
                from: met.start - minutes(definition.buffer_before),
                to: met.start + minutes(definition.duration_minutes + definition.buffer_after),
            };
            place.has_room(&known, &asking)
        })
    };
    Ok(met.iter().map(|met| (met.clone(), fits(met))).collect())
}
