//! Renewals, what they were paid with, and the feed of their changes.

mod change;
mod export;
mod list;
mod locked;
mod mismatch;
mod row;
mod told;
mod write;

pub(crate) use change::{Change, find_feed_end, get_feeds_sum, list_changes};
pub(crate) use export::{ExportedRenewal, list_exported};
pub(crate) use list::{
    DaysLeft, KnownBy, Order, RenewalFilter, SetReach, find_renewal, get_renewal_count, list_reaches,
    list_renewals,
};
pub(crate) use locked::{Facts, LockedCard, Standing, get_facts, lock_facts, lock_standing};
pub(crate) use mismatch::{Mismatch, list_mismatches};
pub(crate) use row::{Paid, RenewalRow};
pub(crate) use told::find_told;
pub(crate) use write::{
    CoverAnswer, NewContribution, NewRenewal, insert_renewals, update_cover, update_undone,
};
