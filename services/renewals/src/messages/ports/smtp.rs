//! E-mail by SMTP (RFC 5321), pooled, TLS where the URL says so. The typed builder leaves no room for header injection.

use careway_kernel::Redacted;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Body, Mailbox, Mailboxes,
        header::{ContentTransferEncoding, ContentType, To},
    },
    transport::smtp::Error,
};
use uuid::Uuid;

use super::super::domain::message::{Content, Outcome};

pub(crate) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    pub(crate) fn new(url: &Redacted, from: &str) -> anyhow::Result<Self> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose())?
            .timeout(Some(std::time::Duration::from_secs(20)))
            .build();
        Ok(Self { transport, from: from.parse()? })
    }

    pub(crate) async fn send(&self, id: Uuid, content: &Content) -> Outcome {
        let Ok(mail) = self.mail(id, content) else { return Outcome::Rejected };
        match self.transport.send(mail).await {
            Ok(_) => Outcome::Accepted,
            Err(error) => outcome(&error),
        }
    }

    fn mail(&self, id: Uuid, content: &Content) -> anyhow::Result<Message> {
        let domain = self.from.email.domain();
        // Readable in any mail store, whatever the language.
        let body = Body::new_with_encoding(content.text.clone(), ContentTransferEncoding::QuotedPrintable)
            .map_err(|_| anyhow::anyhow!("the words cannot be encoded"))?;
        Ok(Message::builder()
            .from(self.from.clone())
            .mailbox(To::from(mailboxes(&content.to)?))
            .subject(content.subject.as_deref().unwrap_or_default())
            .message_id(Some(format!("<{id}@{domain}>")))
            .header(ContentType::TEXT_PLAIN)
            .body(body)?)
    }
}

fn mailboxes(addresses: &[String]) -> anyhow::Result<Mailboxes> {
    let addresses = addresses.iter().map(|address| Ok(Mailbox::new(None, address.parse()?)));
    addresses.collect()
}

/// Only a definite refusal is one; a time-out may have been a success.
fn outcome(error: &Error) -> Outcome {
    let outcome = if error.is_permanent() {
        Outcome::Rejected
    } else if error.is_timeout() {
        Outcome::Unknown
    } else {
        // 4xx answers, and connections that never came to be.
        Outcome::Deferred
    };
    tracing::warn!(status = ?error.status(), ?outcome, "the mail server did not take a message");
    outcome
}
