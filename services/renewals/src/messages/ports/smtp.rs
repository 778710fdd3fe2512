//! E-mail by SMTP (RFC 5321), pooled, TLS where the URL says so.

use careway_kernel::Redacted;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{Error, extension::ClientId},
};

use super::super::domain::message::Outcome;

pub(super) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Smtp {
    /// To the server of this URL, which is told this name.
    pub(super) fn new(url: &Redacted, hello: &str) -> anyhow::Result<Self> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose())?
            .hello_name(ClientId::Domain(hello.to_owned()))
            .timeout(Some(std::time::Duration::from_secs(20)))
            .build();
        Ok(Self { transport })
    }

    /// Gives a mail to the server.
    pub(super) async fn send(&self, mail: Message) -> Outcome {
        // A server that is not there, or does not let us in, is no fault of the mail.
        match self.transport.test_connection().await {
            Ok(true) => {}
            Ok(false) => return Outcome::Deferred,
            Err(error) => {
                tracing::warn!(%error, "the mail server cannot be reached");
                return Outcome::Deferred;
            }
        }
        match self.transport.send(mail).await {
            Ok(_) => Outcome::Accepted,
            Err(error) => outcome(&error),
        }
    }
}

/// Only a definite refusal is one. A connection that was lost, a time-out and a reply that nobody can read may each have been
/// a success.
fn outcome(error: &Error) -> Outcome {
    let outcome = if error.is_permanent() || error.is_client() {
        Outcome::Rejected
    } else if error.is_transient() || error.is_tls() || never_connected(error) {
        Outcome::Deferred
    } else {
        Outcome::Unknown
    };
    tracing::warn!(status = ?error.status(), ?outcome, "the mail server did not take a message");
    outcome
}

/// The library tells a connection that never came to be by its words alone.
fn never_connected(error: &Error) -> bool {
    error.to_string().starts_with("Connection error")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_never_reached_a_server_goes_again() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        drop(listener);
        let smtp = Smtp::new(&Redacted::new(url), "careway.example").unwrap();
        let mail = || {
            let to = || "an@example.com".parse().unwrap();
            Message::builder().from(to()).to(to()).body(String::new()).unwrap()
        };
        let error = smtp.transport.send(mail()).await.unwrap_err();
        assert_eq!(outcome(&error), Outcome::Deferred, "{error}");
        assert_eq!(smtp.send(mail()).await, Outcome::Deferred);
    }
}
