//! Why care was given: the form of an ICD-10 code.

use std::fmt;

use careway_kernel::text::without_blanks;

/// A diagnosis in the form of ICD-10, like `J06.9`: `A00` to `Z99`, and up to four more after a point. It prints as
/// `•••` and does not serialize.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Diagnosis(String);

/// Not the form of a diagnosis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an ICD-10 code such as J06.9")]
pub(crate) struct InvalidDiagnosis;

impl Diagnosis {
    /// Reads a code, with or without its point, in letters of either case.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidDiagnosis> {
        let code = without_blanks(text).to_ascii_uppercase();
        let (category, detail) = code.split_at_checked(3).ok_or(InvalidDiagnosis)?;
        let [b'A'..=b'Z', b'0'..=b'9', b'0'..=b'9'] = category.as_bytes() else {
            return Err(InvalidDiagnosis);
        };
        if detail.is_empty() {
            return Ok(Self(code));
        }
        let detail = detail.strip_prefix('.').unwrap_or(detail);
        let fine = (1..=4).contains(&detail.len()) && detail.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if fine { Ok(Self(format!("{category}.{detail}"))) } else { Err(InvalidDiagnosis) }
    }

    /// The code in capitals, its point after the third of them.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether an exclusion of a plan names it, or what it is one of: `Z41` names `Z41.1`. An exclusion that has not
    /// the form of a diagnosis is the code of a service or a medicine.
    pub(crate) fn falls_under(&self, exclusion: &str) -> bool {
        Self::parse(exclusion).is_ok_and(|excluded| self.0.starts_with(&excluded.0))
    }
}

impl fmt::Debug for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_into_one_form() {
        let read = |text| Diagnosis::parse(text).unwrap().as_str().to_owned();
        assert_eq!(read("j06.9"), "J06.9");
        assert_eq!(read("J069"), "J06.9");
        assert_eq!(read(" J06.9\u{a0}"), "J06.9");
        assert_eq!(read("z41"), "Z41");
        assert_eq!(read("S72.001A"), "S72.001A");
        for text in ["", "J0", "J0X", "6J0", "J06.", "J06..9", "J06.12345", "J06-9", "Ĳ06", "J0é"] {
            assert_eq!(Diagnosis::parse(text), Err(InvalidDiagnosis), "{text}");
        }
    }

    #[test]
    fn an_exclusion_names_what_is_below_it() {
        let acute = Diagnosis::parse("J06.91").unwrap();
        assert!(["J06", "j06.9", "J0691"].iter().all(|it| acute.falls_under(it)));
        assert!(["J07", "J06.92", "J06.911", "J", "CROWN", ""].iter().all(|it| !acute.falls_under(it)));
    }

    #[test]
    fn a_diagnosis_is_not_printed() {
        assert_eq!(format!("{:?}", Diagnosis::parse("F10.2").unwrap()), "•••");
    }
}
