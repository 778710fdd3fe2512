//! Numbers that belong to nobody, whose code everybody knows: partners try their systems with them, without a phone.

use anyhow::ensure;
use careway_kernel::{PhoneNumber, Redacted};

/// The code of every sandbox number.
const CODE: &str = "000000";

/// Shorter, and it would be the numbers of a whole country.
const SHORTEST: usize = "+25078999".len();

/// The sandbox numbers of an installation, by how they begin.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sandbox(Vec<String>);

impl Sandbox {
    /// Reads the beginnings.
    ///
    /// # Errors
    /// One that is no beginning of an E.164 number, or so short that real people have numbers like it.
    pub(crate) fn parse(beginnings: &[String]) -> anyhow::Result<Self> {
        for beginning in beginnings {
            let digits = beginning.strip_prefix('+').unwrap_or_default();
            ensure!(
                beginning.len() >= SHORTEST && digits.bytes().all(|byte| byte.is_ascii_digit()),
                "`{beginning}` must be + and at least eight digits"
            );
        }
        Ok(Self(beginnings.to_vec()))
    }

    /// The code of a number, when it is one of them.
    pub(crate) fn code(&self, number: &PhoneNumber) -> Option<Redacted> {
        let is_one = self.0.iter().any(|beginning| number.as_e164().starts_with(beginning));
        is_one.then(|| Redacted::new(CODE))
    }
}

#[cfg(test)]
mod tests {
    use careway_kernel::CountryCode;

    use super::*;

    #[test]
    fn only_numbers_that_begin_so_have_the_code_that_everybody_knows() {
        let sandbox = Sandbox::parse(&["+25078999".to_owned()]).unwrap();
        let rwanda = CountryCode::parse("RW").unwrap();
        let code = |number| sandbox.code(&PhoneNumber::parse(number, rwanda).unwrap());
        assert_eq!(code("+250789990001").unwrap().expose(), "000000");
        assert!(code("+250788990001").is_none());
        assert!(Sandbox::default().code(&PhoneNumber::parse("+250789990001", rwanda).unwrap()).is_none());
    }

    #[test]
    fn a_beginning_of_many_peoples_numbers_is_refused() {
        for beginning in ["", "+", "+250", "+2507899", "25078999", "+25078999x"] {
            assert!(Sandbox::parse(&[beginning.to_owned()]).is_err(), "{beginning}");
        }
    }
}
