//! The words of a template: text with placeholders for values, and nothing else. There is no filter and no statement: a loop
//! in the words of an agency would be a loop in our process.

use super::{refusal::TemplateRefusal, values::Placeholder};

/// A body as it was parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Body(Vec<Piece>);

/// A piece of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(String),
    Value(Placeholder),
}

impl Body {
    /// Reads the words; refused when they have anything in braces but the known names.
    pub(crate) fn parse(text: &str) -> Result<Self, TemplateRefusal> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (inside, after) = after.split_once("}}").ok_or_else(|| unknown(after))?;
            pieces.push(Piece::Text(plain(before)?.to_owned()));
            pieces.push(Piece::Value(Placeholder::parse(inside.trim()).ok_or_else(|| unknown(inside))?));
            rest = after;
        }
        pieces.push(Piece::Text(plain(rest)?.to_owned()));
        pieces.retain(|piece| *piece != Piece::Text(String::new()));
        Ok(Self(pieces))
    }

    /// Text and values, in their order.
    pub(crate) fn pieces(&self) -> &[Piece] {
        &self.0
    }
}

/// Text between placeholders: without the beginnings of statements and comments, and without an end of a placeholder.
fn plain(text: &str) -> Result<&str, TemplateRefusal> {
    let opened = ["{%", "{#", "}}", "%}", "#}"].into_iter().find_map(|sign| text.find(sign));
    match opened {
        Some(at) => Err(unknown(&text[at..])),
        None => Ok(text),
    }
}

/// What stands in braces, named so that its author finds it.
fn unknown(inside: &str) -> TemplateRefusal {
    TemplateRefusal::UnknownPlaceholder(inside.trim().chars().take(40).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_found_with_and_without_blanks() {
        let body = Body::parse("A {{ card }}{{name}} {B}").unwrap();
        assert_eq!(
            body.pieces(),
            [
                Piece::Text("A ".to_owned()),
                Piece::Value(Placeholder::Card),
                Piece::Value(Placeholder::Name),
                Piece::Text(" {B}".to_owned()),
            ]
        );
    }

    #[test]
    fn nothing_but_placeholders_stands_in_braces() {
        for (words, named) in [
            ("{{ card | upper }}", "card | upper"),
            ("{% for x in range(1000000) %}{{ card }}{% endfor %}", "{% for x in range(1000000) %}"),
            ("{# {{ card }} #}", "{#"),
            ("{{ card", "card"),
            ("card }}", "}}"),
            ("{{ {{ card }} }}", "{{ card"),
            ("{{}}", ""),
            ("{{ card.__class__ }}", "card.__class__"),
        ] {
            let refused = TemplateRefusal::UnknownPlaceholder(named.to_owned());
            assert_eq!(Body::parse(words), Err(refused), "{words}");
        }
    }
}
