//! The names in our mail: signed Message-IDs, return addresses, and the addresses that answers go to. What comes back is
//! read here, too. A name finds a notice or a case, and gives no right.

use careway_kernel::{Email, Redacted};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// Octets of a signature: 80 bits.
const SIGNATURE: usize = 10;

/// Makes and reads the names. Cheap to clone.
#[derive(Clone)]
pub(crate) struct MailNames {
    key: Hmac<Sha256>,
    support: Mailbox,
    bounces: Mailbox,
}

/// What a Message-ID of ours names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnId {
    /// A notice.
    Notice(Uuid),
    /// The case that begins a thread, which every mail of the thread names first.
    Root(Uuid),
}

#[derive(Clone)]
struct Mailbox {
    local: String,
    domain: String,
}

impl Mailbox {
    fn parse(address: &str) -> anyhow::Result<Self> {
        let address = Email::parse(address)?;
        let (local, domain) = address.as_str().split_once('@').expect("an address has an @");
        anyhow::ensure!(!local.contains('+'), "a mailbox that takes plus-addresses has no plus itself");
        Ok(Self { local: local.to_owned(), domain: domain.to_owned() })
    }

    fn plus(&self, detail: &str) -> String {
        format!("{}+{detail}@{}", self.local, self.domain)
    }
}

impl MailNames {
    /// Of the service's master key, the support mailbox, and the one that bounces go to.
    pub(crate) fn new(master: &Redacted, support: &str, bounces: &str) -> anyhow::Result<Self> {
        let mut key = Hmac::<Sha256>::new_from_slice(master.expose().as_bytes())?;
        key.update(b"careway/case-mail/v1/");
        let key = Hmac::new_from_slice(&key.finalize().into_bytes())?;
        Ok(Self { key, support: Mailbox::parse(support)?, bounces: Mailbox::parse(bounces)? })
    }

    /// The support mailbox.
    pub(crate) fn support(&self) -> String {
        format!("{}@{}", self.support.local, self.support.domain)
    }

    /// A notice's Message-ID, in its brackets.
    pub(crate) fn notice_id(&self, notice: Uuid) -> String {
        format!("<{}@{}>", self.signed("c", notice), self.support.domain)
    }

    /// The Message-ID that every mail of a thread names first.
    pub(crate) fn root_id(&self, case: Uuid) -> String {
        format!("<{}@{}>", self.signed("r", case), self.support.domain)
    }

    /// What a Message-ID names, with its brackets or without, when it is ours.
    pub(crate) fn read_id(&self, id: &str) -> Option<OwnId> {
        let id = id.trim().trim_start_matches('<').trim_end_matches('>').to_lowercase();
        let (local, domain) = id.rsplit_once('@')?;
        if domain != self.support.domain {
            return None;
        }
        let notice = self.read_signed("c", local).map(OwnId::Notice);
        notice.or_else(|| self.read_signed("r", local).map(OwnId::Root))
    }

    /// Where a mail server reports that a notice did not arrive.
    pub(crate) fn return_address(&self, notice: Uuid) -> String {
        self.bounces.plus(&self.signed("b", notice))
    }

    /// Where a recipient's answer goes.
    pub(crate) fn reply_address(&self, reference: &str) -> String {
        self.support.plus(reference)
    }

    fn signed(&self, kind: &str, id: Uuid) -> String {
        let signature = self.mac(kind, id).finalize().into_bytes();
        format!("{kind}.{}.{}", id.simple(), hex::encode(&signature[..SIGNATURE]))
    }

    fn read_signed(&self, kind: &str, name: &str) -> Option<Uuid> {
        let (id, signature) = name.strip_prefix(kind)?.strip_prefix('.')?.split_once('.')?;
        let id = Uuid::try_parse(id).ok().filter(|parsed| parsed.simple().to_string() == id)?;
        let signature = hex::decode(signature).ok().filter(|signature| signature.len() == SIGNATURE)?;
        self.mac(kind, id).verify_truncated_left(&signature).ok().map(|()| id)
    }

    fn mac(&self, kind: &str, id: Uuid) -> Hmac<Sha256> {
        let mut mac = self.key.clone();
        mac.update(kind.as_bytes());
        mac.update(id.as_bytes());
        mac
    }
}

/// The line from which on an answer is not the answerer's: it stands alone, at the top of our words.
pub(crate) fn marker(reference: &str) -> String {
    format!("[[ {reference} ]]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(master: &str) -> MailNames {
        MailNames::new(&Redacted::new(master), "support@careway.example", "bounces@careway.example").unwrap()
    }

    const NOTICE: Uuid = Uuid::from_u128(0x0198_c0de_5a5e_7b1f_8a51_2f6f_0f9b_3c11);

    #[test]
    fn what_we_sign_we_know_again_in_any_letter_case() {
        let names = names("one master key of the tests, long");
        let id = names.notice_id(NOTICE);
        assert!(id.starts_with("<c.0198c0de5a5e7b1f8a512f6f0f9b3c11.") && id.ends_with("@careway.example>"));
        assert_eq!(names.read_id(&id), Some(OwnId::Notice(NOTICE)));
        assert_eq!(names.read_id(&id.to_uppercase()), Some(OwnId::Notice(NOTICE)));
        assert_eq!(names.read_id(&names.root_id(NOTICE)), Some(OwnId::Root(NOTICE)));
        let address = names.return_address(NOTICE);
        assert!(address.split_once('@').unwrap().0.len() <= 64, "RFC 5321 bounds a local part");
        assert_eq!(names.reply_address("cwr-x"), "support+cwr-x@careway.example");
    }

    #[test]
    fn what_we_did_not_sign_is_none_of_ours() {
        let names = names("one master key of the tests, long");
        let id = names.notice_id(NOTICE);
        let changed = |at: usize| {
            let mut id = id.clone().into_bytes();
            id[at] = if id[at] == b'0' { b'1' } else { b'0' };
            String::from_utf8(id).unwrap()
        };
        let end = id.find('@').unwrap() - 1;
        for forged in [
            changed(end),
            changed(4),
            id.replace("<c.", "<r."),
            id.replace("careway", "elsewhere"),
            id.replace('@', "00@"),
            super::tests::names("another master key of the tests").notice_id(NOTICE),
            names.return_address(NOTICE).replace("bounces+", ""),
            String::new(),
            "<c..@careway.example>".to_owned(),
        ] {
            assert_eq!(names.read_id(&forged), None, "{forged}");
        }
    }
}
