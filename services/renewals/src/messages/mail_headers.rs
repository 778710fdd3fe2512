//! The headers that a context sets for its mail, read from the contract: every address, name and identifier is checked.

use careway_contract::types::v1::{MailHeaders as Headers, mail_headers};
use careway_kernel::Violations;

use super::domain::mail::{self, AutoSubmitted, InvalidHeader, MailHeaders};

/// Reads them; what is wrong is named.
pub(super) fn parse(headers: &Headers, violations: &mut Violations) -> MailHeaders {
    let mut optional =
        |field, text: &str, parse: fn(&str) -> std::result::Result<String, InvalidHeader>| match text {
            "" => None,
            text => violations.field(field, parse(text)),
        };
    MailHeaders {
        from: optional("mail.from", &headers.from, mail::address),
        from_name: optional("mail.fromName", &headers.from_name, mail::name),
        reply_to: optional("mail.replyTo", &headers.reply_to, mail::address),
        envelope_sender: match headers.envelope_sender.as_deref() {
            Some("") => Some(String::new()),
            sender => sender.and_then(|sender| optional("mail.envelopeSender", sender, mail::address)),
        },
        message_id: optional("mail.messageId", &headers.message_id, mail::message_id),
        in_reply_to: optional("mail.inReplyTo", &headers.in_reply_to, mail::message_id),
        cc: violations.field("mail.cc", mail::all(&headers.cc, mail::address)).unwrap_or_default(),
        references: violations
            .field("mail.references", mail::all(&headers.references, mail::message_id))
            .unwrap_or_default(),
        auto_submitted: match headers.auto_submitted() {
            mail_headers::AutoSubmitted::AutoReplied => AutoSubmitted::Replied,
            mail_headers::AutoSubmitted::No => AutoSubmitted::No,
            _ => AutoSubmitted::Generated,
        },
        unsubscribe_url: None,
        unsubscribe_mailto: None,
    }
}
