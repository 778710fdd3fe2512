//! What renewals does when others' events arrive: one file per reaction.
//!
//! A reaction only keeps what a message is about. Whom it goes to, in which language, and its words are found out when it
//! is sent: no call to another service runs inside its transaction.

mod admission_notice_due;
mod claim_appealed;
mod claim_decided;
mod claim_recalled;
mod claim_submitted;
mod payment_advice_paid;
mod preauthorization_answer_missed;
mod preauthorization_answered;
mod preauthorization_decided;
mod preauthorization_due;
mod preauthorization_expired;
mod preauthorization_information_requested;
mod preauthorization_overdue;
mod preauthorization_pended;
mod prescription_cancelled;
mod prescription_dispensed;
mod prescription_issued;
mod visit_admitted;
mod visit_dispute_resolved;
mod visit_disputed;

use careway_kernel::{MessageId, OrganizationId};
use careway_service::{Result, Transaction};
use uuid::Uuid;

pub(crate) use admission_notice_due::admission_notice_due;
pub(crate) use claim_appealed::claim_appealed;
pub(crate) use claim_decided::claim_decided;
pub(crate) use claim_recalled::claim_recalled;
pub(crate) use claim_submitted::claim_submitted;
pub(crate) use payment_advice_paid::payment_advice_paid;
pub(crate) use preauthorization_answer_missed::preauthorization_answer_missed;
pub(crate) use preauthorization_answered::preauthorization_answered;
pub(crate) use preauthorization_decided::preauthorization_decided;
pub(crate) use preauthorization_due::preauthorization_due;
pub(crate) use preauthorization_expired::preauthorization_expired;
pub(crate) use preauthorization_information_requested::preauthorization_information_requested;
pub(crate) use preauthorization_overdue::preauthorization_overdue;
pub(crate) use preauthorization_pended::preauthorization_pended;
pub(crate) use prescription_cancelled::prescription_cancelled;
pub(crate) use prescription_dispensed::prescription_dispensed;
pub(crate) use prescription_issued::prescription_issued;
pub(crate) use visit_admitted::visit_admitted;
pub(crate) use visit_dispute_resolved::visit_dispute_resolved;
pub(crate) use visit_disputed::visit_disputed;

use crate::{
    App,
    domain::message::{About, Addressee, Channel, NewMessage, Priority},
    store,
};

/// An SMS that comes later than this only confuses; a mail is read the next working day.
const SMS_GOOD_FOR: chrono::Duration = chrono::Duration::hours(24);
const MAIL_GOOD_FOR: chrono::Duration = chrono::Duration::hours(96);

/// A message that an event gives rise to.
struct Notice {
    channel: Channel,
    template: &'static str,
    event: Uuid,
    organization: Option<OrganizationId>,
    about: About,
}

impl Notice {
    fn sms(template: &'static str, event: Uuid, organization: Option<OrganizationId>, about: About) -> Self {
        Self { channel: Channel::Sms, template, event, organization, about }
    }

    fn mail(template: &'static str, event: Uuid, organization: Option<OrganizationId>, about: About) -> Self {
        Self { channel: Channel::Email, template, event, organization, about }
    }
}

/// Keeps a message for sending, once for its event, template and addressee.
async fn keep(app: &App, tx: &mut Transaction, notice: Notice) -> Result<()> {
    let now = tx.now();
    let good_for = if notice.channel == Channel::Sms { SMS_GOOD_FOR } else { MAIL_GOOD_FOR };
    let whom = match notice.about.addressee() {
        Addressee::Member(_) => "member",
        Addressee::Office(office) => &office.organization_id,
    };
    let message = NewMessage {
        id: MessageId::new(&app.foundation().clock),
        organization: notice.organization,
        dedupe_key: format!("{}:{}:{whom}", notice.template, notice.event),
        channel: notice.channel,
        priority: Priority::Transactional,
        template: notice.template.to_owned(),
        due_at: now,
        expires_at: Some(now + good_for),
    };
    store::message::insert(tx, &message, None, Some(&notice.about), now).await?;
    app.wake().notify_one();
    Ok(())
}
