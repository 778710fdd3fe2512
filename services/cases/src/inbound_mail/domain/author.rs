//! Who wrote a mail: the one From address. Sender, Reply-To and the words of a forward are shown, never believed.

use careway_kernel::Email;

use super::{
    limits::TooComplex,
    mime::{addresses, addresses::Mailbox, headers::Headers},
};

/// The author, as far as the mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Author {
    /// One address, folded.
    One { address: Email, name: String },
    /// None, several, or one that is no address: nobody is believed.
    Unclear,
}

impl Author {
    /// The address, when there is one.
    pub(crate) fn address(&self) -> Option<&Email> {
        match self {
            Self::One { address, .. } => Some(address),
            Self::Unclear => None,
        }
    }

    /// Reads it from the fields of a mail.
    pub(crate) fn of(headers: &Headers<'_>) -> (Self, Option<TooComplex>) {
        let mut fields = headers.all("From");
        let (Some(from), None) = (fields.next(), fields.next()) else { return (Self::Unclear, None) };
        let (mailboxes, complexity) = addresses::parse(from);
        let author = match mailboxes.as_slice() {
            [Mailbox { name, address }] => Email::parse(address)
                .map_or(Self::Unclear, |address| Self::One { address, name: name.clone() }),
            _ => Self::Unclear,
        };
        (author, complexity)
    }
}
