//! How messages leave: an SMTP server for e-mail, a folder for development.

mod folder;
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
            (Some(url), _) => {
                Email::Smtp(smtp::Smtp::new(url, &config.mail_from).context("CAREWAY_RENEWALS_SMTP_URL")?)
            }
            (None, Some(folder)) => Email::Folder(folder.clone()),
            (None, None) => Email::Nowhere,
        };
        if folder.is_none() {
            tracing::warn!("no port takes SMS: messages wait, and are given up when they expire");
        }
        Ok(Self { sms: folder, email })
    }

    pub(crate) async fn send(
        &self,
        id: Uuid,
        channel: Channel,
        content: &Content,
        now: DateTime<Utc>,
    ) -> Outcome {
        match (channel, &self.sms, &self.email) {
            (Channel::Sms, Some(folder), _) | (Channel::Email, _, Email::Folder(folder)) => {
                folder.send(id, channel, content, now).await
            }
            (Channel::Email, _, Email::Smtp(smtp)) => smtp.send(id, content).await,
            (Channel::Sms, None, _) | (Channel::Email, _, Email::Nowhere) => Outcome::Deferred,
        }
    }
}
