//! Operations that may be asked again under their key: they end with their own answer, with a refusal, or with the answer
//! that was given before.

use bytes::Bytes;

use crate::error::Error;

/// What an operation under a key returns.
pub type Keyed<T> = Result<T, Stop>;

/// Why an operation under a key goes no further.
#[derive(Debug)]
pub enum Stop {
    /// It is refused.
    Refused(Error),
    /// The key was answered before: this is the answer, encoded.
    Answered(Bytes),
}

/// Refusals, and whatever is one, end an operation by `?`.
impl<E: Into<Error>> From<E> for Stop {
    fn from(refusal: E) -> Self {
        Self::Refused(refusal.into())
    }
}
