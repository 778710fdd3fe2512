//! Which participants a list has, and in which order.

use careway_kernel::OrganizationId;
use chrono::NaiveDate;

use super::{ContactResult, search::Search};
use crate::agencies::domain::Party;

/// Which participants, of those that the party may see.
#[derive(Debug, Clone)]
pub(crate) struct ParticipantFilter {
    pub(crate) party: Party,
    pub(crate) search: Search,
    pub(crate) agency: Option<OrganizationId>,
    pub(crate) household: Option<String>,
    pub(crate) last_day_from: Option<NaiveDate>,
    pub(crate) last_day_to: Option<NaiveDate>,
    pub(crate) result: Option<ContactResult>,
    pub(crate) contact: Option<ContactFault>,
}

/// What is wrong with how somebody is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContactFault {
    /// There is no number and no address.
    None,
    /// The only number is no mobile.
    Landline,
    /// A number or an address seems wrong.
    Suspect,
    /// It is not what the authority gave.
    Differs,
}

/// What a list is sorted by; then by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParticipantOrder {
    LastDay,
    FamilyName,
    GivenName,
    Household,
}
