//! E-mail addresses, case-folded.

use std::fmt;

use crate::secret::HIDDEN;

/// Not an address mail could be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a valid e-mail address")]
pub struct InvalidEmail;

/// An e-mail address. It prints as `•••` and does not serialize.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// Reads `local@domain.tld` in ASCII (no quoted local part, no comment, no address literal) in lower case.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let address = text.trim().to_ascii_lowercase();
        let (local, domain) = address.rsplit_once('@').ok_or(InvalidEmail)?;
        if address.len() > 254 || local.len() > 64 || !is_local(local) || !is_domain(domain) {
            return Err(InvalidEmail);
        }
        Ok(Self(address))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The first letter and the domain: `a•••@example.com`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}{HIDDEN}@{}", &self.0[..1], self.domain())
    }
}

/// RFC 5321 dot-string.
fn is_local(local: &str) -> bool {
    let atom = |atom: &str| {
        !atom.is_empty()
            && atom.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    local.split('.').all(atom)
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top = domain.rsplit('.').next().unwrap_or_default();
    domain.contains('.')
        && domain.split('.').all(label)
        && top.len() >= 2
        && !top.bytes().all(|b| b.is_ascii_digit())
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_folded() {
        let email = Email::parse(" Alice.M+x@Example.COM ").unwrap();
        assert_eq!(email.as_str(), "alice.m+x@example.com");
        assert_eq!(email.masked(), "a•••@example.com");
        assert_eq!(format!("{email:?}"), "•••");
    }

    #[test]
    fn what_is_not_an_address_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        for text in [
            "",
            "@",
            "a@",
            "@b.com",
            "a@b",
            "a b@c.com",
            "a@b..com",
            ".a@b.com",
            "a.@b.com",
            "a@-b.com",
            "a@b.1",
            "a@b.c",
            "a@[127.0.0.1]",
            "\"a b\"@c.com",
            "a@b.com\r\nBcc: c@d.com",
            "a@@b.com",
            "é@b.com",
            &long,
        ] {
            assert_eq!(Email::parse(text), Err(InvalidEmail), "{text}");
        }
    }

    proptest! {
        #[test]
        fn folding_is_stable(text in "[a-zA-Z0-9.+_-]{1,20}@[a-zA-Z0-9.-]{1,20}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email));
            }
        }
    }
}
