//! Whom a list has named before: the same again says nothing new, other data are a contradiction.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

/// Bits that are kept of what a row says; the others have the number, which has ten digits.
const SAID: u32 = 30;

/// The persons a list has named so far. Eight bytes a person: a list may name a million.
#[derive(Debug, Default)]
pub(crate) struct ListedBefore(HashSet<Person>);

/// What a row is against the rows before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listing {
    New,
    /// It says the same.
    Repeated,
    /// It says something else.
    Contradicted,
}

/// A BHXH number, and some bits of what was said with it. Equal is who has the same number.
#[derive(Debug, Clone, Copy)]
struct Person(u64);

impl ListedBefore {
    /// Notes a row that is right by itself.
    pub(crate) fn note(&mut self, bhxh_number: &str, said: &impl Hash) -> Listing {
        let mut hasher = DefaultHasher::new();
        said.hash(&mut hasher);
        let number: u64 = bhxh_number.parse().unwrap_or_default();
        let person = Person(number << SAID | hasher.finish() >> (u64::BITS - SAID));
        match self.0.get(&person) {
            None => {
                self.0.insert(person);
                Listing::New
            }
            Some(before) if before.0 == person.0 => Listing::Repeated,
            Some(_) => Listing::Contradicted,
        }
    }
}

impl PartialEq for Person {
    fn eq(&self, other: &Self) -> bool {
        self.0 >> SAID == other.0 >> SAID
    }
}

impl Eq for Person {}

impl Hash for Person {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0 >> SAID).hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_again_is_repeated_and_anything_else_contradicts() {
        let mut before = ListedBefore::default();
        assert_eq!(before.note("7936491863", &"Hoà"), Listing::New);
        assert_eq!(before.note("7936491864", &"Hoà"), Listing::New);
        assert_eq!(before.note("7936491863", &"Hoà"), Listing::Repeated);
        assert_eq!(before.note("7936491863", &"Hoa"), Listing::Contradicted);
        assert_eq!(before.note("0000000000", &""), Listing::New);
        assert_eq!(before.note("9999999999", &""), Listing::New);
    }
}
