//! The limits of one-time codes: what is counted, by whom, in which window.
//!
//! A *loud* limit is refused with 429; what it counts by comes from the request alone (identifier, facility, staff,
//! network), so that it says nothing about who is known. A *quiet* limit counts by what was found (member, payer,
//! number) and shows nowhere: no message is sent, or no code is right. A refusal says whose loud limit it was.

use serde::Serialize;

use super::{Codes, Holder, Issue};
use crate::challenges::domain::{Occasion, network};

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The patient's, by whatever they were named at the desk.
pub(crate) const PATIENT: &str = "PATIENT";
pub(crate) const FACILITY: &str = "FACILITY";
pub(crate) const STAFF: &str = "STAFF";
const NETWORK: &str = "NETWORK";

/// A counter and its bound.
#[derive(Debug, Serialize)]
pub(crate) struct Limit {
    #[serde(skip)]
    pub(crate) key: String,
    /// Whose it is, as a refusal names it.
    of: &'static str,
    field: &'static str,
    max: u32,
    window: u64,
    quiet: bool,
}

fn loud(of: &'static str, key: String, field: &'static str, max: u32, window: u64) -> Limit {
    Limit { key, of, field, max, window, quiet: false }
}

fn quiet(key: String, field: &'static str, max: u32, window: u64) -> Limit {
    Limit { key, of: "", field, max, window, quiet: true }
}

impl Codes {
    /// Sendings by identifier.
    pub(crate) fn slot_limits(&self) -> [Limit; 2] {
        let config = &self.config;
        [
            loud(PATIENT, String::new(), "sent_10_min", config.codes_per_member_10_min, 10 * MINUTE),
            loud(PATIENT, String::new(), "sent_day", config.codes_per_member_day, DAY),
        ]
    }

    /// Sendings by everything else.
    pub(crate) fn sending_limits(&self, issue: &Issue<'_>) -> Vec<Limit> {
        let config = &self.config;
        let facility = self.key("facility", &issue.occasion.facility.to_string());
        let staff = self.key("staff", &issue.occasion.staff);
        // The same person by another identifier is the same person.
        let member = self.key("member", &hex::encode(issue.holder.subject));
        let payer = self.key("payer", &issue.holder.payer.map(|id| id.to_string()).unwrap_or_default());
        let mut limits = vec![
            loud(FACILITY, facility.clone(), "sent_10_min", config.codes_per_facility_10_min, 10 * MINUTE),
            loud(FACILITY, facility, "sent_day", config.codes_per_facility_day, DAY),
            loud(STAFF, staff, "sent_10_min", config.codes_per_staff_10_min, 10 * MINUTE),
            quiet(member.clone(), "sent_10_min", config.codes_per_member_10_min, 10 * MINUTE),
            quiet(member, "sent_day", config.codes_per_member_day, DAY),
            quiet(self.key("number", &issue.number_block), "sent_hour", config.codes_per_prefix_hour, HOUR),
            quiet(payer, "sent_day", config.codes_per_payer_day, DAY),
        ];
        if let Some(address) = issue.network {
            let key = self.key("network", &network(address));
            limits.insert(0, loud(NETWORK, key, "sent_10_min", config.codes_per_network_10_min, 10 * MINUTE));
        }
        limits
    }

    /// Wrong codes.
    pub(crate) fn failure_limits(&self, occasion: &Occasion, holder: &Holder) -> Vec<Limit> {
        let config = &self.config;
        let facility = occasion.facility.to_string();
        let subject = hex::encode(holder.subject);
        let payer = self.key("payer", &holder.payer.map(|id| id.to_string()).unwrap_or_default());
        let here = self.key("member-facility", &format!("{subject}:{facility}"));
        vec![
            loud(
                FACILITY,
                self.key("facility", &facility),
                "failed_day",
                config.failures_per_facility_day,
                DAY,
            ),
            loud(STAFF, self.key("staff", &occasion.staff), "failed_day", config.failures_per_staff_day, DAY),
            quiet(here, "failed_day", config.failures_per_member_and_facility_day, DAY),
            quiet(self.key("member", &subject), "failed_day", config.failures_per_member_day, DAY),
            quiet(payer, "failed_day", config.failures_per_payer_day, DAY),
        ]
    }
}
