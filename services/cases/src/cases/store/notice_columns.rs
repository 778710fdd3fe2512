//! Notices as columns of the statement that keeps them.

use uuid::Uuid;

use crate::cases::domain::notices::{Raised, Recipient};

pub(crate) struct NoticeColumns {
    pub(crate) ids: Vec<Uuid>,
    pub(crate) kinds: Vec<&'static str>,
    pub(crate) accounts: Vec<Option<Uuid>>,
    pub(crate) permissions: Vec<Option<&'static str>>,
    pub(crate) members_of: Vec<Option<Uuid>>,
    pub(crate) messages: Vec<Option<Uuid>>,
    pub(crate) answers: Vec<Option<Uuid>>,
}

impl NoticeColumns {
    pub(crate) fn of(notices: &Raised) -> Self {
        let recipients = || notices.iter().map(|(_, notice)| notice.to);
        Self {
            ids: notices.iter().map(|(id, _)| *id).collect(),
            kinds: notices.iter().map(|(_, notice)| notice.kind.as_str()).collect(),
            accounts: recipients()
                .map(|to| match to {
                    Recipient::Account(account, _) => Some(account.uuid()),
                    Recipient::Holders(_) => None,
                })
                .collect(),
            permissions: recipients()
                .map(|to| match to {
                    Recipient::Account(..) => None,
                    Recipient::Holders(permission) => Some(permission),
                })
                .collect(),
            members_of: recipients()
                .map(|to| match to {
                    Recipient::Account(_, member_of) => member_of.map(|id| id.uuid()),
                    Recipient::Holders(_) => None,
                })
                .collect(),
            messages: notices.iter().map(|(_, notice)| notice.message.map(|id| id.uuid())).collect(),
            answers: notices.iter().map(|(_, notice)| notice.answers).collect(),
        }
    }
}
