//! The tables of cases: of what was said in them, of who is with them, and of what happened to them.

pub(super) mod change;
pub(super) mod clocks;
pub(crate) mod draw;
pub(super) mod filter;
pub(crate) mod find;
pub(super) mod history;
pub(super) mod message;
pub(crate) mod notice_columns;
mod parts;
pub(crate) mod reference;
mod row;
pub(super) mod save;
mod told;
pub(super) mod waking;
