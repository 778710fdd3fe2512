//! What a file is, by its content: found in its first bytes, and for text in all of them.

use infer::{archive, image};

/// The types of documents: those that are taken from people, and what else comes by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    /// PDF.
    Pdf,
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// TIFF.
    Tiff,
    /// An image with what was recorded of it.
    Dicom,
    /// Plain text in UTF-8.
    Text,
    /// A mail. No sniffer finds it: its text says nothing of it.
    Mail,
    /// Anything else.
    Unknown,
}

/// Whether content begins as a type does.
type Sign = fn(&[u8]) -> bool;

impl MediaType {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Pdf, Self::Jpeg, Self::Png, Self::Tiff, Self::Dicom, Self::Text, Self::Mail, Self::Unknown];

    /// Its name, as in `Content-Type` and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Tiff => "image/tiff",
            Self::Dicom => "application/dicom",
            Self::Text => "text/plain",
            Self::Mail => "message/rfc822",
            Self::Unknown => "application/octet-stream",
        }
    }

    /// Reads [`MediaType::as_str`].
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }

    /// What a download says.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; charset=utf-8",
            other => other.as_str(),
        }
    }

    /// The usual ending of a file's name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Tiff => "tif",
            Self::Dicom => "dcm",
            Self::Text => "txt",
            Self::Mail => "eml",
            Self::Unknown => "bin",
        }
    }

    /// What content is, as a whole.
    ///
    /// # Errors
    /// None of the types.
    pub fn of(content: &[u8]) -> Result<Self, UnknownType> {
        let mut sniffer = Sniffer::default();
        sniffer.take(content)?;
        sniffer.finish()
    }

    fn of_binary(head: &[u8]) -> Option<Self> {
        let signs: [(Sign, Self); 5] = [
            (archive::is_pdf, Self::Pdf),
            (image::is_jpeg, Self::Jpeg),
            (image::is_png, Self::Png),
            (image::is_tiff, Self::Tiff),
            (archive::is_dcm, Self::Dicom),
        ];
        signs.into_iter().find(|(is, _)| is(head)).map(|(_, it)| it)
    }
}

/// The content is none of the types that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The content is not PDF, JPEG, PNG, TIFF, DICOM or plain text in UTF-8.")]
pub struct UnknownType;

/// PDF's header is the farthest from the beginning: viewers look for it in so many bytes, since printers and laboratory systems
/// put things before it. The kept bytes stay as they were sent.
const HEAD: usize = 1024;

/// Where a PDF's header begins, with its version: `%PDF-1.7`.
fn pdf_header(head: &[u8]) -> Option<usize> {
    head.windows(8)
        .position(|it| matches!(it, [b'%', b'P', b'D', b'F', b'-', b'0'..=b'9', b'.', b'0'..=b'9']))
}

/// Whether what begins there stands in no line of text before it.
fn begins_line(head: &[u8], at: usize) -> bool {
    head[..at].last().is_none_or(|before| !matches!(before, b' '..=b'~' | b'\t'))
}

/// Finds the type of a file while it goes by. Nothing that it was told is believed.
#[derive(Debug, Default)]
pub(crate) struct Sniffer {
    head: Vec<u8>,
    found: Option<MediaType>,
    /// Of text: the beginning of a letter whose end is in the next piece.
    letter: Vec<u8>,
    /// A PDF's header stands within a line: of a text that speaks of it, or of a PDF with something before it that looks like
    /// text. It is the PDF if it is no text.
    names_pdf: bool,
}

impl Sniffer {
    /// Looks at the next piece.
    pub(crate) fn take(&mut self, piece: &[u8]) -> Result<(), UnknownType> {
        match self.found {
            Some(MediaType::Text) => match self.read_on(piece) {
                Err(_) if self.names_pdf => {
                    self.found = Some(MediaType::Pdf);
                    Ok(())
                }
                read => read,
            },
            Some(_) => Ok(()),
            None => {
                let (begun, rest) = piece.split_at(piece.len().min(HEAD - self.head.len()));
                self.head.extend_from_slice(begun);
                if self.head.len() < HEAD {
                    return Ok(());
                }
                self.decide()?;
                self.take(rest)
            }
        }
    }

    /// What it was.
    pub(crate) fn finish(mut self) -> Result<MediaType, UnknownType> {
        let found = match self.found {
            Some(found) => found,
            None => self.decide()?,
        };
        match found {
            MediaType::Text if self.letter.is_empty() => Ok(found),
            MediaType::Text if self.names_pdf => Ok(MediaType::Pdf),
            MediaType::Text => Err(UnknownType),
            found => Ok(found),
        }
    }

    fn decide(&mut self) -> Result<MediaType, UnknownType> {
        let head = std::mem::take(&mut self.head);
        let header = pdf_header(&head);
        self.names_pdf = header.is_some();
        let found = match MediaType::of_binary(&head) {
            Some(found) => found,
            None if header.is_some_and(|at| begins_line(&head, at)) => MediaType::Pdf,
            None => match self.read_on(&head) {
                Err(_) if self.names_pdf => MediaType::Pdf,
                read => read.map(|()| MediaType::Text)?,
            },
        };
        self.found = Some(found);
        Ok(found)
    }

    /// Text has no control characters but those that lay it out.
    fn read_on(&mut self, piece: &[u8]) -> Result<(), UnknownType> {
        let mut bytes = piece;
        while !self.letter.is_empty() {
            let Some((next, rest)) = bytes.split_first() else { return Ok(()) };
            self.letter.push(*next);
            bytes = rest;
            match std::str::from_utf8(&self.letter) {
                Ok(_) => self.letter.clear(),
                Err(error) if error.error_len().is_none() => {}
                Err(_) => return Err(UnknownType),
            }
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) if error.error_len().is_none() => {
                let (whole, begun) = bytes.split_at(error.valid_up_to());
                self.letter = begun.to_vec();
                std::str::from_utf8(whole).map_err(|_| UnknownType)?
            }
            Err(_) => return Err(UnknownType),
        };
        let stray = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | 0x0c | b'\r') || byte == 0x7f;
        if text.bytes().any(stray) { Err(UnknownType) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The file, in pieces of this size.
    fn sniffed(file: &[u8], piece: usize) -> Result<MediaType, UnknownType> {
        let mut sniffer = Sniffer::default();
        file.chunks(piece).try_for_each(|piece| sniffer.take(piece))?;
        sniffer.finish()
    }

    fn dicom() -> Vec<u8> {
        [&[0; 128][..], b"DICM\x02\0\0\0"].concat()
    }

    #[test]
    fn types_are_known_by_their_signs() {
        for (file, expected) in [
            (&b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"[..], MediaType::Pdf),
            (b"\xff\xd8\xff\xe0\0\x10JFIF\0", MediaType::Jpeg),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", MediaType::Png),
            (b"II*\0\x08\0\0\0\x01\0\0\0", MediaType::Tiff),
            (b"MM\0*\0\0\0\x08\0\x01\0\0", MediaType::Tiff),
            (&dicom(), MediaType::Dicom),
            ("Température : 38,5 °C\r\n\tà revoir".as_bytes(), MediaType::Text),
        ] {
            for piece in [1, 7, 4096] {
                assert_eq!(sniffed(file, piece), Ok(expected), "{expected:?} in pieces of {piece}");
            }
            assert_eq!(MediaType::find(expected.as_str()), Some(expected));
        }
    }

    #[test]
    fn a_pdf_may_begin_late() {
        const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n";
        for before in [
            &b"\xef\xbb\xbf"[..],
            b"\r\n",
            b"TEXTmdos \x00\x01",
            b"\x1b%-12345X@PJL ENTER LANGUAGE=PDF\r\n",
            b"scanned: ",
            &[b'\n'; 1016],
        ] {
            let file = [before, PDF].concat();
            for piece in [1, 7, 4096] {
                assert_eq!(sniffed(&file, piece), Ok(MediaType::Pdf), "{before:?} in pieces of {piece}");
            }
        }
        assert_eq!(MediaType::of(&[&[b'\n'; 1017][..], PDF].concat()), Err(UnknownType), "too late");
        assert_eq!(MediaType::of(b"The file began with %PDF-1.7, says the laboratory."), Ok(MediaType::Text));
    }

    #[test]
    fn anything_else_is_refused() {
        let late = [&[b'a'; 5000][..], b"\0"].concat();
        for file in [
            &b"PK\x03\x04\x14\0"[..],
            b"\x7fELF\x02\x01\x01\0",
            b"MZ\x90\0\x03\0\0\0",
            b"GIF89a\x01\0\x01\0",
            b"caf\xe9 au lait",
            b"half a letter: \xc3",
            &late,
        ] {
            assert_eq!(sniffed(file, 97), Err(UnknownType));
        }
    }

    proptest! {
        #[test]
        fn text_is_text_however_it_is_cut(text in "(\\PC|[\t\n\r]){1,900}", piece in 1_usize..600) {
            let known = MediaType::of_binary(text.as_bytes()).is_some();
            prop_assert!(known || sniffed(text.as_bytes(), piece) == Ok(MediaType::Text));
        }

        #[test]
        fn the_answer_does_not_depend_on_the_pieces(
            file in prop::collection::vec(any::<u8>(), 1..900), piece in 1_usize..600,
        ) {
            prop_assert_eq!(sniffed(&file, piece), sniffed(&file, usize::MAX));
        }
    }
}
