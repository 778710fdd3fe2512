//! Support cases: an organization asks or complains, support answers, in the portal, by a partner's system or by mail.
//!
//! ```text
//! OPEN → IN_PROGRESS ⇄ WAITING_ON_PARTNER → SOLVED → CLOSED (final)
//! ```
//!
//! Everybody of the organization who may read cases sees all of its cases; others' are not there for them, and support sees
//! everybody's. What support notes among itself nobody else sees: the policies of the tables hold that as well. Nothing leads
//! out of CLOSED: who has more to say follows the case up by a new one. By itself a case that waits reminds, is solved after
//! fourteen working days, and closes four days after it was solved.
//!
//! # For those who stand after it: mail, notices, service levels
//!
//! On an open transaction: `store::find::lock_case` (by a `CaseKey` within a `Scope`), one of the transitions of `domain::Case`
//! (`say`, `wait`, `solve`, …), then `keep::keep`. A new case is `domain::Case::open` on a number of `store::draw`, then
//! `keep::keep_new`; a follow-up `lock_case_and_draw`, `Case::open_follow_up_of` and `keep::keep_follow_up`. That is one
//! statement to lock and one to keep, so that a command needs four round trips. `store::reference::insert_references` gives
//! recipients the reference of a case.

mod add_message;
mod add_participant;
mod add_watcher;
mod api;
mod assign;
mod close;
pub(crate) mod domain;
mod error;
pub(crate) mod events;
mod feed;
mod follow_up;
mod get;
pub(crate) mod keep;
mod list;
mod list_history;
mod list_messages;
pub(crate) mod on_account;
pub(crate) mod on_organization;
mod open;
pub(crate) mod party;
mod redact_message;
mod remove_participant;
mod remove_watcher;
mod service_clocks;
mod solve;
pub(crate) mod staff;
pub(crate) mod store;
pub(crate) mod timers;
mod update;
mod view;
mod wait;
mod watch;
mod words;

use add_message::add_case_message;
use add_participant::add_case_participant;
use add_watcher::add_case_watcher;
use assign::assign_case;
use close::close_case;
pub(crate) use feed::Feed;
use follow_up::follow_up_case;
use get::get_case;
use list::list_cases;
use list_history::list_case_history;
use list_messages::list_case_messages;
use open::open_case;
use redact_message::redact_case_message;
use remove_participant::remove_case_participant;
use remove_watcher::remove_case_watcher;
use solve::solve_case;
use update::update_case;
use wait::wait_for_partner;
use watch::watch_cases;
