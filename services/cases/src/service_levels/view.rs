//! Service levels over the wire: read strictly, and shown.

use careway_contract::cases::v1 as proto;
use careway_kernel::{OrganizationId, Violations};
use careway_service::{Call, Result, version};

use super::{
    domain::{Targets, TargetsBySeverity},
    store::SetLevel,
};

/// A target has so many minutes at most: a thousand hours of work.
const MOST_MINUTES: i32 = 60_000;

/// Reads a service level, for the version after the one that the caller has read.
pub(super) fn parse(given: &proto::ServiceLevel, call: &Call) -> Result<SetLevel> {
    let mut v = Violations::default();
    let calendar =
        v.required("workCalendarId", given.work_calendar_id.as_str(), |id| Ok::<_, &str>(id.to_owned()));
    let low = severity(&mut v, "low", given.low.as_ref());
    let normal = severity(&mut v, "normal", given.normal.as_ref());
    let high = severity(&mut v, "high", given.high.as_ref());
    let urgent = severity(&mut v, "urgent", given.urgent.as_ref());
    let (work_calendar_id, low, normal, high, urgent) = v.all((calendar, low, normal, high, urgent))?;
    let targets = TargetsBySeverity { low, normal, high, urgent };
    Ok(SetLevel { work_calendar_id, targets, version: call.expected_version()? + 1 })
}

fn severity(v: &mut Violations, name: &str, given: Option<&proto::ServiceTargets>) -> Option<Targets> {
    let given = v.present(name, given)?;
    v.within(name, |v| {
        let first_response = minutes(v, "firstResponseMinutes", given.first_response_minutes);
        let next_response = minutes(v, "nextResponseMinutes", given.next_response_minutes);
        let resolution = minutes(v, "resolutionMinutes", given.resolution_minutes);
        Some(Targets {
            first_response: first_response?,
            next_response: next_response?,
            resolution: resolution?,
        })
    })
}

fn minutes(v: &mut Violations, field: &str, given: i32) -> Option<u32> {
    v.check(field, (1..=MOST_MINUTES).contains(&given), "must be 1 to 60000");
    u32::try_from(given).ok()
}

/// A service level as the contract shows it.
pub(super) fn service_level(organization: Option<OrganizationId>, level: &SetLevel) -> proto::ServiceLevel {
    let shown = |targets: Targets| {
        let minutes = |minutes: u32| i32::try_from(minutes).unwrap_or(i32::MAX);
        Some(proto::ServiceTargets {
            first_response_minutes: minutes(targets.first_response),
            next_response_minutes: minutes(targets.next_response),
            resolution_minutes: minutes(targets.resolution),
        })
    };
    proto::ServiceLevel {
        organization_id: organization.map(|id| id.to_string()).unwrap_or_default(),
        work_calendar_id: level.work_calendar_id.clone(),
        low: shown(level.targets.low),
        normal: shown(level.targets.normal),
        high: shown(level.targets.high),
        urgent: shown(level.targets.urgent),
        version: Some(version(level.version)),
    }
}
