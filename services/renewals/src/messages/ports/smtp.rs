//! E-mail by SMTP (RFC 5321), pooled, TLS where the URL says so.

use careway_kernel::Redacted;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor, transport::smtp::Error};

use super::super::domain::message::Outcome;

pub(super) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Smtp {
    pub(super) fn new(url: &Redacted) -> anyhow::Result<Self> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose())?
            .timeout(Some(std::time::Duration::from_secs(20)))
            .build();
        Ok(Self { transport })
    }

    pub(super) async fn send(&self, mail: Message) -> Outcome {
        match self.transport.send(mail).await {
            Ok(_) => Outcome::Accepted,
            Err(error) => outcome(&error),
        }
    }
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
