//! Lists as workbooks: their rows come from one statement, page by page, while somebody downloads them.
//!
//! Each holds a connection of the database for as long, so there are turns, of which no organization has all.

use std::time::Duration;

use careway_service::{
    Call, Error, Fair, RawAnswer, Result, SharedReason, Turn,
    workbook::{self, Heading, Value},
};
use tokio::{
    sync::mpsc::{Sender, channel},
    time::timeout,
};
use tokio_stream::wrappers::ReceiverStream;

use crate::App;

/// Rows given on together.
pub(crate) const TOGETHER: usize = 500;
/// As long as a list may be read, as Postgres is told: whoever reads it may be slow.
pub(crate) const LONGEST: &str = "300s";

/// Lists that are downloaded at once.
const AT_ONCE: usize = 4;
/// Those of one organization.
const EACH: usize = 2;
/// How long a download waits for its turn.
const PATIENCE: Duration = Duration::from_secs(2);

/// The turns of one process.
pub(crate) fn turns() -> Fair {
    Fair::new(AT_ONCE, EACH)
}

/// A workbook to be: the file's name, the sheet's, and each column's title and width.
pub(crate) struct Book<'a> {
    pub(crate) file: &'static str,
    pub(crate) sheet: &'static str,
    pub(crate) columns: &'a [(&'static str, u16)],
}

/// Where rows are put, one after another.
pub(crate) struct Rows {
    pages: Sender<Result<Vec<Vec<Value>>>>,
    page: Vec<Vec<Value>>,
    _turn: Turn,
}

impl Rows {
    /// Puts a row; false when nobody takes them any more.
    pub(crate) async fn put(&mut self, row: Vec<Value>) -> bool {
        self.page.push(row);
        self.page.len() < TOGETHER || self.pages.send(Ok(std::mem::take(&mut self.page))).await.is_ok()
    }

    /// There are no more, or they cannot be had.
    pub(crate) async fn end(self, written: Result<()>) {
        // Whoever downloads may be gone.
        let _ = self.pages.send(written.map(|()| self.page)).await;
    }
}

/// The download of a workbook, whose rows are put meanwhile.
///
/// # Errors
/// `OVERLOADED`: no turn in time.
pub(crate) async fn download<F>(
    app: &App,
    call: &Call,
    book: &Book<'_>,
    write: impl FnOnce(Rows) -> F,
) -> Result<RawAnswer>
where
    F: Future<Output = ()> + Send + 'static,
{
    let turn = app.exports.turn(call.caller.organization().ok());
    let turn = timeout(PATIENCE, turn).await.map_err(|_| overloaded())??;
    let (pages, read) = channel(1);
    let rows = Rows { pages, page: Vec::with_capacity(TOGETHER), _turn: turn };
    app.foundation.background_tasks.spawn(write(rows));
    let headings = book.columns.iter().map(|(title, width)| Heading::new(*title, *width)).collect();
    Ok(workbook::download(book.file, book.sheet, headings, ReceiverStream::new(read)))
}

fn overloaded() -> Error {
    let message = "So many lists are being downloaded that there is no place for another now; try again.";
    Error::new(SharedReason::Overloaded, message).retry_after(Duration::from_secs(5))
}
