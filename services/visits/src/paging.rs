//! Pages of this half's lists: the request read, the token made, both bound to the caller and the filter.

use careway_kernel::{PageRequest, PageToken, Violations};
use careway_service::{Error, Result};
use prost::Message;
use uuid::Uuid;

use crate::App;

/// One page wanted of one list.
pub(crate) struct Paging {
    operation: &'static str,
    bound: Vec<u8>,
    page: PageRequest,
}

impl Paging {
    /// Reads a page's size and token. `filter` is the request without them.
    pub(crate) fn parse(
        v: &mut Violations,
        app: &App,
        operation: &'static str,
        organization: Uuid,
        filter: &impl Message,
        (size, token): (i32, &str),
    ) -> Option<Self> {
        let bound = [organization.as_bytes().as_slice(), &filter.encode_to_vec()].concat();
        match PageRequest::parse(&*app.page_key, operation, &bound, size, token) {
            Ok(page) => Some(Self { operation, bound, page }),
            Err(error) => {
                v.add(error.field(), error);
                None
            }
        }
    }

    /// Rows to ask for.
    pub(crate) fn limit(&self) -> i64 {
        self.page.limit()
    }

    /// The id that the page before ended with.
    pub(crate) fn after_id(&self) -> Result<Option<Uuid>> {
        self.page.after.as_deref().map(Uuid::from_slice).transpose().map_err(Error::internal)
    }

    /// The number that the page before ended with.
    pub(crate) fn after_number(&self) -> Result<Option<i64>> {
        let after =
            self.page.after.as_deref().map(<[u8; 8]>::try_from).transpose().map_err(Error::internal)?;
        Ok(after.map(i64::from_be_bytes))
    }

    /// The rows of the page, and the token of the next one; empty on the last.
    pub(crate) fn cut<T, C: AsRef<[u8]>>(
        &self,
        app: &App,
        rows: Vec<T>,
        cursor: impl Fn(&T) -> C,
    ) -> (Vec<T>, String) {
        let (rows, more) = self.page.cut(rows);
        let token = rows
            .last()
            .filter(|_| more)
            .map(|last| PageToken::issue(&*app.page_key, self.operation, &self.bound, cursor(last).as_ref()));
        (rows, token.unwrap_or_default())
    }
}
