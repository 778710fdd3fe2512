//! Pages of lists (AIP-158): the request read, the next token made, both bound to the caller and the filter.

use careway_kernel::{PageRequest, PageToken, Violations};
use prost::Message;
use uuid::Uuid;

use crate::error::{Error, Result};

/// One page wanted of one list.
pub struct Paging<'k> {
    key: &'k [u8; 32],
    operation: &'static str,
    bound: Vec<u8>,
    page: PageRequest,
}

impl<'k> Paging<'k> {
    /// Reads a page's size and token. `filter` is the request without them; the token is good for the same caller and
    /// filter only.
    pub fn parse(
        v: &mut Violations,
        key: &'k [u8; 32],
        operation: &'static str,
        organization: Uuid,
        filter: &impl Message,
        (size, token): (i32, &str),
    ) -> Option<Self> {
        let bound = [organization.as_bytes().as_slice(), &filter.encode_to_vec()].concat();
        match PageRequest::parse(key, operation, &bound, size, token) {
            Ok(page) => Some(Self { key, operation, bound, page }),
            Err(error) => {
                v.add(error.field(), error);
                None
            }
        }
    }

    /// Rows to ask for: one more than the page has, which tells whether another page follows.
    pub fn limit(&self) -> i64 {
        self.page.limit()
    }

    /// What the page before ended with.
    pub fn after(&self) -> Option<&[u8]> {
        self.page.after.as_deref()
    }

    /// The id that the page before ended with.
    ///
    /// # Errors
    /// An internal fault when the token carries no id: it was made by another list.
    pub fn after_id(&self) -> Result<Option<Uuid>> {
        self.page.after.as_deref().map(Uuid::from_slice).transpose().map_err(Error::internal)
    }

    /// The number that the page before ended with.
    ///
    /// # Errors
    /// An internal fault when the token carries no number: it was made by another list.
    pub fn after_number(&self) -> Result<Option<i64>> {
        let after =
            self.page.after.as_deref().map(<[u8; 8]>::try_from).transpose().map_err(Error::internal)?;
        Ok(after.map(i64::from_be_bytes))
    }

    /// The rows of the page, and the token of the next one; empty on the last.
    pub fn cut<T, C: AsRef<[u8]>>(&self, rows: Vec<T>, cursor: impl Fn(&T) -> C) -> (Vec<T>, String) {
        let (rows, more) = self.page.cut(rows);
        let token = rows
            .last()
            .filter(|_| more)
            .map(|last| PageToken::issue(self.key, self.operation, &self.bound, cursor(last).as_ref()));
        (rows, token.unwrap_or_default())
    }
}
