//! In whose name a request is answered.

use careway_service::{Call, Caller};

/// The same request as Careway itself: facilities never read members, so what a code needs is read for them.
pub(crate) fn as_system(call: &Call, purpose: &'static str) -> Call {
    let mut call = call.clone();
    call.caller = Caller::system(purpose);
    call
}
