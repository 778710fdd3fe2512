//! To whom a mail is addressed: support, with a reference or without, the mailbox of reports, or the one that ends reminders.

use super::matching::reference;

/// A recipient of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Recipient {
    /// Support; with the reference after the plus, if there is one.
    Support { reference: Option<String> },
    /// Where mail servers report.
    Bounces,
    /// Where reminders are ended.
    Unsubscribe,
}

/// The mailboxes of ours.
#[derive(Debug, Clone)]
pub(crate) struct OwnMailboxes {
    pub(crate) support: String,
    pub(crate) bounces: String,
    pub(crate) unsubscribe: String,
}

impl OwnMailboxes {
    /// Reads an address of the envelope; none when it is not ours. Whatever stands after a plus, it is the mailbox's.
    pub(crate) fn recipient(&self, address: &str) -> Option<Recipient> {
        if is_of(address, &self.support) {
            return Some(Recipient::Support { reference: reference::of_address(address, &self.support) });
        }
        if is_of(address, &self.bounces) {
            return Some(Recipient::Bounces);
        }
        is_of(address, &self.unsubscribe).then_some(Recipient::Unsubscribe)
    }
}

impl Recipient {
    /// The reference that the address has.
    pub(crate) fn reference(&self) -> Option<&str> {
        match self {
            Self::Support { reference } => reference.as_deref(),
            Self::Bounces | Self::Unsubscribe => None,
        }
    }
}

fn is_of(address: &str, mailbox: &str) -> bool {
    let Some((local, domain)) = address.trim().rsplit_once('@') else { return false };
    let local = local.split('+').next().unwrap_or_default();
    mailbox.rsplit_once('@').is_some_and(|(of_mailbox, mailbox_domain)| {
        local.eq_ignore_ascii_case(of_mailbox) && domain.eq_ignore_ascii_case(mailbox_domain)
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Those of the tests.
    pub(crate) fn own_mailboxes() -> OwnMailboxes {
        let of = |name: &str| format!("{name}@careway.example");
        OwnMailboxes { support: of("support"), bounces: of("bounces"), unsubscribe: of("unsubscribe") }
    }

    #[test]
    fn what_is_not_ours_is_nobody() {
        let ours = own_mailboxes();
        let parse = |address| ours.recipient(address);
        let plain = Recipient::Support { reference: None };
        assert_eq!(parse("SUPPORT@careway.example"), Some(plain.clone()));
        assert_eq!(parse("support+anything@careway.example"), Some(plain));
        assert_eq!(parse("bounces+b.1@careway.example"), Some(Recipient::Bounces));
        assert_eq!(parse("Unsubscribe@careway.example"), Some(Recipient::Unsubscribe));
        for other in ["sales@careway.example", "support@elsewhere.example", "support", ""] {
            assert_eq!(parse(other), None);
        }
    }
}
