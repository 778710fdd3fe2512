//! What was told of a case's clocks, as its column has it.

use careway_service::{Error, Result};

use crate::service_levels::domain::clocks::{Alarm, Measure};

/// What was told of clocks, as its column has it: `FIRST_RESPONSE:BREACH`.
pub(super) fn write_told(told: &[(Measure, Alarm)]) -> Vec<String> {
    told.iter().map(|(measure, alarm)| told_name(*measure, *alarm)).collect()
}

/// The same, read.
pub(super) fn read_told(column: &[String]) -> Result<Vec<(Measure, Alarm)>> {
    let all = || Measure::ALL.into_iter().flat_map(|measure| Alarm::ALL.map(|alarm| (measure, alarm)));
    let read = |name: &String| all().find(|(measure, alarm)| told_name(*measure, *alarm) == *name);
    let unreadable = || Error::internal(anyhow::anyhow!("what was told of a case's clocks cannot be read"));
    column.iter().map(|name| read(name).ok_or_else(unreadable)).collect()
}

fn told_name(measure: Measure, alarm: Alarm) -> String {
    format!("{}:{}", measure.as_str(), alarm.as_str())
}
