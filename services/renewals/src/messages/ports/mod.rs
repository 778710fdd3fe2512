//! How mail leaves: by an SMTP server, or into a folder for development.

mod folder;
mod mail;
mod smtp;

use anyhow::Context;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    domain::message::{Content, Outcome},
    folder::Folder,
};
use crate::config::Config;

/// The configured port, and who sends.
pub(crate) struct Ports {
    email: Email,
    sender: mail::Sender,
}

enum Email {
    Smtp(smtp::Smtp),
    Folder(Folder),
    Nowhere,
}

impl Ports {
    pub(crate) async fn open(config: &Config) -> anyhow::Result<Self> {
        let sender = mail::Sender::new(config)?;
        let email = match (&config.smtp_url, &config.folder) {
            (Some(url), _) => {
                let hello = config.smtp_hello.as_deref().unwrap_or(sender.domain());
                Email::Smtp(smtp::Smtp::new(url, hello).context("CAREWAY_RENEWALS_SMTP_URL")?)
            }
            (None, Some(path)) => Email::Folder(Folder::open(path).await.context("CAREWAY_RENEWALS_FOLDER")?),
            (None, None) => Email::Nowhere,
        };
        Ok(Self { email, sender })
    }

    /// The message that a Message-ID of our making names.
    pub(crate) fn named(&self, mail_id: &str) -> Option<Uuid> {
        self.sender.named(mail_id)
    }

    /// The message whose return address this is.
    pub(crate) fn returned_to(&self, address: &str) -> Option<Uuid> {
        self.sender.returned_to(address)
    }

    /// Gives a mail to whatever takes it.
    pub(crate) async fn send(&self, id: Uuid, content: &Content, now: DateTime<Utc>) -> Outcome {
        let mail = match self.sender.mail(id, content) {
            Ok(mail) => mail,
            Err(error) => {
                tracing::warn!(%error, "a message makes no mail");
                return Outcome::Rejected;
            }
        };
        match &self.email {
            Email::Smtp(smtp) => smtp.send(mail).await,
            Email::Folder(folder) => folder::send(folder, id, content, &mail, now).await,
            Email::Nowhere => Outcome::Deferred,
        }
    }
}
