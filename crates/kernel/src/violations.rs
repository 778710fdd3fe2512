//! What is wrong with a request, all of it at once.

use std::fmt;

/// One field of a request and what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The field's path as the caller wrote it: `lines[2].unitPrice`.
    pub field: String,
    /// What it must be; never what it was.
    pub message: String,
}

/// Collects the violations of a request while it is parsed.
///
/// ```
/// # use careway_kernel::{Names, PhoneNumber, CountryCode, Violations};
/// # fn parse(name: &str, phone: &str) -> Result<(Names, Option<PhoneNumber>), Violations> {
/// let mut v = Violations::default();
/// let name = v.required("name", name, Names::parse);
/// let phone = v.optional("phone", phone, |text| PhoneNumber::parse(text, CountryCode::RW));
/// let (name, phone) = v.all((name, phone))?;
/// # Ok((name, phone)) }
/// # assert_eq!(parse("", "1").unwrap_err().iter().count(), 2);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Violations {
    found: Vec<Violation>,
    prefix: String,
}

impl Violations {
    /// Just one, for a rule found broken after parsing.
    #[must_use]
    pub fn one(field: &str, message: impl fmt::Display) -> Self {
        let mut violations = Self::default();
        violations.add(field, message);
        violations
    }

    /// Notes that a field must be otherwise. An empty name means the enclosing field itself.
    pub fn add(&mut self, field: &str, message: impl fmt::Display) {
        let dot = if self.prefix.is_empty() || field.is_empty() || field.starts_with('[') { "" } else { "." };
        let field = format!("{}{dot}{field}", self.prefix);
        self.found.push(Violation { field, message: message.to_string() });
    }

    /// Notes it unless the condition holds.
    pub fn check(&mut self, field: &str, holds: bool, message: impl fmt::Display) {
        if !holds {
            self.add(field, message);
        }
    }

    /// The parsed value, or its violation noted.
    pub fn field<T, E: fmt::Display>(&mut self, field: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.add(field, error)).ok()
    }

    /// Parses a text that must be there; blank counts as missing.
    pub fn required<'a, T, E: fmt::Display>(
        &mut self,
        field: &str,
        text: impl Into<Option<&'a str>>,
        parse: impl FnOnce(&'a str) -> Result<T, E>,
    ) -> Option<T> {
        match text.into().filter(|text| !text.trim().is_empty()) {
            Some(text) => self.field(field, parse(text)),
            None => self.present(field, None),
        }
    }

    /// Parses a text that may be missing or blank: `Some(None)` then, and `None` when it is there but wrong.
    pub fn optional<'a, T, E: fmt::Display>(
        &mut self,
        field: &str,
        text: impl Into<Option<&'a str>>,
        parse: impl FnOnce(&'a str) -> Result<T, E>,
    ) -> Option<Option<T>> {
        match text.into().filter(|text| !text.trim().is_empty()) {
            Some(text) => self.field(field, parse(text)).map(Some),
            None => Some(None),
        }
    }

    /// A value that must be there: a message, an enum that is not its zero.
    pub fn present<T>(&mut self, field: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.add(field, "is required");
        }
        value
    }

    /// Notes a period that ends before it begins, under its end; one that is open, or could not be read, is none.
    pub fn period<T: PartialOrd>(&mut self, (from, start): (&str, Option<T>), (to, end): (&str, Option<T>)) {
        if let (Some(start), Some(end)) = (start, end) {
            self.check(to, start <= end, format!("must not be before {from}"));
        }
    }

    /// Parses what lies inside a field: names in it get its prefix.
    pub fn within<T>(&mut self, field: &str, parse: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.prefix.len();
        if outer > 0 {
            self.prefix.push('.');
        }
        self.prefix.push_str(field);
        let parsed = parse(self);
        self.prefix.truncate(outer);
        parsed
    }

    /// Parses every element of a list, each within `field[n]`; the list when all of them parsed.
    pub fn each<I: IntoIterator, T>(
        &mut self,
        field: &str,
        items: I,
        mut parse: impl FnMut(&mut Self, I::Item) -> Option<T>,
    ) -> Option<Vec<T>> {
        // Every element is parsed before any is given up on: collecting straight away would stop at the first.
        let parsed: Vec<Option<T>> = items
            .into_iter()
            .enumerate()
            .map(|(at, item)| self.within(&format!("{field}[{at}]"), |v| parse(v, item)))
            .collect();
        parsed.into_iter().collect()
    }

    /// Whether nothing is wrong so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// What is wrong, in the order found.
    pub fn iter(&self) -> impl Iterator<Item = &Violation> {
        self.found.iter()
    }

    /// Fine, or everything that is wrong. After this every value parsed is `Some`.
    pub fn finish(self) -> Result<(), Self> {
        if self.found.is_empty() { Ok(()) } else { Err(self) }
    }

    /// The values parsed, taken out of their options, or everything that is wrong.
    pub fn all<T: AllSome>(mut self, parsed: T) -> Result<T::Values, Self> {
        match parsed.all_some() {
            Some(values) if self.found.is_empty() => Ok(values),
            Some(_) => Err(self),
            None => {
                if self.found.is_empty() {
                    // A parser gave nothing and said nothing; refusing is the safe reading of that.
                    self.add("", "is invalid");
                }
                Err(self)
            }
        }
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.into_iter()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, Violation { field, message }) in self.found.iter().enumerate() {
            let separator = if at == 0 { "" } else { "; " };
            write!(f, "{separator}{field} {message}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}

/// A tuple of options that can be taken out together: what [`Violations::all`] is given.
pub trait AllSome {
    /// The tuple without its options.
    type Values;

    /// All the values, or none when one is missing.
    fn all_some(self) -> Option<Self::Values>;
}

macro_rules! all_some {
    ($($name:ident)+) => {
        impl<$($name),+> AllSome for ($(Option<$name>,)+) {
            type Values = ($($name,)+);

            #[expect(non_snake_case, reason = "the type parameters name the variables")]
            fn all_some(self) -> Option<Self::Values> {
                let ($($name,)+) = self;
                Some(($($name?,)+))
            }
        }
    };
}

all_some!(A);
all_some!(A B);
all_some!(A B C);
all_some!(A B C D);
all_some!(A B C D E);
all_some!(A B C D E F);
all_some!(A B C D E F G);
all_some!(A B C D E F G H);
all_some!(A B C D E F G H I);
all_some!(A B C D E F G H I J);
all_some!(A B C D E F G H I J K);
all_some!(A B C D E F G H I J K L);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Language, Money, Names};

    fn said(violations: &Violations) -> Vec<(&str, &str)> {
        violations.iter().map(|v| (v.field.as_str(), v.message.as_str())).collect()
    }

    #[test]
    fn a_period_does_not_end_before_it_begins() {
        let mut v = Violations::default();
        v.period(("from", Some(1)), ("to", Some(1)));
        v.period(("from", None), ("to", Some(1)));
        v.period(("from", Some(2)), ("to", None));
        assert!(v.is_empty());
        v.period(("from", Some(2)), ("to", Some(1)));
        assert_eq!(said(&v), [("to", "must not be before from")]);
    }

    #[test]
    fn everything_is_reported_at_once() {
        let mut v = Violations::default();
        let name = v.required("name", " ", Names::parse);
        let language = v.optional("language", "xx", Language::parse);
        let price = v.field("price", Money::parse("RWF", "1.5"));
        v.check("to", false, "must not be before from");
        let error = v.all((name, language, price)).unwrap_err();
        assert_eq!(
            said(&error),
            [
                ("name", "is required"),
                ("language", "must be one of rw, en, fr, vi, ro, bn"),
                ("price", "must not have more decimals than the currency"),
                ("to", "must not be before from"),
            ]
        );
    }

    #[test]
    fn parsed_values_come_out() {
        let mut v = Violations::default();
        let name = v.required("name", "Aline", Names::parse);
        let language = v.optional("language", None, Language::parse);
        let (name, language) = v.all((name, language)).unwrap();
        assert_eq!((name.as_str(), language), ("Aline", None));
        assert_eq!(Violations::default().finish(), Ok(()));
    }

    #[test]
    fn nested_fields_carry_their_path() {
        let mut v = Violations::default();
        let lines = v.within("claim", |v| {
            v.each("lines", ["1", "x", ""], |v, amount| {
                v.required("price.amount", amount, |text| Money::parse("RWF", text))
            })
        });
        v.within("claim", |v| v.add("", "must have a diagnosis"));
        assert_eq!(lines, None);
        assert_eq!(
            said(&v),
            [
                ("claim.lines[1].price.amount", "must be a decimal number such as 1500"),
                ("claim.lines[2].price.amount", "is required"),
                ("claim", "must have a diagnosis"),
            ]
        );
    }

    #[test]
    fn a_missing_value_never_passes() {
        assert!(Violations::default().all((Some(1), None::<u8>)).is_err());
        let mut v = Violations::default();
        v.add("a", "must be b");
        assert!(v.all((Some(1),)).is_err());
    }
}
