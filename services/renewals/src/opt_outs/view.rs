//! Opt-outs as the contract shows them.

use careway_contract::renewals::v1::{self as proto, opt_out};
use careway_service::{Result, timestamp};

use super::domain::{OptOut, REMINDER, Source, State};
use crate::{
    contact_keys::{Column, ContactKeys},
    templates,
};

/// With the answer that is to be read, opened.
pub(super) fn opt_out(keys: &ContactKeys, opt_out: &OptOut) -> Result<proto::OptOut> {
    let answer = opt_out.answer.as_deref();
    let answer =
        answer.map(|sealed| keys.open(Column::OptOutAnswer, opt_out.id.uuid(), sealed)).transpose()?;
    Ok(proto::OptOut {
        opt_out_id: opt_out.id.to_string(),
        authority_id: opt_out.authority.to_string(),
        participant_id: opt_out.participant.map(|id| id.to_string()).unwrap_or_default(),
        channel: templates::shown_channel(opt_out.channel).into(),
        purpose: REMINDER.to_owned(),
        state: match opt_out.state {
            State::Active => opt_out::State::Active.into(),
            State::Review => opt_out::State::Review.into(),
        },
        source: match opt_out.source {
            Source::Agent => opt_out::Source::Agent.into(),
            Source::Reply => opt_out::Source::Reply.into(),
            Source::Link => opt_out::Source::Link.into(),
        },
        answer: answer.unwrap_or_default(),
        created_at: Some(timestamp(opt_out.created_at)),
    })
}
