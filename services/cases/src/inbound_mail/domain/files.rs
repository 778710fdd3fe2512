//! The files of a mail: harmless names, and what each is by its content. Nothing that is said of it is believed.

use careway_documents::MediaType;
use careway_kernel::text::{is_invisible, nfc};

use super::{
    limits::{MOST_FILES, TooComplex},
    mime::{structure::Part, transfer},
};

/// A file that came with a mail.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) media_type: &'static str,
    /// Whether the HTML shows it in its place.
    pub(crate) is_inline: bool,
    /// By what the HTML calls it.
    pub(crate) content_id: Option<String>,
    /// The container it was in.
    pub(crate) container: Option<String>,
    pub(crate) content: Vec<u8>,
}

impl File {
    /// Whether it is a mail itself.
    pub(crate) fn is_mail(&self) -> bool {
        self.media_type == MAIL
    }

    /// Whether it is kept, but not given out: nobody knows what it is.
    pub(crate) fn is_blocked(&self) -> bool {
        self.media_type == UNKNOWN
    }
}

const UNKNOWN: &str = "application/octet-stream";
const TNEF: &str = "application/ms-tnef";
const MAIL: &str = "message/rfc822";

/// The files among a mail's parts. `images` are the sources of images in its HTML.
pub(crate) fn files(parts: &[&Part<'_>], images: &[String]) -> Result<Vec<File>, TooComplex> {
    let mut files: Vec<File> = Vec::new();
    for part in parts {
        let file = file(part, images, files.len() + 1);
        let is_again = is_alternative(part) && has_same(parts, part, &file.content);
        if is_again {
            continue;
        }
        let inside = if file.media_type == TNEF { contained(&file) } else { Vec::new() };
        files.push(file);
        files.extend(inside);
        if files.len() > MOST_FILES {
            return Err(TooComplex::Files);
        }
    }
    Ok(files)
}

fn file(part: &Part<'_>, images: &[String], number: usize) -> File {
    let encoding = part.headers.line("Content-Transfer-Encoding");
    let content = transfer::decoded(part.body, encoding.as_deref()).into_owned();
    let media_type = if part.content_type.word == MAIL { MAIL } else { media_type(&content) };
    let content_id = part.headers.line("Content-ID");
    let content_id =
        content_id.map(|id| id.trim_matches(['<', '>', ' ']).to_owned()).filter(|id| !id.is_empty());
    let is_shown =
        |id: &String| images.iter().any(|source| source.strip_prefix("cid:").unwrap_or(source).trim() == id);
    let named = |name: Option<&str>| name.and_then(harmless);
    let name = named(part.disposition.get("filename")).or_else(|| named(part.content_type.get("name")));
    File {
        name: name.unwrap_or_else(|| format!("attachment-{number}.{}", extension(media_type))),
        media_type,
        is_inline: content_id.as_ref().is_some_and(is_shown),
        content_id,
        container: None,
        content,
    }
}

/// Another wording of the mail, such as an invitation, is a file; it is often attached once more.
fn is_alternative(part: &Part<'_>) -> bool {
    part.around.last().is_some_and(|around| around.subtype == "alternative")
}

fn has_same(parts: &[&Part<'_>], part: &Part<'_>, content: &[u8]) -> bool {
    parts.iter().filter(|other| !std::ptr::eq(**other, part) && !is_alternative(other)).any(|other| {
        let encoding = other.headers.line("Content-Transfer-Encoding");
        transfer::decoded(other.body, encoding.as_deref()).trim_ascii_end() == content.trim_ascii_end()
    })
}

/// What is inside of a `winmail.dat`; nothing of one that is broken.
fn contained(container: &File) -> Vec<File> {
    let attachments = tnef::read_attachments(&container.content).unwrap_or_default();
    let inside = attachments.iter().take(MOST_FILES + 1).enumerate().map(|(at, attachment)| {
        let media_type = media_type(attachment.data);
        let name = attachment.transport_filename.as_deref().unwrap_or(&attachment.title);
        File {
            name: harmless(name)
                .unwrap_or_else(|| format!("attachment-{}.{}", at + 1, extension(media_type))),
            media_type,
            is_inline: false,
            content_id: None,
            container: Some(container.name.clone()),
            content: attachment.data.to_vec(),
        }
    });
    inside.collect()
}

/// What content is: a type that is known, text, or unknown.
fn media_type(content: &[u8]) -> &'static str {
    if content.starts_with(&[0x78, 0x9f, 0x3e, 0x22]) {
        return TNEF;
    }
    MediaType::of(content).map_or(UNKNOWN, MediaType::as_str)
}

fn extension(media_type: &str) -> &'static str {
    match media_type {
        "application/pdf" => "pdf",
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/tiff" => "tif",
        "application/dicom" => "dcm",
        TNEF => "dat",
        MAIL => "eml",
        "text/plain" => "txt",
        _ => "bin",
    }
}

/// A name without a path, in which nothing hides and nothing turns the direction of reading. None when nothing is left.
pub(crate) fn harmless(name: &str) -> Option<String> {
    const LONGEST: usize = 200;
    let name = nfc(name.rsplit(['/', '\\']).next().unwrap_or_default());
    let name: String =
        name.chars().map(|char| if char.is_control() || is_invisible(char) { '_' } else { char }).collect();
    let name = name.trim().trim_end_matches('.');
    let length = name.chars().count();
    if name.is_empty() {
        return None;
    }
    if length <= LONGEST {
        return Some(name.to_owned());
    }
    // The end says what it is.
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let ending = if ending.chars().count() <= 10 { format!(".{ending}") } else { String::new() };
    let kept: String = name.chars().take(LONGEST - ending.chars().count()).collect();
    Some(kept + &ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_harmless() {
        for (name, expected) in [
            ("../../invoice\u{202e}fdp.exe", Some("invoice_fdp.exe")),
            ("C:\\temp\\a.pdf", Some("a.pdf")),
            ("a\r\nb.pdf", Some("a__b.pdf")),
            ("Ke\u{301}t.pdf", Some("K\u{e9}t.pdf")),
            ("..", None),
            ("dir/", None),
            (" ", None),
        ] {
            assert_eq!(harmless(name).as_deref(), expected, "{name:?}");
        }
        let long = harmless(&format!("{}.pdf", "x".repeat(300))).unwrap();
        assert_eq!((long.chars().count(), long.ends_with("x.pdf")), (200, true));
    }

    #[test]
    fn content_says_what_it_is() {
        for (content, expected) in [
            (&b"%PDF-1.7"[..], "application/pdf"),
            (b"\r\n%PDF-1.4\n%\xe2\xe3", "application/pdf"),
            (b"clinic,price\r\n4410,12", "text/plain"),
            (b"MZ\0\0", UNKNOWN),
            (b"GIF89a", "text/plain"),
            (b"\x78\x9f\x3e\x22\0\0", TNEF),
        ] {
            assert_eq!(media_type(content), expected);
        }
    }
}
