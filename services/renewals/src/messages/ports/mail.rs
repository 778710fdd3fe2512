//! A message as a mail (RFC 5322): its headers, and its words as text and as HTML. The typed builder leaves no room for
//! header injection.

use anyhow::Context;
use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Body, Mailbox, Mailboxes, MultiPart, SinglePart,
        header::{Cc, ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue, To},
    },
};
use uuid::Uuid;

use super::super::domain::{html, mail::AutoSubmitted, message::Content};
use crate::config::Config;

/// Who sends all mail, and where bounces go.
#[derive(Clone)]
pub(super) struct Sender {
    from: Mailbox,
    envelope_sender: Address,
}

impl Sender {
    pub(super) fn new(config: &Config) -> anyhow::Result<Self> {
        let from: Mailbox = config.mail_from.parse().context("CAREWAY_RENEWALS_MAIL_FROM")?;
        let envelope_sender = match &config.mail_envelope_sender {
            Some(address) => address.parse().context("CAREWAY_RENEWALS_MAIL_ENVELOPE_SENDER")?,
            None => from.email.clone(),
        };
        Ok(Self { from, envelope_sender })
    }

    /// The mail that says it. Its Message-ID is the same at every try.
    pub(super) fn mail(&self, id: Uuid, content: &Content) -> anyhow::Result<Message> {
        let headers = &content.mail;
        let subject = content.subject.as_deref().unwrap_or_default();
        let own_id = || format!("<{id}@{}>", self.from.email.domain());
        let to = mailboxes(&content.to)?;
        let cc = mailboxes(&headers.cc)?;
        let recipients = to.iter().chain(cc.iter()).map(|mailbox| mailbox.email.clone()).collect();
        let return_path = match headers.envelope_sender.as_deref() {
            None => Some(self.envelope_sender.clone()),
            Some("") => None,
            Some(address) => Some(address.parse()?),
        };
        let mut mail = Message::builder()
            .from(self.from.clone())
            .mailbox(To::from(to))
            .subject(subject)
            .message_id(Some(headers.message_id.clone().unwrap_or_else(own_id)))
            .envelope(Envelope::new(return_path, recipients)?);
        if !headers.cc.is_empty() {
            mail = mail.mailbox(Cc::from(cc));
        }
        if let Some(address) = &headers.reply_to {
            mail = mail.reply_to(Mailbox::new(None, address.parse()?));
        }
        if let Some(answered) = &headers.in_reply_to {
            mail = mail.in_reply_to(answered.clone());
        }
        if !headers.references.is_empty() {
            mail = mail.references(headers.references.join(" "));
        }
        if headers.auto_submitted != AutoSubmitted::No {
            mail = mail.header(headers.auto_submitted);
        }
        let html = html::of_text(&content.language, subject, &content.text)?;
        let words = MultiPart::alternative()
            .singlepart(part(ContentType::TEXT_PLAIN, content.text.clone())?)
            .singlepart(part(ContentType::TEXT_HTML, html)?);
        Ok(mail.multipart(words)?)
    }
}

/// Readable in any mail store, whatever the language.
fn part(content_type: ContentType, words: String) -> anyhow::Result<SinglePart> {
    let body = Body::new_with_encoding(words, ContentTransferEncoding::QuotedPrintable)
        .map_err(|_| anyhow::anyhow!("the words cannot be encoded"))?;
    Ok(SinglePart::builder().header(content_type).body(body))
}

fn mailboxes(addresses: &[String]) -> anyhow::Result<Mailboxes> {
    addresses.iter().map(|address| Ok(Mailbox::new(None, address.parse()?))).collect()
}

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(match text {
            "auto-generated" => Self::Generated,
            "auto-replied" => Self::Replied,
            _ => Self::No,
        })
    }

    fn display(&self) -> HeaderValue {
        let text = match self {
            Self::Generated => "auto-generated",
            Self::Replied => "auto-replied",
            Self::No => "no",
        };
        HeaderValue::new(Self::name(), text.to_owned())
    }
}
