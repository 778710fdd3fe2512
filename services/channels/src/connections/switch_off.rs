//! Switch the channel off: the connection ends for good.

use careway_contract::channels::v1::{SwitchOffConnectionRequest, SwitchOffConnectionResponse};
use careway_service::{Call, Keyed};

use super::{change::Change, domain::EndCause, mails, view};
use crate::App;

pub(crate) async fn switch_off_connection(
    app: &App,
    call: &Call,
    request: SwitchOffConnectionRequest,
) -> Keyed<SwitchOffConnectionResponse> {
    let (mut tx, mut change) = Change::begin(app, call, &request.connection_id).await?;
    change.connection.end(EndCause::SwitchedOff)?;
    let news = change.is_news();
    let connection = change.keep_by(&mut tx, call, "switch-off", String::new()).await?;
    if news {
        mails::keep(app, &mut tx, connection.id, mails::Kind::Changed, connection.state.as_str()).await?;
    }
    tx.commit(SwitchOffConnectionResponse { connection: Some(view::connection(&connection)) }).await
}
