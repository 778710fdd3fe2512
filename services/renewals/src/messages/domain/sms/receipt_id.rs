//! How the id of a receipt is that of an answer. Carriers write one as hexadecimal and the other as decimal, or leave zeros
//! out: each route has one rule, by its settings, and nothing is guessed.

use serde::Deserialize;

/// The longest id of a carrier (SMPP 3.4, 5.2.23), and the longest code that is kept.
const LONGEST: usize = 64;

/// The rule of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ReceiptIds {
    /// The same text, in any case.
    #[default]
    AsIs,
    /// The same but for zeros before it.
    Zeros,
    /// The answer has it as hexadecimal, the receipt as decimal.
    HexThenDecimal,
    /// The answer has it as decimal, the receipt as hexadecimal.
    DecimalThenHex,
}

impl ReceiptIds {
    /// By what a part is kept that an answer gave this id.
    pub(crate) fn of_answer(self, id: &str) -> String {
        match self {
            Self::AsIs | Self::Zeros => self.of_text(&bounded(id)),
            Self::HexThenDecimal => of_number(&bounded(id), 16),
            Self::DecimalThenHex => of_number(&bounded(id), 10),
        }
    }

    /// By what the part is found that a receipt names so.
    pub(crate) fn of_receipt(self, id: &str) -> String {
        match self {
            Self::AsIs | Self::Zeros => self.of_text(&bounded(id)),
            Self::HexThenDecimal => of_number(&bounded(id), 10),
            Self::DecimalThenHex => of_number(&bounded(id), 16),
        }
    }

    fn of_text(self, id: &str) -> String {
        let id = id.trim().to_ascii_lowercase();
        if self == Self::Zeros { id.trim_start_matches('0').to_owned() } else { id }
    }
}

/// What a carrier or provider says, as it is kept: no longer than ids are, and nothing that a text cannot have.
pub(crate) fn bounded(text: &str) -> String {
    text.chars().filter(|char| !char.is_control()).take(LONGEST).collect()
}

/// The number; what is none stays as it is.
fn of_number(id: &str, radix: u32) -> String {
    let id = id.trim().to_ascii_lowercase();
    u128::from_str_radix(&id, radix).map_or(id, |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_any_length_and_with_any_signs_is_the_same_in_answer_and_receipt() {
        let id = format!("P\u{0}-{}", "x".repeat(5000));
        let kept = ReceiptIds::AsIs.of_answer(&id);
        assert_eq!(kept, format!("p-{}", "x".repeat(62)));
        assert_eq!(ReceiptIds::AsIs.of_receipt(&id), kept);
    }
}
