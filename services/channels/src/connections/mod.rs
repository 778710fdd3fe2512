//! A provider's connection with a channel, step by step: DRAFT, INTENT_DECLARED, ACTIVATED, CONSENTED, SET_UP, TESTING, LIVE,
//! and SUSPENDED or ENDED. The provider declares, ticks, activates, consents and switches off; the channel sets up and goes
//! live; both test and sign. Each step asks anew for all that the steps before it needed.

mod accept_consent;
pub(crate) mod acknowledge_service;
mod activate;
mod api;
pub(crate) mod change;
mod create;
mod declare_intent;
pub(crate) mod domain;
mod end;
mod error;
mod events;
mod follow_service;
mod get;
mod go_live;
mod list;
mod list_history;
pub(crate) mod mails;
mod notify_of_service;
pub(crate) mod on_message;
mod readiness;
mod resume;
mod set_up;
mod sign_test;
mod start_test;
pub(crate) mod store;
mod suspend;
mod switch_off;
mod tick_services;
pub(crate) mod timers;
pub(crate) mod view;

use accept_consent::accept_consent;
use acknowledge_service::acknowledge_service;
use activate::activate_connection;
use create::create_connection;
use declare_intent::declare_intent;
use end::end_connection;
pub(crate) use follow_service::follow_service;
use get::get_connection;
use go_live::go_live;
use list::list_connections;
use list_history::list_connection_history;
use notify_of_service::notify_of_service;
use readiness::get_readiness;
use resume::resume_connection;
use set_up::set_up_connection;
use sign_test::sign_joint_test;
use start_test::start_joint_test;
use suspend::suspend_connection;
use switch_off::switch_off_connection;
use tick_services::tick_services;
