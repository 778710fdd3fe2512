//! How messages leave: an SMTP server for e-mail, a folder for development.

mod folder;
mod mail;
mod smtp;

use anyhow::Context;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::domain::message::{Channel, Content, Outcome};
use crate::config::Config;

/// The configured ports.
pub(crate) struct Ports {
    sms: Option<folder::Folder>,
    email: Email,
    sender: mail::Sender,
}

enum Email {
    Smtp(smtp::Smtp),
    Folder(folder::Folder),
    Nowhere,
}

impl Ports {
    pub(crate) async fn open(config: &Config) -> anyhow::Result<Self> {
        let folder = match &config.folder {
            Some(path) => Some(folder::Folder::open(path).await.context("CAREWAY_RENEWALS_FOLDER")?),
            None => None,
        };
        let email = match (&config.smtp_url, &folder) {
            (Some(url), _) => Email::Smtp(smtp::Smtp::new(url).context("CAREWAY_RENEWALS_SMTP_URL")?),
            (None, Some(folder)) => Email::Folder(folder.clone()),
            (None, None) => Email::Nowhere,
        };
        if folder.is_none() {
            tracing::warn!("no port takes SMS: messages wait, and are given up when they expire");
        }
        Ok(Self { sms: folder, email, sender: mail::Sender::new(config)? })
    }

    pub(crate) async fn send(
        &self,
        id: Uuid,
        channel: Channel,
        content: &Content,
        now: DateTime<Utc>,
    ) -> Outcome {
        match channel {
            Channel::Sms => match &self.sms {
                Some(folder) => folder.send(id, content, None, now).await,
                None => Outcome::Deferred,
            },
            Channel::Email => self.send_mail(id, content, now).await,
        }
    }

    async fn send_mail(&self, id: Uuid, content: &Content, now: DateTime<Utc>) -> Outcome {
        let mail = match self.sender.mail(id, content) {
            Ok(mail) => mail,
            Err(error) => {
                tracing::warn!(%error, "a message makes no mail");
                return Outcome::Rejected;
            }
        };
        match &self.email {
            Email::Smtp(smtp) => smtp.send(mail).await,
            Email::Folder(folder) => folder.send(id, content, Some(&mail), now).await,
            Email::Nowhere => Outcome::Deferred,
        }
    }
}
