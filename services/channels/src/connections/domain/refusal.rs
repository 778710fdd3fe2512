//! Why a step of a connection is refused.

use std::collections::BTreeSet;

use super::{State, missing::Missing};

/// What a step comes to.
pub(super) type Step<T = ()> = Result<T, ConnectionRefusal>;

/// A step that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConnectionRefusal {
    #[error("Something is missing; all of it is told.")]
    NotReady(BTreeSet<Missing>),
    #[error("The connection does not stand where this can be done.")]
    WrongState(State),
    #[error("The connection has ended; begin a new one.")]
    Ended,
    #[error("This is not the declaration of consent that is in force; read it again.")]
    ConsentNotCurrent,
    #[error("A connection has at least one service; switch it off to end it.")]
    LastService,
    #[error("A later notice is in force; prices never go back.")]
    NoticeSuperseded,
    #[error("The service was withdrawn; there is nothing to acknowledge any more.")]
    NoticeWithdrawn,
    #[error("The channel was told of this price already: a change has one notice.")]
    PriceChangeTold,
    #[error("There is a connection with this channel already.")]
    Exists,
}
