//! The members of payers: where the authority insures by a scheme of its own, a participant is found among them by number.
//! Renewals makes no members, and never changes one: one-time codes go to a member's phone.

pub(crate) mod on_member;
pub(crate) mod store;
