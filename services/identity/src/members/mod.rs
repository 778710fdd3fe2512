//! A member: a person whom a payer insures, alone or as somebody's dependant, and how they are reached.
//!
//! States: registered; besides, the member's codes are open or locked by too many wrong ones. Officers of the payer
//! register, change, import and unlock (`members.write`, `members.import`, `challenges.unlock`); facilities never read
//! members but through a visit. Whoever saw a member's data stands in the access log.

mod api;
mod audit;
mod create;
pub(crate) mod domain;
mod error;
mod get;
mod get_contact;
mod get_members;
mod import;
mod list;
mod list_accesses;
mod list_contact_changes;
mod list_dependants;
mod on_member_data_accessed;
pub(crate) mod store;
mod unlock_codes;
mod update;
pub(crate) mod view;

use create::create_member;
use get::get_member;
use get_contact::get_member_contact;
use get_members::get_members;
use import::import_members;
use list::list_members;
use list_accesses::list_member_accesses;
use list_contact_changes::list_contact_changes;
use list_dependants::list_dependants;
use unlock_codes::unlock_member_codes;
use update::update_member;

use std::time::Duration;

use careway_events::Consumers;
use careway_kernel::OrganizationId;
use careway_service::{Call, Result};

use crate::App;
use domain::Home;

/// How long a payer's country, time zone and language are believed.
const HOME_BELIEVED: Duration = Duration::from_secs(60);

/// What the operations on members share.
pub(crate) struct Members {
    homes: moka::sync::Cache<OrganizationId, Home>,
}

impl Members {
    pub(crate) fn new() -> Self {
        Self { homes: moka::sync::Cache::builder().max_capacity(1000).time_to_live(HOME_BELIEVED).build() }
    }
}

/// What identity hears.
pub(crate) fn consumers(app: &App) -> Consumers {
    Consumers::new(&app.foundation, &app.db, crate::NAME).on(
        "access_log",
        app.clone(),
        on_member_data_accessed::member_data_accessed,
    )
}

/// The payer's country, time zone and language: how phones and national ids are read, and which day it is.
pub(crate) async fn home(app: &App, call: &Call, payer: OrganizationId) -> Result<Home> {
    if let Some(home) = app.members.homes.get(&payer) {
        return Ok(home);
    }
    let home = store::get_home(&mut *app.db.read(call).await?, payer).await?;
    app.members.homes.insert(payer, home);
    Ok(home)
}
