//! Number formats of a workbook, as far as they show another text than the number: `00000` shows 451 as 00451.

/// Whether a format shows numbers as days. One that only shows how long something took is none.
pub(super) fn is_date(code: &str) -> bool {
    if code.eq_ignore_ascii_case("general") {
        return false;
    }
    let mut chars = code.chars();
    while let Some(char) = chars.next() {
        match char {
            ';' => break,
            '"' => chars.by_ref().take_while(|char| *char != '"').for_each(drop),
            '\\' | '_' | '*' => {
                chars.next();
            }
            '[' => {
                let bracket: String = chars.by_ref().take_while(|char| *char != ']').collect();
                if matches!(&*bracket.to_ascii_lowercase(), "h" | "hh" | "m" | "mm" | "s" | "ss") {
                    return false;
                }
            }
            'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 's' | 'S' => return true,
            _ => {}
        }
    }
    false
}

/// How the numbers of one style are to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NumberForm {
    /// As numbers, whatever signs a reader sees about them.
    Number,
    /// As the text that is shown.
    Shown(Vec<Part>),
    /// Shown with zeros or hyphens, in a way that is not followed here.
    Unclear,
}

/// A part of a form, from the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// A digit that is always shown, as zero if need be.
    Zero,
    /// A digit that is shown if the number has it.
    Digit,
    /// A character that is always shown.
    Literal(char),
}

impl NumberForm {
    /// Reads a format code; only its first section matters, since what is below zero has no leading zeros.
    pub(super) fn parse(code: &str) -> Self {
        let Some((parts, plain)) = first_section(code) else { return Self::Number };
        let digits = |part: &Part| matches!(part, Part::Zero | Part::Digit);
        let Some(last) = parts.iter().rposition(digits) else { return Self::Number };
        let whole = &parts[..=last];
        let zeros = whole.iter().filter(|part| **part == Part::Zero).count();
        let hyphens = |parts: &[Part]| parts.iter().any(|part| matches!(part, Part::Literal('-' | '/')));
        match zeros > 1 || hyphens(whole) {
            false => Self::Number,
            true if plain => Self::Shown(parts),
            true => Self::Unclear,
        }
    }

    /// What is shown of a whole number; none when this form does not say.
    pub(super) fn show(&self, number: f64) -> Option<String> {
        let Self::Shown(parts) = self else { return None };
        if number < 0.0 || number.fract() != 0.0 || number >= 1e15 {
            return None;
        }
        let text = format!("{number:.0}");
        let mut digits = text.bytes().rev().map(char::from).filter(|_| number != 0.0);
        let mut shown = Vec::with_capacity(parts.len() + text.len());
        let first = parts.iter().position(|part| !matches!(part, Part::Literal(_)))?;
        for (at, part) in parts.iter().enumerate().rev() {
            match part {
                Part::Literal(char) => shown.push(*char),
                Part::Zero => shown.push(digits.next().unwrap_or('0')),
                Part::Digit => shown.extend(digits.next()),
            }
            if at == first {
                // What the places do not hold stands before the first of them.
                shown.extend(digits.by_ref());
            }
        }
        Some(shown.into_iter().rev().collect())
    }
}

/// The parts of the first section, and whether they are all of it; none when it is a date's, a text's or has thousands.
fn first_section(code: &str) -> Option<(Vec<Part>, bool)> {
    let (mut parts, mut plain) = (Vec::new(), true);
    let mut chars = code.chars();
    while let Some(char) = chars.next() {
        match char {
            ';' => break,
            '0' => parts.push(Part::Zero),
            '#' | '?' => parts.push(Part::Digit),
            '"' => parts.extend(chars.by_ref().take_while(|char| *char != '"').map(Part::Literal)),
            '\\' => parts.extend(chars.next().map(Part::Literal)),
            // A blank as wide as the next character, or as many of it as fit.
            '_' | '*' => {
                chars.next();
            }
            '[' => {
                let bracket: String = chars.by_ref().take_while(|char| *char != ']').collect();
                // A condition; a colour or a currency changes nothing.
                plain &= !bracket.starts_with(['<', '>', '=']);
            }
            '-' | '/' | ' ' | '(' | ')' | ':' | '+' | '$' => parts.push(Part::Literal(char)),
            // Decimals, percents, exponents.
            '.' | '%' | 'E' | 'e' => {
                plain = false;
                break;
            }
            // Thousands group a quantity; letters are of a date; `@` is a text.
            _ => return None,
        }
    }
    // A fraction such as `# ?/?` is a quantity.
    let fraction = code.contains("?/");
    (!fraction).then_some((parts, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(code: &str, number: f64) -> Option<String> {
        NumberForm::parse(code).show(number)
    }

    #[test]
    fn zeros_and_hyphens_are_shown() {
        for (code, number, text) in [
            ("00000", 451.0, "00451"),
            ("00000", 1_234_567.0, "1234567"),
            ("000000000000", 1_090_000_000.0, "001090000000"),
            ("000-00-0000", 12_345_678.0, "012-34-5678"),
            ("00\\-00", 1.0, "00-01"),
            ("\"P-\"0000", 12.0, "P-0012"),
            ("0000;-0000", 7.0, "0007"),
            ("###-####", 5_551_234.0, "555-1234"),
            ("0 00 00", 1.0, "0 00 01"),
            ("00000", 0.0, "00000"),
        ] {
            assert_eq!(shown(code, number).as_deref(), Some(text), "{code}");
        }
    }

    #[test]
    fn quantities_stay_numbers() {
        for code in [
            "General",
            "0",
            "0.00",
            "#,##0",
            "#,##0.00",
            "0%",
            "0.00%",
            "0.00E+00",
            "# ?/?",
            "@",
            "#,##0 \"RWF\"",
            "$0.00",
            "[$RWF] #,##0",
            "_(* #,##0.00_);_(* \\(#,##0.00\\);_(* \"-\"??_);_(@_)",
            "#,##0;[Red]-#,##0",
            "dd/mm/yyyy",
            "",
            "0;-0",
            "[Red]0",
            "_-* #,##0_-",
            "# ##0",
        ] {
            assert_eq!(NumberForm::parse(code), NumberForm::Number, "{code}");
        }
    }

    #[test]
    fn a_format_of_days_is_known_by_its_letters() {
        for code in [
            "dd/mm/yyyy",
            "yyyy-mm-dd",
            "[$-42A]d mmmm yyyy",
            "m/d/yy h:mm",
            "\"ngày\" dd",
            "mmm\\-yy",
            "[Red]dd",
        ] {
            assert!(is_date(code), "{code}");
        }
        for code in [
            "General",
            "0.00E+00",
            "#,##0 \"dong\"",
            "[h]:mm:ss",
            "[Red]0",
            "0\\d",
            "@",
            "00000",
            "#,##0_d",
            "0;dd",
        ] {
            assert!(!is_date(code), "{code}");
        }
    }

    #[test]
    fn what_is_not_followed_is_not_guessed() {
        for code in ["[<=9999999]###-####;(###) ###-####", "00.00", "00%"] {
            assert_eq!(NumberForm::parse(code), NumberForm::Unclear, "{code}");
        }
        assert_eq!((shown("00000", -4.0), shown("00000", 4.5)), (None, None));
    }
}
