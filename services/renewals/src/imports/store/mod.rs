//! Imports, what they have staged, and what became of their rows.

mod import;
mod known;
mod row;
mod taking;

pub(crate) use import::{
    delete_import, find_import, find_running, insert_import, list_imports, update_abandoned, update_progress,
    update_to_taking,
};
pub(crate) use known::{find_home, list_appointed, lock_appointed};
pub(crate) use row::{KeptRow, NewRow, delete_old_rows, insert_rows, list_rows};
pub(crate) use taking::{
    Batch, find_batch, insert_batch, lock_next, lock_taking, update_ended, update_taken, update_turn,
};
