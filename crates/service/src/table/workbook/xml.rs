//! The XML of a part, tag by tag, each within a bound; documents that define their own entities are refused.

use std::{borrow::Cow, io::Read};

use quick_xml::{
    Error as XmlError, Reader, XmlVersion,
    events::{BytesStart, Event},
};

use super::{Inflated, NOT_SOUND, TableError};

/// A part that is read.
pub(super) struct Xml<R> {
    reader: Reader<Inflated<R>>,
    buffer: Vec<u8>,
}

impl<R: Read> Xml<R> {
    pub(super) fn new(part: Inflated<R>) -> Self {
        let mut reader = Reader::from_reader(part);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new() }
    }

    /// The next tag or text.
    pub(super) fn next_event(&mut self) -> Result<Event<'_>, TableError> {
        self.buffer.clear();
        self.reader.get_mut().begin_one();
        let event = self.reader.read_event_into(&mut self.buffer).map_err(refusal)?;
        match &event {
            Event::DocType(_) => return Err(NOT_SOUND),
            Event::Decl(declaration) => {
                let encoding = declaration.encoding().transpose().map_err(|_| NOT_SOUND)?;
                let known = |name: Cow<'_, str>| matches!(&*name.to_ascii_lowercase(), "utf-8" | "us-ascii");
                if !encoding.is_none_or(known) {
                    return Err(TableError::Unreadable("its texts are not UTF-8"));
                }
            }
            _ => {}
        }
        Ok(event)
    }

    /// Goes to the end of the part without looking at it, so that it is known to be whole and within bounds.
    pub(super) fn pass_the_rest(&mut self) -> Result<(), TableError> {
        self.reader.get_mut().pass_the_rest()
    }
}

/// Adds what a text says, or a reference within one.
pub(super) fn add_text(text: &mut String, event: &Event<'_>) -> Result<(), TableError> {
    match event {
        Event::Text(said) => text.push_str(&said.xml10_content()),
        Event::CData(said) => text.push_str(&said.xml10_content()),
        Event::GeneralRef(reference) => {
            let char = reference.resolve_char_ref().map_err(|_| NOT_SOUND)?;
            text.push(match (char, &**reference) {
                (Some(char), _) => char,
                (None, "amp") => '&',
                (None, "lt") => '<',
                (None, "gt") => '>',
                (None, "quot") => '"',
                (None, "apos") => '\'',
                _ => return Err(NOT_SOUND),
            });
        }
        _ => {}
    }
    Ok(())
}

/// An attribute of a tag, whatever its prefix.
pub(super) fn attribute<'a>(tag: &'a BytesStart<'_>, name: &str) -> Result<Option<Cow<'a, str>>, TableError> {
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| NOT_SOUND)?;
        if attribute.key.local_name().as_ref() == name {
            return attribute.normalized_value(XmlVersion::Implicit1_0).map(Some).map_err(|_| NOT_SOUND);
        }
    }
    Ok(None)
}

/// Why a part cannot be read: its bytes may have been refused below the XML.
fn refusal(error: XmlError) -> TableError {
    let XmlError::Io(error) = error else { return NOT_SOUND };
    let below = error.get_ref().and_then(|below| below.downcast_ref::<TableError>());
    below.cloned().unwrap_or(NOT_SOUND)
}
