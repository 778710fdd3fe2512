//! End reminders to the address of a mail, by one click. Asked for again, it stays so.

use careway_contract::renewals::v1::{UnsubscribeRequest, UnsubscribeResponse};
use careway_kernel::{OptOutId, Violations};
use careway_service::{Call, Error, Result};

use super::{
    domain::{OptOut, Source, State, one_click::is_one_click},
    events, store,
};
use crate::App;

pub(crate) async fn unsubscribe(
    app: &App,
    call: &Call,
    request: UnsubscribeRequest,
) -> Result<UnsubscribeResponse> {
    let unknown = || Error::not_found("reminder");
    let recipient = app.unsubscribe_tokens.read(&request.token).ok_or_else(unknown)?;
    let form = request.form.unwrap_or_default();
    let mut v = Violations::default();
    v.check("form", is_one_click(&form.content_type, &form.data), "must say List-Unsubscribe=One-Click");
    v.finish()?;

    // Whoever clicks has nothing but the link: nobody's token to see the row with.
    let mut tx = app.db.begin_for(call, "opt_outs.unsubscribe").await?;
    let reminded = store::find_reminded(&mut tx, recipient).await?.ok_or_else(unknown)?;
    let opt_out = OptOut {
        id: OptOutId::new(&app.clock),
        authority: reminded.authority,
        participant: None,
        channel: reminded.channel,
        state: State::Active,
        source: Source::Link,
        answer: None,
        created_at: tx.now(),
    };
    let by = call.caller.subject.to_string();
    if let Some(id) = store::upsert_opt_out(&mut tx, &opt_out, &reminded.index, &by).await? {
        events::opted_out(&mut tx, &OptOut { id, ..opt_out }, None);
    }
    tx.finish().await?;
    Ok(UnsubscribeResponse { opted_out: true })
}
