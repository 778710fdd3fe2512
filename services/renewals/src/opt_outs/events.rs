//! What renewals says of opt-outs.

use careway_contract::renewals::v1::OptedOut;
use careway_events::{Fact, record};
use careway_kernel::OrganizationId;
use careway_service::Transaction;

use super::domain::{OptOut, REMINDER};

/// A contact wants no reminders any more, as an organization was told, or the contact said itself. Which contact it is, the
/// event does not say.
pub(super) fn opted_out(tx: &mut Transaction, opt_out: &OptOut, told: Option<OrganizationId>) {
    let fact = OptedOut {
        opt_out_id: opt_out.id.to_string(),
        authority_id: opt_out.authority.to_string(),
        channel: opt_out.channel.as_str().to_owned(),
        purpose: REMINDER.to_owned(),
        source: opt_out.source.as_str().to_owned(),
    };
    let fact = Fact::new(fact).about(opt_out.id.uuid(), 1).of(opt_out.authority);
    record(tx, told.into_iter().fold(fact, Fact::also));
}
