//! A mail as its author's program writes it, and its delivery as the mail server of an installation does it by REST.

use std::fmt::Write as _;

use bytes::Bytes;
use url::form_urlencoded::byte_serialize;

use super::{Answer, Rest};

/// The name in which that mail server says what it found of the author: `CAREWAY_CASES_AUTHSERV_ID`.
pub const AUTHSERV_ID: &str = "mx.careway.example";
/// The mailbox of support.
pub const SUPPORT: &str = "support@careway.example";

const BOUNDARY: &str = "=_careway-part";

/// A mail of one author.
#[derive(Debug, Clone)]
pub struct Mail {
    author: String,
    subject: String,
    id: String,
    text: String,
    answers: Option<String>,
    file: Option<(String, String, String)>,
    is_forged: bool,
}

impl Mail {
    /// Of this address, with an id that no other mail has.
    pub fn new(author: &str, subject: &str, text: &str, id: &str) -> Self {
        Self {
            author: author.to_owned(),
            subject: subject.to_owned(),
            id: id.to_owned(),
            text: text.to_owned(),
            answers: None,
            file: None,
            is_forged: false,
        }
    }

    /// An answer to the mail with this id, as its header has it.
    #[must_use]
    pub fn answering(self, message_id: &str) -> Self {
        Self { answers: Some(message_id.to_owned()), ..self }
    }

    /// With a file of ASCII lines.
    #[must_use]
    pub fn with_file(self, name: &str, media_type: &str, content: &str) -> Self {
        Self { file: Some((name.to_owned(), media_type.to_owned(), content.to_owned())), ..self }
    }

    /// Of somebody who only writes that it is from this address.
    #[must_use]
    pub fn forged(self) -> Self {
        Self { is_forged: true, ..self }
    }

    /// Delivers it to an address; what became of it.
    ///
    /// # Errors
    /// The gateway refuses or is away.
    pub async fn deliver(&self, server: &Rest, to: &str) -> anyhow::Result<Answer> {
        server.upload(&self.path(to), "message/rfc822", Bytes::from(self.written(to))).await
    }

    /// Where the mail server posts it.
    pub fn path(&self, to: &str) -> String {
        let written = |address: &str| byte_serialize(address.as_bytes()).collect::<String>();
        format!("/v1/inbound-mail?mailFrom={}&rcptTo={}", written(&self.author), written(to))
    }

    fn written(&self, to: &str) -> String {
        let domain = self.author.rsplit('@').next().unwrap_or_default();
        let found = if self.is_forged { "fail" } else { "pass" };
        let mut mail = format!(
            "Authentication-Results: {AUTHSERV_ID}; dmarc={found} header.from={domain}\n\
             From: <{}>\nTo: <{to}>\nSubject: {}\nDate: Mon, 23 Nov 2026 09:00:00 +0600\n\
             Message-ID: <{}@{domain}>\nMIME-Version: 1.0\n",
            self.author, self.subject, self.id
        );
        if let Some(answered) = &self.answers {
            let _ = writeln!(mail, "In-Reply-To: {answered}\nReferences: {answered}");
        }
        let text = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n";
        let _ = match &self.file {
            None => write!(mail, "{text}\n{}\n", self.text),
            Some((name, media_type, content)) => write!(
                mail,
                "Content-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\n\n--{BOUNDARY}\n{text}\n{}\n\
                 --{BOUNDARY}\nContent-Type: {media_type}\nContent-Disposition: attachment; filename=\"{name}\"\n\n\
                 {content}\n--{BOUNDARY}--\n",
                self.text
            ),
        };
        mail.replace('\n', "\r\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_names_what_it_answers_and_a_plus_survives_the_path() {
        let mail =
            Mail::new("tanvir@shondhan.example", "Re: Slots", "Yes.", "m1").answering("<c.1@x.example>");
        let written = mail.written("support+cwr-a@careway.example");
        assert!(
            written.contains("In-Reply-To: <c.1@x.example>\r\nReferences: <c.1@x.example>\r\n"),
            "{written}"
        );
        assert!(
            written.contains("\r\n\r\nYes.\r\n") && !written.replace("\r\n", "").contains('\n'),
            "{written}"
        );
        let path = mail.path("support+cwr-a@careway.example");
        assert!(path.ends_with("rcptTo=support%2Bcwr-a%40careway.example"), "{path}");
    }

    #[test]
    fn a_file_is_a_part_of_its_own() {
        let mail =
            Mail::new("a@b.example", "Hours", "As attached.", "m2").with_file("h.txt", "text/plain", "10-17");
        let written = mail.forged().written("support@careway.example");
        assert_eq!(written.matches(BOUNDARY).count(), 4, "{written}");
        assert!(written.contains("dmarc=fail") && written.contains("filename=\"h.txt\""), "{written}");
    }
}
