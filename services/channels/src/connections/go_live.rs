//! Activate the provider in the call centre: what is ticked is published.

use careway_contract::channels::v1::{GoLiveRequest, GoLiveResponse};
use careway_service::{Call, Keyed};

use super::{change::Change, mails, view};
use crate::App;

pub(crate) async fn go_live(app: &App, call: &Call, request: GoLiveRequest) -> Keyed<GoLiveResponse> {
    call.caller.account()?;
    let (mut tx, mut change) = Change::begin(app, call, &request.connection_id).await?;
    change.connection.go_live(&change.grounds)?;
    let news = change.is_news();
    let connection = change.keep_by(&mut tx, call, "go-live", String::new()).await?;
    if news {
        mails::keep(app, &mut tx, connection.id, mails::Kind::Changed, connection.state.as_str()).await?;
    }
    tx.commit(GoLiveResponse { connection: Some(view::connection(&connection)) }).await
}
