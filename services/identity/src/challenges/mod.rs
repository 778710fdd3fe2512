//! A challenge: a one-time code sent to a member's phone, which shows that the patient is really here.
//!
//! States: issued → passed, or dead (expired, replaced, too many tries). Staff of a facility ask for codes and verify
//! them; a code is bound to the member, the facility, the person who asks, the purpose and the day. A stranger is
//! answered like a member.

pub(crate) mod api;
pub(crate) mod codes;
pub(crate) mod domain;
pub(crate) mod issue;
pub(crate) mod request;
pub(crate) mod resend;
pub(crate) mod resolve_member;
pub(crate) mod start;
pub(crate) mod store;
pub(crate) mod verify;

use resend::resend_challenge;
use resolve_member::resolve_member;
use start::start_challenge;
use verify::verify_challenge;
