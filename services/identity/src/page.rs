//! Pages of lists whose rows are found by their id.

use careway_kernel::{InvalidPage, InvalidPageToken, PageRequest, PageToken};
use uuid::Uuid;

use crate::App;

/// A page of one list, with its filter.
pub(crate) struct Page {
    request: PageRequest,
    /// The last row of the page before.
    pub(crate) after: Option<Uuid>,
    operation: &'static str,
    filter: Vec<u8>,
}

impl Page {
    /// Reads `page_size` and `page_token`; the token is good for the same list with the same filter only.
    pub(crate) fn parse(
        app: &App,
        operation: &'static str,
        filter: &[&str],
        size: i32,
        token: &str,
    ) -> Result<Self, InvalidPage> {
        let filter = filter.join("\0").into_bytes();
        let request = PageRequest::parse(&*app.foundation.page_key, operation, &filter, size, token)?;
        let after =
            request.after.as_deref().map(Uuid::from_slice).transpose().map_err(|_| InvalidPageToken)?;
        Ok(Self { request, after, operation, filter })
    }

    /// How many rows to ask for.
    pub(crate) fn limit(&self) -> i64 {
        self.request.limit()
    }

    /// The rows of the page, and the token of the next one: empty on the last.
    pub(crate) fn cut<T>(&self, app: &App, rows: Vec<T>, id: impl Fn(&T) -> Uuid) -> (Vec<T>, String) {
        let (rows, more) = self.request.cut(rows);
        let token = match rows.last().filter(|_| more) {
            Some(last) => {
                PageToken::issue(&*app.foundation.page_key, self.operation, &self.filter, id(last).as_bytes())
            }
            None => String::new(),
        };
        (rows, token)
    }
}
