//! Reads what an endpoint is to be.

use careway_kernel::Violations;
use careway_service::{Call, Result};
use url::Url;

use crate::{App, outbound::domain::AddressRefusal};

/// Types of an endpoint.
const MOST_TYPES: usize = 200;
/// Messages a second.
const MOST_RATE: i32 = 1000;

/// What the caller may hear of, by permission.
pub(super) fn permissions(app: &App, call: &Call) -> Vec<String> {
    let told = app.catalogue.permissions();
    told.filter(|permission| call.caller.may(permission)).map(str::to_owned).collect()
}

/// The types of events, each once, which the caller may hear of.
pub(super) fn types(v: &mut Violations, app: &App, call: &Call, given: &[String]) -> Option<Vec<String>> {
    v.check("types", given.len() <= MOST_TYPES, "must be at most 200");
    let mut types = v.each("types", given, |v, name| {
        let told = app.catalogue.told(name);
        let may = told.is_some_and(|permission| call.caller.may(permission));
        v.check("", may, "must be a type of event that you may read");
        may.then(|| name.clone())
    })?;
    types.sort();
    types.dedup();
    Some(types)
}

pub(super) fn rate(v: &mut Violations, given: i32) -> Option<i32> {
    let within = (0..=MOST_RATE).contains(&given);
    v.check("rate", within, "must be 0 to 1000");
    within.then_some(given)
}

/// Refuses an address whose name leads into a private network now; every attempt looks again.
pub(super) async fn leads_out(app: &App, url: &Url) -> Result<()> {
    let mut v = Violations::default();
    v.check("url", app.outbound.leads_out(url).await, AddressRefusal::AddressNotPublic);
    Ok(v.finish()?)
}
