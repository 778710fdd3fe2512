//! An invitation: a link that lets its holder work for an organization, good once and for seven days.
//!
//! States: waiting → accepted, or expired. Inviting the same address again replaces the invitation that waits. Whoever
//! holds the link accepts; an administrator invites, and an operator of the platform invites the first administrator.

pub(crate) mod accept;
pub(crate) mod create;
pub(crate) mod domain;
pub(crate) mod show;
pub(crate) mod store;

pub(super) use accept::accept_invitation;
pub(super) use create::create_invitation;
pub(super) use show::show_invitation;
