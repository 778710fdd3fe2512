//! The rules of imports: what an import is, who is listed before, and what a listed person is against a known one.

mod agencies;
mod import;
mod listed_before;
mod participant;
mod periods;
mod refusal;
mod renewal;

pub(crate) use agencies::{AgencyCodes, AppointedAgency};
pub(crate) use import::{Counts, Import, ImportKind, ImportState, Outcome};
pub(crate) use listed_before::{ListedBefore, Listing};
pub(crate) use participant::{
    Contact, ContactKind, Decision, KnownParticipant, ListedParticipant, ListedPhone, SaidOfContacts,
    Sealable,
};
pub(crate) use periods::{KnownPeriod, PeriodChange};
pub(crate) use refusal::{ImportRefusal, RowRefusal};
pub(crate) use renewal::{KnownItem, ListedRenewal};

#[cfg(test)]
mod tests;
