//! Every row of a table by itself: what those say that make sense, and the report begun with those that make none.

use super::{Columns, Report, RowReader, Table, TableError};

impl Columns {
    /// Reads every row. What `read` gives of a row is kept unless something was found wrong with it; a row of which it gives
    /// nothing is rejected.
    ///
    /// # Errors
    /// A column that must be there and is not.
    pub fn read<T>(
        self,
        table: &Table,
        dry_run: bool,
        mut read: impl FnMut(&mut RowReader<'_>) -> Option<T>,
    ) -> Result<(Vec<T>, Report), TableError> {
        let header = self.find(table)?;
        let mut report = Report::of(dry_run, &header);
        let mut kept = Vec::with_capacity(table.rows.len());
        for row in &table.rows {
            let mut reader = header.reader(row);
            let value = read(&mut reader);
            if value.is_none() && reader.is_sound() {
                reader.reject("", "INVALID", "cannot be read");
            }
            let (problems, remarks) = reader.finish();
            match value.filter(|_| problems.is_empty()) {
                Some(value) => {
                    kept.push(value);
                    report.remark(remarks);
                }
                None => report.reject(problems),
            }
        }
        Ok((kept, report))
    }
}
