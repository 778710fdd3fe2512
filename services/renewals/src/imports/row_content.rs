//! What is kept of a row, sealed: what is said of its cells and, if it was not taken, the cells.

use std::fmt;

use careway_kernel::ImportId;
use careway_service::{
    Error, Result, Sealer,
    table::{Cell, CellProblem, CellRemark, Row},
    workbook::Value,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::domain::RowRefusal;

/// The sealed columns, as their values are bound to them.
const ROW: &str = "import_row.content";
const BATCH: &str = "import_batch.content";

/// What is said of a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    /// Empty when it is the row as a whole.
    pub(super) column: String,
    pub(super) reason: String,
    pub(super) message: String,
}

/// A cell as it is given back.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum KeptCell {
    Empty,
    Text(String),
    Date(NaiveDate),
}

/// What is kept of a row.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct RowContent {
    pub(super) cells: Vec<KeptCell>,
    pub(super) violations: Vec<Note>,
    pub(super) warnings: Vec<Note>,
}

impl fmt::Debug for KeptCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

impl fmt::Debug for RowContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

impl Note {
    pub(super) fn of_problem(problem: &CellProblem) -> Self {
        Self {
            column: problem.column.to_owned(),
            reason: problem.reason.to_owned(),
            message: problem.message.clone(),
        }
    }

    pub(super) fn of_remark(remark: &CellRemark) -> Self {
        Self {
            column: remark.column.to_owned(),
            reason: remark.warning.reason().to_owned(),
            message: remark.warning.to_string(),
        }
    }

    pub(super) fn of_refusal(refusal: RowRefusal) -> Self {
        Self {
            column: refusal.column().to_owned(),
            reason: refusal.reason().to_owned(),
            message: refusal.to_string(),
        }
    }
}

impl KeptCell {
    fn of(cell: &Cell) -> Self {
        match cell {
            Cell::Empty => Self::Empty,
            Cell::Date(day) => Self::Date(*day),
            Cell::Text(text) => Self::Text(text.to_string()),
            Cell::Number(_) => Self::Text(cell.text().unwrap_or_default()),
            Cell::Fault(_) => Self::Text(cell.shown()),
        }
    }

    pub(super) fn into_value(self) -> Value {
        match self {
            Self::Empty => Value::Empty,
            Self::Text(text) => Value::text(text),
            Self::Date(day) => Value::Date(day),
        }
    }
}

impl RowContent {
    /// Of a row that is wrong by itself.
    pub(super) fn rejected(row: &Row, violations: Vec<Note>, warnings: Vec<Note>) -> Self {
        Self { cells: row.cells.iter().map(KeptCell::of).collect(), violations, warnings }
    }

    pub(super) fn seal(&self, sealer: &Sealer, import: ImportId, row: u32) -> Result<Vec<u8>> {
        let content = serde_json::to_vec(self).map_err(Error::internal)?;
        Ok(sealer.seal(ROW, place(import, row), &content)?)
    }

    pub(super) fn open(sealer: &Sealer, import: ImportId, row: u32, sealed: &[u8]) -> Result<Self> {
        let content = sealer.open(ROW, place(import, row), sealed)?;
        serde_json::from_slice(&content).map_err(Error::internal)
    }
}

/// Rows that wait to be taken, sealed for their import and the number of their batch.
pub(super) fn seal_batch<L: Serialize>(
    sealer: &Sealer,
    import: ImportId,
    number: u32,
    rows: &[L],
) -> Result<Vec<u8>> {
    let content = serde_json::to_vec(rows).map_err(Error::internal)?;
    Ok(sealer.seal(BATCH, place(import, number), &content)?)
}

/// The rows of a batch.
pub(super) fn open_batch<L: serde::de::DeserializeOwned>(
    sealer: &Sealer,
    import: ImportId,
    number: u32,
    sealed: &[u8],
) -> Result<Vec<L>> {
    let content = sealer.open(BATCH, place(import, number), sealed)?;
    serde_json::from_slice(&content).map_err(Error::internal)
}

/// The id that a sealed value of an import is bound to: the import's, and the number within it.
fn place(import: ImportId, number: u32) -> Uuid {
    Uuid::from_u128(import.uuid().as_u128() ^ u128::from(number))
}

#[cfg(test)]
mod tests {
    use careway_kernel::Redacted;

    use super::*;

    #[test]
    fn what_is_kept_opens_in_its_place_alone() {
        let sealer =
            Sealer::derive(&Redacted::new("a master key of thirty-two characters"), "renewals").unwrap();
        let import = ImportId::from_uuid(Uuid::from_u128(7));
        let row = Row { number: 3, cells: vec![Cell::of("Hoà"), Cell::Empty, Cell::Number(5.0)] };
        let note = Note::of_refusal(RowRefusal::PeriodReversed);
        let content = RowContent::rejected(&row, vec![note], Vec::new());
        let sealed = content.seal(&sealer, import, 3).unwrap();
        assert_eq!(RowContent::open(&sealer, import, 3, &sealed).unwrap(), content);
        assert!(RowContent::open(&sealer, import, 4, &sealed).is_err());
        assert_eq!(format!("{content:?}"), "•••");
        let texts = [KeptCell::Text("Hoà".to_owned()), KeptCell::Empty, KeptCell::Text("5".to_owned())];
        assert_eq!(content.cells, texts);
    }
}
