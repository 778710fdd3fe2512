//! What people say in cases is sealed under the service's master key.

use std::fmt;

use careway_kernel::Redacted;
use careway_service::{Error, Result, Sealer};
use uuid::Uuid;

/// The columns that are sealed; a value moved to another column or row does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// What a case is about.
    Subject,
    /// What was answered of the form's questions.
    Answers,
    /// What was said.
    Body,
    /// What it was before a change.
    Before,
    /// What it is after a change.
    After,
    /// The Message-ID of a mail that came in.
    MessageName,
}

impl Column {
    const fn name(self) -> &'static str {
        match self {
            Self::Subject => "support_case.subject",
            Self::Answers => "support_case.answers",
            Self::Body => "case_message.body",
            Self::Before => "case_history.before",
            Self::After => "case_history.after",
            Self::MessageName => "inbound_mail.message_name",
        }
    }
}

/// Seals and opens what was said. Cheap to clone.
#[derive(Clone)]
pub(crate) struct CaseKeys {
    sealer: Sealer,
}

impl CaseKeys {
    /// Derives the keys.
    pub(crate) fn derive(master: &Redacted) -> anyhow::Result<Self> {
        Ok(Self { sealer: Sealer::derive(master, "cases words")? })
    }

    /// Seals a text for its column and row.
    pub(crate) fn seal(&self, column: Column, row: Uuid, text: &Redacted) -> Result<Vec<u8>> {
        Ok(self.sealer.seal(column.name(), row, text.expose().as_bytes())?)
    }

    /// Opens what was sealed for this very column and row.
    pub(crate) fn open(&self, column: Column, row: Uuid, sealed: &[u8]) -> Result<Redacted> {
        let opened = self.sealer.open(column.name(), row, sealed)?;
        String::from_utf8(opened).map(Redacted::new).map_err(Error::internal)
    }
}

impl fmt::Debug for CaseKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_open_only_where_they_stood() {
        let keys = CaseKeys::derive(&Redacted::new("a master key of thirty-two characters")).unwrap();
        let row = Uuid::from_u128(7);
        let sealed = keys.seal(Column::Body, row, &Redacted::new("আমার স্লট নেই")).unwrap();
        assert_eq!(keys.open(Column::Body, row, &sealed).unwrap().expose(), "আমার স্লট নেই");
        assert!(keys.open(Column::Subject, row, &sealed).is_err());
        assert!(keys.open(Column::Body, Uuid::from_u128(8), &sealed).is_err());
        assert_eq!(format!("{keys:?}"), "•••");
    }
}
