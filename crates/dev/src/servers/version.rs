//! What `--version` says, as numbers that compare.

use std::fmt;

/// The first two numbers of a program's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u32, pub(crate) u32);

impl Version {
    /// The first version number in a program's own words, like `Redis server v=7.0.15 sha=00000000:0`.
    pub(crate) fn parse(words: &str) -> Option<Self> {
        let start = words.find(|letter: char| letter.is_ascii_digit())?;
        let number = |text: &str| {
            let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
            (text[..digits].parse::<u32>().ok(), digits)
        };
        let (major, length) = number(&words[start..]);
        let rest = &words[start + length..];
        let minor = rest.strip_prefix('.').and_then(|rest| number(rest).0).unwrap_or(0);
        Some(Self(major?, minor))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_server_says_it_in_its_own_words() {
        let said = [
            ("postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)", Version(15, 13)),
            ("postgres (PostgreSQL) 18beta1", Version(18, 0)),
            ("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64", Version(7, 0)),
            ("Valkey server v=9.1.2 sha=00000000:0 malloc=libc bits=64", Version(9, 1)),
            ("nats-server: v2.9.10", Version(2, 9)),
            ("nats-server: v2.15.1", Version(2, 15)),
        ];
        for (words, version) in said {
            assert_eq!(Version::parse(words), Some(version), "{words}");
        }
        assert_eq!(Version::parse("command not found"), None);
    }

    #[test]
    fn numbers_compare_as_numbers() {
        assert!(Version(2, 9) < Version(2, 10));
        assert!(Version(15, 0) < Version(16, 0));
    }
}
