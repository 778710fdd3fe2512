//! What mail that comes in needs to know of our side, and what bounds its work.

use std::sync::Arc;

use anyhow::Context;
use careway_kernel::{Email, Redacted};
use careway_service::Sealer;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{
    authenticator::Authenticator,
    domain::{mail::Mailboxes, recipient::OwnMailboxes},
};
use crate::Config;

/// Mails that are parsed at once.
const PARSED_AT_ONCE: usize = 8;

/// The column of a mail as it came.
const RAW: &str = "inbound_mail.raw";
/// The column of what is shown of it.
const SUMMARY: &str = "inbound_mail.summary";

/// Our side of the mail that comes in. Cheap to clone.
#[derive(Clone)]
pub(crate) struct InboundMail(Arc<Shared>);

struct Shared {
    mailboxes: Mailboxes,
    ours: OwnMailboxes,
    authenticator: Option<Authenticator>,
    sealer: Sealer,
    digests: Hmac<Sha256>,
    parsing: Semaphore,
}

impl InboundMail {
    /// Reads the settings.
    pub(crate) fn new(config: &Config) -> anyhow::Result<Self> {
        let mailbox = |address: &str| Email::parse(address).map(|email| email.as_str().to_owned());
        let support = mailbox(&config.support_mailbox).context("CAREWAY_CASES_SUPPORT_MAILBOX")?;
        let bounces = mailbox(&config.bounce_mailbox).context("CAREWAY_CASES_BOUNCE_MAILBOX")?;
        let unsubscribe =
            mailbox(&config.unsubscribe_mailbox).context("CAREWAY_CASES_UNSUBSCRIBE_MAILBOX")?;
        let authserv_id = config.authserv_id.clone();
        let authenticator = if authserv_id.is_none() { Authenticator::new() } else { None };
        let mut digests = Hmac::<Sha256>::new_from_slice(config.master_key.expose().as_bytes())?;
        digests.update(b"careway/inbound-mail/v1/");
        Ok(Self(Arc::new(Shared {
            mailboxes: Mailboxes { support: support.clone(), authserv_id },
            ours: OwnMailboxes { support, bounces, unsubscribe },
            authenticator,
            sealer: Sealer::derive(&config.master_key, "cases mail")?,
            digests: Hmac::new_from_slice(&digests.finalize().into_bytes())?,
            parsing: Semaphore::new(PARSED_AT_ONCE),
        })))
    }

    /// The mailboxes and whose findings count.
    pub(super) fn mailboxes(&self) -> &Mailboxes {
        &self.0.mailboxes
    }

    /// Whose mail is taken.
    pub(super) fn own_mailboxes(&self) -> &OwnMailboxes {
        &self.0.ours
    }

    /// Who looks whether a mail is authentic, where no mail server of ours did.
    pub(super) fn authenticator(&self) -> Option<&Authenticator> {
        self.0.authenticator.as_ref()
    }

    /// What bounds how many are parsed at once.
    pub(super) fn parsing(&self) -> &Semaphore {
        &self.0.parsing
    }

    /// A text as a key that nobody can guess back: an address, words.
    pub(super) fn digest(&self, kind: &str, text: &[u8]) -> Vec<u8> {
        let mut mac = self.0.digests.clone();
        mac.update(kind.as_bytes());
        mac.update(b"/");
        mac.update(text);
        mac.finalize().into_bytes().to_vec()
    }

    pub(super) fn seal_raw(&self, row: Uuid, raw: &[u8]) -> anyhow::Result<Vec<u8>> {
        self.0.sealer.seal(RAW, row, raw)
    }

    pub(super) fn open_raw(&self, row: Uuid, sealed: &[u8]) -> anyhow::Result<Vec<u8>> {
        self.0.sealer.open(RAW, row, sealed)
    }

    pub(super) fn seal_summary(&self, row: Uuid, summary: &[u8]) -> anyhow::Result<Vec<u8>> {
        self.0.sealer.seal(SUMMARY, row, summary)
    }

    pub(super) fn open_summary(&self, row: Uuid, sealed: &[u8]) -> anyhow::Result<Redacted> {
        let opened = self.0.sealer.open(SUMMARY, row, sealed)?;
        Ok(Redacted::new(String::from_utf8(opened)?))
    }
}
