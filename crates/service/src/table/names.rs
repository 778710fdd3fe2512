//! The names of columns, as a header has them and as they are compared.

use careway_kernel::text;

use super::{Cell, TableError};

/// The names of a header's cells; no two are the same.
pub(super) fn names(cells: &[Cell]) -> Result<Vec<String>, TableError> {
    let mut columns = Vec::with_capacity(cells.len());
    for cell in cells {
        let name = column_name(&cell.text().unwrap_or_default());
        if !name.is_empty() && columns.contains(&name) {
            return Err(TableError::Unreadable("two columns have the same name"));
        }
        columns.push(name);
    }
    Ok(columns)
}

/// A name as it is compared: `Mã số BHXH` and `MA_SO_BHXH` are `masobhxh`.
pub(super) fn squeezed(name: &str) -> String {
    text::fold(name).chars().filter(|char| char.is_alphanumeric()).collect()
}

/// `Birth date`, `birth-date`, `BIRTH_DATE` → `birth_date`.
fn column_name(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() {
            name.extend(c.to_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    name.truncate(name.trim_end_matches('_').len());
    name
}
