//! Declare the intent: the channel is written to, with customer service in copy.

use careway_contract::channels::v1::{DeclareIntentRequest, DeclareIntentResponse};
use careway_service::{Call, Keyed};

use super::{change::Change, mails, view};
use crate::App;

pub(crate) async fn declare_intent(
    app: &App,
    call: &Call,
    request: DeclareIntentRequest,
) -> Keyed<DeclareIntentResponse> {
    let (mut tx, mut change) = Change::begin(app, call, &request.connection_id).await?;
    change.connection.declare_intent(&change.grounds)?;
    let connection = change.keep_by(&mut tx, call, "declare-intent", String::new()).await?;
    mails::keep(app, &mut tx, connection.id, mails::Kind::Intent, "").await?;
    tx.commit(DeclareIntentResponse { connection: Some(view::connection(&connection)) }).await
}
