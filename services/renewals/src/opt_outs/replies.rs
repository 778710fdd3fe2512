//! What people answer to reminders by SMS: who wants no more gets no more, and what may mean so waits for a person. Every
//! replica reads; each answer is read by one.

use careway_kernel::{OptOutId, OrganizationId};
use careway_service::{Result, Transaction};
use serde::Deserialize;

use super::{
    domain::{
        OptOut, Source, State,
        words::{Meaning, meaning},
    },
    events,
    store::{self, replies::Reply},
};
use crate::{
    App,
    contact_keys::Column,
    messages::{Channel, INBOUND},
};

/// How many are read in one transaction.
const TOGETHER: i64 = 100;

/// An answer, opened.
#[derive(Deserialize)]
struct Said {
    text: String,
}

/// Reads what came in.
pub(crate) async fn read_all(app: &App) -> Result<()> {
    while read(app).await? == TOGETHER {}
    Ok(())
}

async fn read(app: &App) -> Result<i64> {
    let mut tx = app.db.begin_system("opt_outs.replies").await?;
    let replies = store::replies::lock_replies(&mut tx, TOGETHER).await?;
    let read = i64::try_from(replies.len()).unwrap_or(TOGETHER);
    if replies.is_empty() {
        return Ok(0);
    }
    let mut ids = [Vec::new(), Vec::new()];
    for reply in &replies {
        let [read, unreadable] = &mut ids;
        match open(app, reply) {
            Ok(said) => {
                take(app, &mut tx, reply, &said).await?;
                read.push(reply.inbound_sms_id);
            }
            // It holds up nobody else's.
            Err(error) => {
                tracing::error!(%error, inbound_sms_id = %reply.inbound_sms_id, "an answer to a reminder does not open");
                unreadable.push(reply.inbound_sms_id);
            }
        }
    }
    let [read_ids, unreadable] = ids;
    store::replies::update_state(&mut tx, &read_ids, "READ").await?;
    store::replies::update_state(&mut tx, &unreadable, "UNREADABLE").await?;
    tx.finish().await?;
    Ok(read)
}

fn open(app: &App, reply: &Reply) -> Result<Said> {
    let opened = app.sealer.open(INBOUND, reply.inbound_sms_id, &reply.sealed)?;
    Ok(serde_json::from_slice(&opened).map_err(anyhow::Error::from)?)
}

async fn take(app: &App, tx: &mut Transaction, reply: &Reply, said: &Said) -> Result<()> {
    // A brand's name after the word is no more than its address.
    let brands: Vec<_> =
        app.routes.find(&reply.route).map(|route| route.settings.sender.as_str()).into_iter().collect();
    let state = match meaning(&said.text, &brands) {
        Meaning::None => return Ok(()),
        Meaning::OptIn => return store::replies::delete_of_contact(tx, &reply.number_key).await,
        Meaning::OptOut => State::Active,
        Meaning::Review => State::Review,
    };
    for authority in store::replies::list_authorities(tx, &reply.number_key).await? {
        note(app, tx, authority, state, (reply, said)).await?;
    }
    Ok(())
}

/// For the participants of one authority.
async fn note(
    app: &App,
    tx: &mut Transaction,
    authority: OrganizationId,
    state: State,
    (reply, said): (&Reply, &Said),
) -> Result<()> {
    let id = OptOutId::new(&app.clock);
    let answer = match state {
        State::Active => None,
        State::Review => Some(app.contact_keys.seal(Column::OptOutAnswer, id.uuid(), &said.text)?),
    };
    let opt_out = OptOut {
        id,
        authority,
        participant: None,
        channel: Channel::Sms,
        state,
        source: Source::Reply,
        answer,
        created_at: tx.now(),
    };
    let noted = store::upsert_opt_out(tx, &opt_out, &reply.number_key, "reply").await?;
    if let Some(id) = noted.filter(|_| state == State::Active) {
        events::opted_out(tx, &OptOut { id, ..opt_out }, None);
    }
    Ok(())
}
