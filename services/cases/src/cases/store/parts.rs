//! What a step adds to the tables beside its case, as columns of the statement that keeps it.

use careway_kernel::{Redacted, id_at};
use careway_service::Result;
use uuid::Uuid;

use crate::{
    case_keys::{CaseKeys, Column},
    cases::domain::{search::words, step::Step},
};

/// What a step adds to the tables beside the case, as columns.
pub(super) struct Parts {
    pub(super) message_ids: Vec<Uuid>,
    pub(super) internals: Vec<bool>,
    pub(super) bodies: Vec<Vec<u8>>,
    pub(super) mails: Vec<Option<Uuid>>,
    /// Of each message, with blanks between them: a folded word has none.
    pub(super) words: Vec<String>,
    pub(super) joined: Vec<Uuid>,
    pub(super) joined_roles: Vec<&'static str>,
    pub(super) joined_of: Vec<Uuid>,
    pub(super) history_ids: Vec<Uuid>,
    pub(super) history_cases: Vec<Uuid>,
    pub(super) history_internals: Vec<bool>,
    pub(super) changes: Vec<&'static str>,
    pub(super) befores: Vec<Option<Vec<u8>>>,
    pub(super) afters: Vec<Option<Vec<u8>>>,
}

impl Parts {
    pub(super) fn of(keys: &CaseKeys, step: &Step) -> Result<Self> {
        let messages = || step.message.iter();
        let parts = Self {
            message_ids: messages().map(|message| message.id.uuid()).collect(),
            internals: messages().map(|message| message.internal).collect(),
            bodies: messages()
                .map(|message| keys.seal(Column::Body, message.id.uuid(), &message.body))
                .collect::<Result<_>>()?,
            mails: messages().map(|message| message.inbound_mail).collect(),
            words: messages().map(|message| joined(words(message.body.expose()))).collect(),
            joined: step.joined.iter().map(|person| person.account.uuid()).collect(),
            joined_roles: step.joined.iter().map(|person| person.role.as_str()).collect(),
            joined_of: step.joined.iter().map(|person| person.member_of.uuid()).collect(),
            history_ids: Vec::new(),
            history_cases: Vec::new(),
            history_internals: Vec::new(),
            changes: Vec::new(),
            befores: Vec::new(),
            afters: Vec::new(),
        };
        parts.with_history(keys, Some(step))
    }

    pub(super) fn with_history(mut self, keys: &CaseKeys, step: Option<&Step>) -> Result<Self> {
        let entries = step.into_iter().flat_map(|step| step.history.iter().map(move |entry| (step, entry)));
        for (step, entry) in entries {
            let id = id_at(step.at);
            let seal = |column, text: &Option<Redacted>| {
                text.as_ref().map(|text| keys.seal(column, id, text)).transpose()
            };
            self.befores.push(seal(Column::Before, &entry.before)?);
            self.afters.push(seal(Column::After, &entry.after)?);
            self.history_ids.push(id);
            self.history_cases.push(step.case.id.uuid());
            self.history_internals.push(entry.internal);
            self.changes.push(entry.change.as_str());
        }
        Ok(self)
    }
}

fn joined(words: impl IntoIterator<Item = String>) -> String {
    words.into_iter().collect::<Vec<_>>().join(" ")
}
