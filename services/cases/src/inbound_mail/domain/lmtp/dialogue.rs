//! The commands of a conversation and their replies (RFC 2033, with SIZE, PIPELINING and 8BITMIME).

use smtp_proto::{Error, Request};

use crate::inbound_mail::domain::{limits::MOST_MAIL_BYTES, recipient::OwnMailboxes};

/// Recipients of one mail.
const MOST_RECIPIENTS: usize = 100;
/// Commands that were none, until the conversation ends.
const MOST_MISTAKES: usize = 20;

/// A conversation with a mail server.
pub(crate) struct Dialogue {
    host: String,
    ours: OwnMailboxes,
    is_greeted: bool,
    mistakes: usize,
    envelope: Option<Envelope>,
}

/// Who sends a mail, and for whom.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Envelope {
    /// Empty for what nobody is to be told of.
    pub(crate) mail_from: String,
    /// As they were written, those that were taken.
    pub(crate) recipients: Vec<String>,
}

/// What comes after a command.
pub(crate) enum Step {
    /// The next command.
    Reply(String),
    /// The mail's bytes, for this envelope.
    Data(String, Envelope),
    /// Nothing.
    Close(String),
}

impl Dialogue {
    /// A conversation of this host about mail for these mailboxes, and its greeting.
    pub(crate) fn begin(host: &str, ours: OwnMailboxes) -> (Self, String) {
        let host = host.to_owned();
        let greeting = format!("220 {host} LMTP\r\n");
        (Self { host, ours, is_greeted: false, mistakes: 0, envelope: None }, greeting)
    }

    /// Hears a command: a line without its CRLF.
    pub(crate) fn hear(&mut self, line: &[u8]) -> Step {
        let reply = match self.request(line) {
            Ok(Request::Quit) => return Step::Close("221 2.0.0 goodbye\r\n".to_owned()),
            Ok(Request::Data) => return self.data(),
            Ok(request) => self.answer(request),
            Err(reply) => reply.to_owned(),
        };
        if reply.starts_with("50") {
            self.mistakes += 1;
            if self.mistakes >= MOST_MISTAKES {
                return Step::Close("421 4.7.0 too many mistakes\r\n".to_owned());
            }
        }
        Step::Reply(reply)
    }

    fn request(&self, line: &[u8]) -> Result<Request<String>, &'static str> {
        // A bare line feed or carriage return ends nothing, least of all a command.
        if line.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return Err("500 5.5.2 a line ends in CRLF\r\n");
        }
        let line = [line, b"\r\n"].concat();
        let request = Request::parse(&mut line.iter()).map(Request::into_owned);
        request.map_err(|error| match error {
            Error::InvalidSenderAddress => "501 5.1.7 no address\r\n",
            Error::InvalidRecipientAddress => "501 5.1.3 no address\r\n",
            Error::UnsupportedParameter { .. } => "555 5.5.4 no such parameter\r\n",
            Error::SyntaxError { .. } | Error::InvalidParameter { .. } => "501 5.5.4 not understood\r\n",
            _ => "500 5.5.1 no such command\r\n",
        })
    }

    fn answer(&mut self, request: Request<String>) -> String {
        match request {
            Request::Lhlo { .. } => {
                (self.is_greeted, self.envelope) = (true, None);
                let host = &self.host;
                format!(
                    "250-{host}\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n\
                     250 SIZE {MOST_MAIL_BYTES}\r\n"
                )
            }
            Request::Mail { from } => self.mail(from.address, from.size).to_owned(),
            Request::Rcpt { to } => self.recipient(to.address).to_owned(),
            Request::Rset => {
                self.envelope = None;
                "250 2.0.0 forgotten\r\n".to_owned()
            }
            Request::Noop { .. } => "250 2.0.0 heard\r\n".to_owned(),
            Request::Vrfy { .. } => "252 2.5.0 send it and see\r\n".to_owned(),
            Request::Ehlo { .. } | Request::Helo { .. } => "500 5.5.1 this is LMTP: say LHLO\r\n".to_owned(),
            _ => "502 5.5.1 not spoken here\r\n".to_owned(),
        }
    }

    fn mail(&mut self, mail_from: String, size: usize) -> &'static str {
        if !self.is_greeted || self.envelope.is_some() {
            return "503 5.5.1 not now\r\n";
        }
        if size > MOST_MAIL_BYTES {
            return "552 5.3.4 too large\r\n";
        }
        self.envelope = Some(Envelope { mail_from, recipients: Vec::new() });
        "250 2.1.0 go on\r\n"
    }

    fn recipient(&mut self, address: String) -> &'static str {
        let Some(envelope) = &mut self.envelope else { return "503 5.5.1 not now\r\n" };
        if envelope.recipients.len() >= MOST_RECIPIENTS {
            return "452 4.5.3 too many recipients\r\n";
        }
        if self.ours.recipient(&address).is_none() {
            return "550 5.1.1 nobody here\r\n";
        }
        envelope.recipients.push(address);
        "250 2.1.5 go on\r\n"
    }

    fn data(&mut self) -> Step {
        match self.envelope.take() {
            Some(envelope) if !envelope.recipients.is_empty() => {
                Step::Data("354 go on\r\n".to_owned(), envelope)
            }
            envelope => {
                self.envelope = envelope;
                Step::Reply("503 5.5.1 for nobody\r\n".to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inbound_mail::domain::recipient::tests::own_mailboxes;

    #[test]
    fn a_command_is_a_line_and_nothing_else_is() {
        let (mut dialogue, _) = Dialogue::begin("mx", own_mailboxes());
        let mut reply = |line: &str| match dialogue.hear(line.as_bytes()) {
            Step::Reply(reply) | Step::Data(reply, _) | Step::Close(reply) => reply[..3].to_owned(),
        };
        for (line, code) in [
            ("LHLO mta\nMAIL FROM:<a@b.cd>", "500"),
            ("LHLO mta", "250"),
            ("RCPT TO:<support@careway.example>", "503"),
            ("MAIL FROM:<>", "250"),
            ("MAIL FROM:<a@b.cd>", "503"),
            ("DATA", "503"),
            ("RCPT TO:<support@careway.example>", "250"),
            ("BDAT 5", "502"),
            ("DATA", "354"),
            ("RCPT TO:<support@careway.example>", "503"),
            ("RSET", "250"),
            ("QUIT", "221"),
        ] {
            assert_eq!(reply(line), code, "{line}");
        }
    }

    #[test]
    fn a_conversation_of_mistakes_ends() {
        let (mut dialogue, _) = Dialogue::begin("mx", own_mailboxes());
        let closed = (0..MOST_MISTAKES).find(|_| matches!(dialogue.hear(b"XYZZY"), Step::Close(_)));
        assert_eq!(closed, Some(MOST_MISTAKES - 1));
    }
}
