//! Rows of a payer's price list.

use careway_kernel::{Money, OrganizationId, TariffId, text};
use chrono::NaiveDate;

use crate::{
    adjudication::{input::TariffKind, quantity::Quantity},
    plans::domain::{Code, Texts},
};

/// What a payer lists of a service or a medicine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Price {
    /// The only facility it is for; none in the general list.
    pub(crate) facility: Option<OrganizationId>,
    pub(crate) code: String,
    pub(crate) kind: TariffKind,
    pub(crate) names: Texts,
    /// Of the plans' benefits; of those that lie under the visit's kind of care the first counts.
    pub(crate) benefits: Vec<Code>,
    /// Of one.
    pub(crate) price: Money,
    pub(crate) from: NaiveDate,
    /// The last day, inclusive; none while there is none.
    pub(crate) to: Option<NaiveDate>,
    /// At most so much on one line.
    pub(crate) most_quantity: Option<Quantity>,
    pub(crate) medicine: Medicine,
}

/// What is said of a medicine; nothing of a service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Medicine {
    /// Its therapy.
    pub(crate) atc_code: Option<String>,
    pub(crate) form: Option<String>,
    pub(crate) strength: Option<String>,
}

/// A row of a list that is taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedPrice {
    /// Its number in the file.
    pub(crate) row: u32,
    pub(crate) price: Price,
}

/// A row that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptPrice {
    pub(crate) id: TariffId,
    pub(crate) payer: OrganizationId,
    pub(crate) price: Price,
}

impl Medicine {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A code of the Anatomical Therapeutic Chemical classification, of any of its five levels.
pub(crate) fn parse_atc(text: &str) -> Result<String, &'static str> {
    let code = text::bare(text).to_uppercase();
    let form = "A00AA00".bytes().zip(code.bytes());
    let fits = form.fold(true, |fits, (form, byte)| {
        fits && if form == b'A' { byte.is_ascii_uppercase() } else { byte.is_ascii_digit() }
    });
    if fits && [1, 3, 4, 5, 7].contains(&code.len()) {
        Ok(code)
    } else {
        Err("must be an ATC code such as J01CA04")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn therapies_are_of_any_level() {
        for text in ["J", "J01", "J01C", "J01CA", "J01CA04", "j01ca04"] {
            assert_eq!(parse_atc(text).unwrap(), text.to_uppercase());
        }
        for text in ["", "1", "J0", "J01CA0", "J01CA044", "JA1", "J01CAA4", "É01"] {
            assert!(parse_atc(text).is_err(), "{text}");
        }
    }
}
