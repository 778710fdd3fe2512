//! What support is shown of a mail without opening the original: kept sealed beside it.

use careway_service::{Error, Result};
use serde::{Deserialize, Serialize};

use super::{
    domain::{author::Author, files::File, mail::Mail, matching::reference, words::chosen::Unreadable},
    store::held::HeldRow,
};
use crate::App;

/// What is shown of a mail.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Summary {
    pub(super) author: String,
    pub(super) author_name: String,
    /// Who typed it, when that was another.
    pub(super) sent_by: Option<String>,
    pub(super) subject: String,
    /// The new words.
    pub(super) text: String,
    pub(super) quoted: String,
    pub(super) html: Option<String>,
    pub(super) unreadable: bool,
    /// Whom it was sent to beside us.
    pub(super) also_sent_to: Vec<String>,
    pub(super) files: Vec<FileSummary>,
}

/// A file of a mail; its bytes are in the original.
#[derive(Serialize, Deserialize)]
pub(super) struct FileSummary {
    pub(super) name: String,
    pub(super) media_type: String,
    pub(super) is_inline: bool,
    pub(super) is_blocked: bool,
    pub(super) size: usize,
}

impl Summary {
    /// Of a mail that was read.
    pub(super) fn of(mail: &Mail, support: &str) -> Self {
        let (author, author_name) = match &mail.author {
            Author::One { address, name } => (address.as_str().to_owned(), name.clone()),
            Author::Unclear => Default::default(),
        };
        let is_ours = |address: &str| {
            address.eq_ignore_ascii_case(support) || reference::of_address(address, support).is_some()
        };
        let also = mail.recipients.iter().map(|to| to.address.clone()).filter(|address| !is_ours(address));
        Self {
            author,
            author_name,
            sent_by: mail.sent_by.clone(),
            subject: mail.subject.clone(),
            text: mail.words.visible.clone(),
            quoted: mail.words.quoted.clone(),
            html: mail.html.clone(),
            unreadable: mail.unreadable == Some(Unreadable::Encrypted),
            also_sent_to: also.collect(),
            files: mail.files.iter().map(FileSummary::of).collect(),
        }
    }

    /// As it was kept with a held mail.
    pub(super) fn of_row(app: &App, row: &HeldRow) -> Result<Self> {
        let sealed = row.summary.as_deref().ok_or(Error::not_found("mail"))?;
        let text = app.inbound_mail.open_summary(row.inbound_mail_id, sealed)?;
        serde_json::from_str(text.expose()).map_err(Error::internal)
    }

    /// As it is kept.
    pub(super) fn to_json(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(Error::internal)
    }
}

impl FileSummary {
    fn of(file: &File) -> Self {
        Self {
            name: file.name.clone(),
            media_type: file.media_type.to_owned(),
            is_inline: file.is_inline,
            is_blocked: file.is_blocked(),
            size: file.content.len(),
        }
    }
}
