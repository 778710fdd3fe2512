//! The name a file came with: kept without a path, and given back so that every client understands it.

use std::fmt::Write;

use careway_kernel::text::Line;

/// Characters at most.
const LONGEST: usize = 200;

/// A name with a path, with control characters, or one that reads otherwise than it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a file name without a path, of at most 200 characters on one line")]
pub struct InvalidFileName;

/// Reads a file's name.
pub fn parse(text: &str) -> Result<String, InvalidFileName> {
    let name = Line::<LONGEST>::parse(text).map_err(|_| InvalidFileName)?;
    let is_path = name.as_str().contains(['/', '\\']) || matches!(name.as_str(), "" | "." | "..");
    if is_path { Err(InvalidFileName) } else { Ok(name.into()) }
}

/// `Content-Disposition` of a download (RFC 6266): the name in ASCII for old clients, and as it is (RFC 8187).
pub fn disposition(name: &str) -> String {
    let plain =
        |letter: char| letter.is_ascii_graphic() && !matches!(letter, '"' | '\\' | '%') || letter == ' ';
    let ascii: String = name.chars().map(|letter| if plain(letter) { letter } else { '_' }).collect();
    let mut disposition = format!("attachment; filename=\"{ascii}\"");
    if ascii != name {
        disposition.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                disposition.push(byte.into());
            } else {
                let _ = write!(disposition, "%{byte:02X}");
            }
        }
    }
    disposition
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_has_no_path_and_no_tricks() {
        assert_eq!(parse(" xray 2026-03.pdf ").as_deref(), Ok("xray 2026-03.pdf"));
        assert_eq!(parse("Ke\u{301}za.pdf").as_deref(), Ok("K\u{e9}za.pdf"));
        let long = "x".repeat(201);
        for wrong in ["..", "../../etc/passwd", "C:\\x.pdf", "two\nlines", "exe\u{202e}gpj.exe", &long, "  "]
        {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn every_client_gets_a_name() {
        assert_eq!(disposition("x-ray 1.pdf"), "attachment; filename=\"x-ray 1.pdf\"");
        assert_eq!(
            disposition("Kết quả \"xét nghiệm\".pdf"),
            "attachment; filename=\"K_t qu_ _x_t nghi_m_.pdf\"; \
             filename*=UTF-8''K%E1%BA%BFt%20qu%E1%BA%A3%20%22x%C3%A9t%20nghi%E1%BB%87m%22.pdf"
        );
    }

    proptest! {
        #[test]
        fn a_disposition_is_a_header_and_ends_where_it_ends(name in "\\PC{1,40}") {
            let Ok(name) = parse(&name) else { return Ok(()) };
            let disposition = disposition(&name);
            prop_assert!(disposition.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
            prop_assert_eq!(disposition.matches('"').count(), 2);
        }
    }
}
