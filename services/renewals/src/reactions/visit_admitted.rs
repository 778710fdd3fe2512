//! A patient was admitted: the member is told, with a link to say "this was not me".
//!
//! Only what the message is about is kept here. Whom it goes to, in which language, and its words are found out when it
//! is sent: no call to another service runs inside this transaction.

use careway_contract::visits::v1::VisitAdmitted;
use careway_events::Received;
use careway_kernel::MessageId;
use careway_service::{Result, Transaction};

use crate::{
    App,
    domain::message::{About, Channel, NewMessage, Priority},
    store,
};

/// A notice that comes later than this only confuses.
const GOOD_FOR: chrono::Duration = chrono::Duration::hours(24);

pub(crate) async fn visit_admitted(
    app: &App,
    tx: &mut Transaction,
    event: Received<VisitAdmitted>,
) -> Result<()> {
    let clock = &app.foundation().clock;
    let message = NewMessage {
        id: MessageId::new(clock),
        organization: event.organization,
        dedupe_key: format!("visit_admitted:{}", event.message.visit_id),
        channel: Channel::Sms,
        priority: Priority::Transactional,
        template: "visit_admitted".to_owned(),
        due_at: clock.now(),
        expires_at: Some(clock.now() + GOOD_FOR),
    };
    let about = About::VisitAdmitted { visit_id: event.message.visit_id, member_id: event.message.member_id };
    store::message::insert(tx, &message, None, Some(&about), clock.now()).await?;
    app.wake().notify_one();
    Ok(())
}
