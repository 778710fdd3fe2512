//! The rows of an import that were not taken, page by page, as a workbook gives them back.

use careway_service::{
    Call, Result,
    workbook::{Heading, Value},
};
use futures::{Stream, stream};

use super::{
    domain::{Import, Outcome},
    row_content::{KeptCell, Note, RowContent},
    store,
};
use crate::App;

/// Rows read at a time.
const TOGETHER: i64 = 1_000;
/// The column that says why.
const WHY: &str = "why";

/// The file's own columns and one more.
pub(super) fn headings(import: &Import) -> Vec<Heading> {
    let own = import.titles.iter().map(|title| Heading::new(title, 18));
    own.chain([Heading::new(WHY, 60)]).collect()
}

/// The rows, in the order of the file.
pub(super) fn pages(
    app: App,
    call: Call,
    import: Import,
) -> impl Stream<Item = Result<Vec<Vec<Value>>>> + Send + 'static {
    stream::try_unfold((app, call, import, None), |(app, call, import, after)| async move {
        let call_of_page = Call::by(call.caller.clone());
        let mut reader = app.db.read(&call_of_page).await?;
        let asked = Some(Outcome::Rejected);
        let page = store::list_rows(&mut reader, &import, asked, after, TOGETHER).await?;
        drop(reader);
        let Some(last) = page.last() else { return Ok(None) };
        let after = Some((last.outcome, last.number));
        let mut rows = Vec::with_capacity(page.len());
        for row in &page {
            let content = row
                .content
                .as_deref()
                .map(|sealed| RowContent::open(&app.sealer, import.id, row.number.cast_unsigned(), sealed));
            rows.push(values(&import, content.transpose()?.unwrap_or_default()));
        }
        Ok(Some((rows, (app, call, import, after))))
    })
}

fn values(import: &Import, content: RowContent) -> Vec<Value> {
    let mut values: Vec<Value> = content.cells.into_iter().map(KeptCell::into_value).collect();
    values.resize(import.titles.len(), Value::Empty);
    let why: Vec<String> = content.violations.iter().map(said).collect();
    values.push(Value::text(why.join("; ")));
    values
}

fn said(note: &Note) -> String {
    match note.column.as_str() {
        "" => format!("{} ({})", note.message, note.reason),
        column => format!("{column} {} ({})", note.message, note.reason),
    }
}
