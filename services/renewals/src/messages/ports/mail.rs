//! A message as a mail (RFC 5322): its headers, and its words as text and as HTML. The typed builder leaves no room for
//! header injection.

use anyhow::{Context, ensure};
use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Body, Mailbox, Mailboxes, MultiPart, SinglePart,
        header::{Cc, ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue, To},
    },
};
use uuid::Uuid;

use super::super::domain::{
    bounce, html,
    mail::{AutoSubmitted, MailHeaders},
    message::Content,
};
use crate::config::Config;

/// RFC 5321, 4.5.3.1.1.
const LONGEST_LOCAL_PART: usize = 64;

/// Who sends all mail, and where bounces go.
#[derive(Clone)]
pub(super) struct Sender {
    from: Mailbox,
    /// With `{message}` where each mail has one of its own.
    envelope_sender: String,
}

impl Sender {
    pub(super) fn new(config: &Config) -> anyhow::Result<Self> {
        let from: Mailbox = config.mail_from.parse().context("CAREWAY_RENEWALS_MAIL_FROM")?;
        let envelope_sender = config.mail_envelope_sender.clone().unwrap_or_else(|| from.email.to_string());
        let longest = bounce::return_address(&envelope_sender, Uuid::nil());
        let parsed = longest.parse::<Address>().context("CAREWAY_RENEWALS_MAIL_ENVELOPE_SENDER")?;
        ensure!(
            parsed.user().len() <= LONGEST_LOCAL_PART,
            "CAREWAY_RENEWALS_MAIL_ENVELOPE_SENDER: no more than {LONGEST_LOCAL_PART} characters may stand before the @"
        );
        Ok(Self { from, envelope_sender })
    }

    /// The domain that mail is sent from.
    pub(super) fn domain(&self) -> &str {
        self.from.email.domain()
    }

    /// The message that a Message-ID of our making names.
    pub(super) fn named(&self, mail_id: &str) -> Option<Uuid> {
        bounce::own_id(mail_id, self.from.email.domain())
    }

    /// The message whose return address this is.
    pub(super) fn returned_to(&self, address: &str) -> Option<Uuid> {
        bounce::returned_to(&self.envelope_sender, address)
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
            None => Some(bounce::return_address(&self.envelope_sender, id).parse()?),
            Some("") => None,
            Some(address) => Some(address.parse()?),
        };
        let from = self.from(headers)?;
        let domain = from.email.domain().to_owned();
        let mut mail = Message::builder()
            .from(from)
            .mailbox(To::from(to))
            .subject(subject)
            .message_id(Some(headers.message_id.clone().unwrap_or_else(own_id)))
            .envelope(Envelope::new(return_path, recipients)?)
            .header(AutoResponseSuppress)
            .header(Loop(domain));
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
        if let Some(url) = &headers.unsubscribe_url {
            let mailto = headers.unsubscribe_mailto.iter().map(|mailto| format!(", <{mailto}>"));
            let ways = std::iter::once(format!("<{url}>")).chain(mailto).collect();
            mail = mail.header(ListUnsubscribe(ways)).header(ListUnsubscribePost);
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

    fn from(&self, headers: &MailHeaders) -> anyhow::Result<Mailbox> {
        let address = headers.from.as_deref().map(str::parse).transpose()?;
        let name = headers.from_name.clone().or_else(|| self.from.name.clone());
        Ok(Mailbox::new(name, address.unwrap_or_else(|| self.from.email.clone())))
    }
}

/// Asks machines of Microsoft not to answer (MS-OXCMAIL).
#[derive(Clone)]
struct AutoResponseSuppress;

/// By which we know our own mail when it comes back.
#[derive(Clone)]
struct Loop(String);

/// Readable in any mail store, whatever the language.
fn part(content_type: ContentType, words: String) -> anyhow::Result<SinglePart> {
    let body = Body::new_with_encoding(words, ContentTransferEncoding::QuotedPrintable)
        .map_err(|_| anyhow::anyhow!("the words cannot be encoded"))?;
    Ok(SinglePart::builder().header(content_type).body(body))
}

fn mailboxes(addresses: &[String]) -> anyhow::Result<Mailboxes> {
    addresses.iter().map(|address| Ok(Mailbox::new(None, address.parse()?))).collect()
}

/// Where such mails are ended (RFC 2369).
#[derive(Clone)]
struct ListUnsubscribe(String);

/// By one click (RFC 8058).
#[derive(Clone)]
struct ListUnsubscribePost;

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

impl Header for ListUnsubscribePost {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".to_owned())
    }
}

impl Header for AutoResponseSuppress {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("X-Auto-Response-Suppress")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "All".to_owned())
    }
}

impl Header for Loop {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("X-Careway-Loop")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
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
