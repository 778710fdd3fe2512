//! Lists as workbooks: their rows come from one statement, page by page, while somebody downloads them.

use careway_service::{
    RawAnswer, Result,
    workbook::{self, Heading, Value},
};
use tokio::sync::mpsc::{Sender, channel};
use tokio_stream::wrappers::ReceiverStream;

use crate::App;

/// Rows given on together.
pub(crate) const TOGETHER: usize = 500;
/// As long as a list may be read, as Postgres is told: whoever reads it may be slow.
pub(crate) const LONGEST: &str = "300s";

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
pub(crate) fn download<F>(app: &App, book: &Book<'_>, write: impl FnOnce(Rows) -> F) -> RawAnswer
where
    F: Future<Output = ()> + Send + 'static,
{
    let (pages, read) = channel(1);
    app.foundation.background_tasks.spawn(write(Rows { pages, page: Vec::with_capacity(TOGETHER) }));
    let headings = book.columns.iter().map(|(title, width)| Heading::new(*title, *width)).collect();
    workbook::download(book.file, book.sheet, headings, ReceiverStream::new(read))
}
