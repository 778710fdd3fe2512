//! A table read whole, whose first row is its header: what the tests look at.

use std::io::Cursor;

use bytes::Bytes;

use super::super::{
    Limits, Table, TableError,
    names::names,
    rows::{Rows, Weight},
};

/// Reads a whole table within the bounds of a list that is kept.
pub(super) fn read(bytes: Bytes, media_type: &str, limits: Limits) -> Result<Table, TableError> {
    let mut reader = Rows::open(Cursor::new(bytes), media_type, limits)?;
    let first = reader.next_row()?.ok_or(TableError::Unreadable("it is empty"))?;
    let columns = names(&first.cells)?;
    let (mut rows, mut weight) = (Vec::new(), Weight::default());
    while let Some(row) = reader.next_row()? {
        if rows.len() == limits.rows {
            return Err(TableError::too_long(limits));
        }
        weight.add(&row);
        weight.check(limits)?;
        rows.push(row);
    }
    Ok(Table { columns, rows })
}
