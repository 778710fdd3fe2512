//! What a reminder says of one card: the values that may stand in a template, each a line of plain text.

use careway_kernel::text::Line;

/// A place for a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Placeholder {
    Card,
    Name,
    ExpiresOn,
    AgencyCode,
    Agency,
}

impl Placeholder {
    pub(crate) const ALL: [Self; 5] =
        [Self::Card, Self::Name, Self::ExpiresOn, Self::AgencyCode, Self::Agency];

    /// Its name in the words of a template.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Name => "name",
            Self::ExpiresOn => "expires_on",
            Self::AgencyCode => "agency_code",
            Self::Agency => "agency",
        }
    }

    /// Reads [`Placeholder::as_str`].
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|placeholder| placeholder.as_str() == name)
    }
}

/// The longest value: no name and no agency comes near it.
const LONGEST: usize = 200;

/// The values of one card; those that are not known are absent.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Values([Option<String>; 5]);

impl Values {
    /// With a value.
    #[must_use]
    pub(crate) fn with(mut self, placeholder: Placeholder, value: impl Into<String>) -> Self {
        self.0[placeholder as usize] = Some(value.into());
        self
    }

    /// The value in its composed form.
    pub(super) fn get(&self, placeholder: Placeholder) -> Result<String, ValueRefusal> {
        let value = self.0[placeholder as usize].as_deref().unwrap_or_default();
        if value.trim().is_empty() {
            return Err(ValueRefusal::Missing(placeholder));
        }
        let line = Line::<LONGEST>::parse(value).map_err(|_| ValueRefusal::NotPlainText(placeholder))?;
        // A value is never a template; braces in a name are somebody's attempt to make it one.
        if line.as_str().contains(['{', '}']) {
            return Err(ValueRefusal::NotPlainText(placeholder));
        }
        Ok(line.into())
    }
}

impl std::fmt::Debug for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("•••")
    }
}

/// Why there are no words for one card. The others' are not touched by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ValueRefusal {
    #[error("{} is missing", .0.as_str())]
    Missing(Placeholder),
    #[error("{} is not one line of plain text", .0.as_str())]
    NotPlainText(Placeholder),
}

impl ValueRefusal {
    /// The value at fault.
    pub(crate) const fn placeholder(self) -> Placeholder {
        match self {
            Self::Missing(placeholder) | Self::NotPlainText(placeholder) => placeholder,
        }
    }
}
