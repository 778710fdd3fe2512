//! Text that must not leak: it prints as `•••` and is wiped from memory when dropped.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use zeroize::Zeroize;

/// What every type that hides its content prints.
pub(crate) const HIDDEN: &str = "•••";

/// A password, token, key or code. Reading it takes a visible [`expose`](Self::expose).
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Redacted(String);

impl Redacted {
    /// Hides a text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, to be handed straight to whoever needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Redacted {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Redacted {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl FromStr for Redacted {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl fmt::Display for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl Drop for Redacted {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_debug_nor_display_shows_it() {
        let secret = Redacted::new("hunter2");
        assert_eq!(format!("{secret} {secret:?} {:?}", Some(&secret)), "••• ••• Some(•••)");
        assert_eq!(secret.expose(), "hunter2");
    }
}
