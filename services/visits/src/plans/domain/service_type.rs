//! Kinds of care: a table of the database rather than an assumption of the code.

use serde::{Deserialize, Serialize};

/// The code of a kind of care, like `OUTPATIENT`. That it is one of the table's is checked where it comes in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct ServiceType(String);

/// Not the form of a service type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a service type such as OUTPATIENT")]
pub(crate) struct InvalidServiceType;

impl ServiceType {
    /// Reads a code: 2 to 40 capitals and underscores.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidServiceType> {
        let capital = text.starts_with(|first: char| first.is_ascii_uppercase());
        let allowed = text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        if capital && allowed && (2..=40).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidServiceType)
        }
    }

    /// The code.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ServiceType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ServiceType {
    type Error = InvalidServiceType;

    fn try_from(text: String) -> Result<Self, InvalidServiceType> {
        Self::parse(&text)
    }
}

impl From<ServiceType> for String {
    fn from(service_type: ServiceType) -> Self {
        service_type.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_capitals() {
        assert_eq!(ServiceType::parse("DENTAL").unwrap().as_str(), "DENTAL");
        for text in ["", "A", "dental", "DEN TAL", "_DENTAL", "DENTAL1"] {
            assert_eq!(ServiceType::parse(text), Err(InvalidServiceType), "{text}");
        }
    }
}
