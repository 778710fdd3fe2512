//! The values of one card as they stand in the bodies of a template: each read once, and filled in with its marks or without.

use careway_kernel::text::nfc;

use super::{
    body::{Body, Piece},
    plain_text::plain_text,
    values::{ValueRefusal, Values},
};

/// Bytes of an ordinary reminder.
const ORDINARY: usize = 512;

/// Values that were read, in their composed form. None of them is empty that stands in a body.
#[derive(Default)]
pub(super) struct Lines([String; 5]);

impl Lines {
    /// Reads the values that stand in these bodies; refused for the first that does not fit.
    pub(super) fn read(values: &Values, bodies: [&Body; 2]) -> Result<Self, ValueRefusal> {
        let mut lines = Self::default();
        for piece in bodies.into_iter().flat_map(Body::pieces) {
            let Piece::Value(placeholder) = *piece else { continue };
            let line = &mut lines.0[placeholder as usize];
            if line.is_empty() {
                *line = values.get(placeholder)?;
            }
        }
        Ok(lines)
    }

    /// A body with its values, composed.
    pub(super) fn marked(&self, body: &Body) -> String {
        self.fill(body, |text, value| text.push_str(value))
    }

    /// A body with its values, which lose their diacritics, composed.
    pub(super) fn plain(&self, body: &Body) -> String {
        self.fill(body, |text, value| text.push_str(&plain_text(value)))
    }

    fn fill(&self, body: &Body, write: impl Fn(&mut String, &str)) -> String {
        let mut text = String::with_capacity(ORDINARY);
        for piece in body.pieces() {
            match piece {
                Piece::Text(words) => text.push_str(words),
                Piece::Value(placeholder) => write(&mut text, &self.0[*placeholder as usize]),
            }
        }
        nfc(&text)
    }
}
