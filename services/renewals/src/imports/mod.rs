//! Lists that an authority sends: its participants, and the cards that are to be renewed.
//!
//! ```text
//! READING ──▶ TAKING ──▶ DONE
//!    └─▶ FAILED ◀─┘
//! ```
//! A list is received whole, read and checked row by row, and staged: rows that are right wait in sealed batches, what is
//! wrong with the others is known at once. Only then is it answered. Batches are taken one transaction each, by whichever
//! replica has time, the import that waited longest first; a replica that dies leaves a batch untaken, and another takes it.
//! An import of which a batch cannot be taken, whoever tries, fails; what was taken before stays.
//! Officers of the authority send lists and see what became of them; nobody else does.

mod api;
pub(crate) mod domain;
mod download_rejected;
mod error;
mod events;
mod get;
mod import_participants;
mod import_renewals;
mod kind;
mod list;
mod list_rows;
mod participants;
mod rejected_rows;
mod renewals;
mod row_content;
mod staging;
pub(crate) mod store;
mod sweep;
mod take;
mod view;
mod watch;

use download_rejected::download_rejected_rows;
use get::get_import;
use import_participants::import_participants;
use import_renewals::import_renewals;
use list::list_imports;
use list_rows::list_import_rows;
use staging::stage;
pub(crate) use take::run_takers;
pub(crate) use watch::ImportSteps;
use watch::watch_import;

#[cfg(test)]
mod tests;
