//! Pages of a list (AIP-158): a bounded size, and an opaque token for where the next page starts.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Rows on a page when the caller names no size.
pub const DEFAULT_SIZE: u32 = 50;
/// Rows on a page at most; a larger wish is cut to this.
pub const MAX_SIZE: u32 = 200;

const TAG: usize = 16;
const LONGEST_TOKEN: usize = 2048;

/// Why a request for a page is refused; [`field`](Self::field) says which field is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPage {
    /// A negative size.
    #[error("must not be negative")]
    Size,
    /// A token that is not ours, or of another list.
    #[error(transparent)]
    Token(#[from] InvalidPageToken),
}

impl InvalidPage {
    /// The field of the request at fault.
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Self::Size => "pageSize",
            Self::Token(_) => "pageToken",
        }
    }
}

/// The token was not issued for this list with this filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the nextPageToken of the same list with the same filter")]
pub struct InvalidPageToken;

/// Which rows of a list are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// Rows on the page at most: 1 to [`MAX_SIZE`].
    pub size: u32,
    /// The cursor of the last row of the page before; none on the first page.
    pub after: Option<Vec<u8>>,
}

impl PageRequest {
    /// Reads a request's `page_size` (0: the default) and `page_token` (empty: the first page).
    pub fn parse(
        key: &[u8],
        operation: &str,
        filter: &[u8],
        page_size: i32,
        page_token: &str,
    ) -> Result<Self, InvalidPage> {
        let size = match u32::try_from(page_size).map_err(|_| InvalidPage::Size)? {
            0 => DEFAULT_SIZE,
            size => size.min(MAX_SIZE),
        };
        let after = match page_token {
            "" => None,
            token => Some(PageToken::open(key, operation, filter, token)?),
        };
        Ok(Self { size, after })
    }

    /// The rows to ask the database for: one more than the page, which tells whether another follows.
    #[must_use]
    pub fn limit(&self) -> i64 {
        i64::from(self.size) + 1
    }

    /// Cuts the rows got with [`limit`](Self::limit) to the page; true when another page follows.
    #[must_use]
    pub fn cut<T>(&self, mut rows: Vec<T>) -> (Vec<T>, bool) {
        let size = self.size as usize;
        let more = rows.len() > size;
        rows.truncate(size);
        (rows, more)
    }
}

/// Issues and opens page tokens: `base64url(HMAC-SHA256(key, operation, filter, cursor)[..16] ‖ cursor)`.
///
/// The holder can decode the cursor, though not change it: put ids and instants in it, never a name.
#[derive(Debug, Clone, Copy)]
pub struct PageToken;

impl PageToken {
    /// The token for the page after `cursor`, good for this operation and filter only.
    #[must_use]
    pub fn issue(key: &[u8], operation: &str, filter: &[u8], cursor: &[u8]) -> String {
        let tag = mac(key, operation, filter, cursor).finalize().into_bytes();
        let mut token = tag[..TAG].to_vec();
        token.extend_from_slice(cursor);
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The cursor of a token issued with the same key, operation and filter.
    pub fn open(
        key: &[u8],
        operation: &str,
        filter: &[u8],
        token: &str,
    ) -> Result<Vec<u8>, InvalidPageToken> {
        if token.len() > LONGEST_TOKEN {
            return Err(InvalidPageToken);
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| InvalidPageToken)?;
        let (tag, cursor) = bytes.split_at_checked(TAG).ok_or(InvalidPageToken)?;
        mac(key, operation, filter, cursor).verify_truncated_left(tag).map_err(|_| InvalidPageToken)?;
        Ok(cursor.to_vec())
    }
}

/// Lengths are part of the input, so that no operation and filter read like another pair.
fn mac(key: &[u8], operation: &str, filter: &[u8], cursor: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(b"careway page token v1");
    for part in [operation.as_bytes(), filter, cursor] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: &[u8] = b"key";

    #[test]
    fn sizes_have_a_default_and_a_bound() {
        let size = |wish| PageRequest::parse(KEY, "list", b"", wish, "").map(|page| page.size);
        assert_eq!(size(0), Ok(50));
        assert_eq!(size(7), Ok(7));
        assert_eq!(size(5000), Ok(200));
        assert_eq!(size(-1), Err(InvalidPage::Size));
    }

    #[test]
    fn one_row_too_many_means_another_page() {
        let page = PageRequest { size: 2, after: None };
        assert_eq!(page.limit(), 3);
        assert_eq!(page.cut(vec![1, 2, 3]), (vec![1, 2], true));
        assert_eq!(page.cut(vec![1, 2]), (vec![1, 2], false));
    }

    #[test]
    fn a_token_belongs_to_its_list() {
        let token = PageToken::issue(KEY, "visits", b"state=OPEN", b"cursor");
        let open = |key: &[u8], operation, filter: &[u8]| PageToken::open(key, operation, filter, &token);
        assert_eq!(open(KEY, "visits", b"state=OPEN"), Ok(b"cursor".to_vec()));
        assert_eq!(open(KEY, "visits", b""), Err(InvalidPageToken));
        assert_eq!(open(KEY, "claims", b"state=OPEN"), Err(InvalidPageToken));
        assert_eq!(open(b"other", "visits", b"state=OPEN"), Err(InvalidPageToken));
        assert_eq!(open(KEY, "visitss", b"tate=OPEN"), Err(InvalidPageToken));
    }

    proptest! {
        #[test]
        fn a_cursor_comes_back(cursor: Vec<u8>) {
            let token = PageToken::issue(KEY, "list", b"f", &cursor);
            prop_assert_eq!(PageToken::open(KEY, "list", b"f", &token), Ok(cursor));
        }

        #[test]
        fn a_changed_token_is_refused(cursor: Vec<u8>, at: prop::sample::Index, bit in 0..8_u8) {
            let mut bytes = URL_SAFE_NO_PAD.decode(PageToken::issue(KEY, "list", b"f", &cursor)).unwrap();
            bytes[at.index(cursor.len() + TAG)] ^= 1_u8 << bit;
            let token = URL_SAFE_NO_PAD.encode(bytes);
            prop_assert_eq!(PageToken::open(KEY, "list", b"f", &token), Err(InvalidPageToken));
        }

        #[test]
        fn rubbish_is_refused(token in ".{0,60}") {
            prop_assert_eq!(PageToken::open(KEY, "list", b"f", &token), Err(InvalidPageToken));
        }
    }
}
