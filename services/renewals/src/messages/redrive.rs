//! Send a message that failed once more.

use careway_contract::renewals::v1::{Reason, RedriveMessageRequest, RedriveMessageResponse};
use careway_kernel::MessageId;
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{
    domain::message::{Channel, Failed, Priority},
    store::read,
    view,
};
use crate::App;

pub(crate) async fn redrive_message(
    app: &App,
    call: &Call,
    request: RedriveMessageRequest,
) -> Keyed<RedriveMessageResponse> {
    let id: MessageId = path_id("message", &request.message_id)?;
    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let found = read::lock_failed(&mut tx, id.uuid()).await?.ok_or(Error::not_found("message"))?;
    let failed = Failed {
        state: &found.state,
        priority: Priority::from_number(found.priority),
        has_content: found.has_content,
        is_begun: found.is_begun,
    };
    if !failed.may_go_again() {
        let refusal = Error::new(
            Reason::MessageNotFailed,
            "Only a message that failed, and cannot have gone out, is sent again.",
        );
        return Err(refusal.with("state", found.state).into());
    }
    let channel = Channel::parse(&found.channel);
    let message = read::update_redriven(&mut tx, id.uuid(), now + channel.good_for(), now).await?;
    tx.audit(AuditEntry { action: "message.redrive", ..Default::default() });
    tx.wake_after_commit(app.wakes.of(channel).clone());
    tx.commit(RedriveMessageResponse { message: Some(view::message(&message)) }).await
}
