//! What a member is called: given names, a family name, or both. Who has one name only has it as either.

use careway_kernel::{InvalidName, Names, text};

/// A member's names, of which there is one at least.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PersonName {
    given: Option<Names>,
    family: Option<Names>,
}

impl PersonName {
    /// None without any name.
    pub(crate) fn try_new(given: Option<Names>, family: Option<Names>) -> Option<Self> {
        (given.is_some() || family.is_some()).then_some(Self { given, family })
    }

    /// The names as they are kept: a missing one is empty.
    pub(crate) fn stored(given: &str, family: &str) -> Result<Self, InvalidName> {
        let read = |text: &str| (!text.is_empty()).then(|| Names::parse(text)).transpose();
        Self::try_new(read(given)?, read(family)?).ok_or(InvalidName)
    }

    /// The given names, empty when there are none.
    pub(crate) fn given_names(&self) -> &str {
        self.given.as_ref().map_or("", Names::as_str)
    }

    /// The family name, empty when there is none.
    pub(crate) fn family_name(&self) -> &str {
        self.family.as_ref().map_or("", Names::as_str)
    }

    /// With what is given here in place of what was: a name that is left out stays.
    pub(crate) fn changed(
        &self,
        given: Option<Option<Names>>,
        family: Option<Option<Names>>,
    ) -> Option<Self> {
        Self::try_new(
            given.unwrap_or_else(|| self.given.clone()),
            family.unwrap_or_else(|| self.family.clone()),
        )
    }

    /// These names, and of those that are missing the ones of before.
    pub(crate) fn over(&self, before: Option<&Self>) -> Self {
        let given = self.given.clone().or_else(|| before?.given.clone());
        Self { given, family: self.family.clone().or_else(|| before?.family.clone()) }
    }

    /// What names are searched and sorted by: the family name first.
    pub(crate) fn folded(&self) -> String {
        text::fold(&format!("{} {}", self.family_name(), self.given_names()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(given: &str, family: &str) -> PersonName {
        PersonName::stored(given, family).unwrap()
    }

    #[test]
    fn one_name_is_enough_and_none_is_too_few() {
        assert_eq!(name("Sukarno", "").folded(), "sukarno");
        assert_eq!(name("", "Sukarno").folded(), "sukarno");
        assert_eq!(name("Aline", "Đặng").folded(), "dang aline");
        assert!(PersonName::stored("", "").is_err());
    }

    #[test]
    fn the_last_name_cannot_be_taken_away() {
        let both = name("Aline", "Uwase");
        assert_eq!(both.changed(None, Some(None)), Some(name("Aline", "")));
        assert_eq!(name("Aline", "").changed(Some(None), None), None);
        assert_eq!(name("Keza", "").over(Some(&both)), name("Keza", "Uwase"));
    }
}
