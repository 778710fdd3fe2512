//! The words of a template, and what they come to for one card: both texts, what each costs, and which is sent.

use careway_kernel::text::nfc;

use super::{
    body::Body,
    lines::Lines,
    refusal::TemplateRefusal,
    values::{ValueRefusal, Values},
};
use crate::messages::sms::{Concatenation, Encoding, alphabet::is_gsm7, segments};

/// Two bodies, right in themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    plain: Body,
    marked: Body,
}

/// A text and what it costs.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) segments: usize,
    pub(crate) encoding: Encoding,
}

/// Both texts of one card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rendered {
    pub(crate) plain: Text,
    pub(crate) marked: Text,
    pub(crate) sent: Sent,
}

/// Which of the two goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    Plain,
    Marked,
}

/// What sending costs where the text goes: how far the marked body may go, and what the carrier adds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) most_segments: usize,
    pub(crate) concatenation: Concatenation,
    pub(crate) overhead: usize,
}

impl Cost {
    /// Where nothing is known of the route.
    pub(crate) fn up_to(most_segments: usize) -> Self {
        Self { most_segments, concatenation: Concatenation::default(), overhead: 0 }
    }
}

impl Words {
    /// Reads both bodies. The plain one has no character outside the alphabet of SMS.
    pub(crate) fn parse(plain: &str, marked: &str) -> Result<Self, TemplateRefusal> {
        let words = Self { plain: Body::parse(plain)?, marked: Body::parse(marked)? };
        match nfc(plain).chars().position(|char| !is_gsm7(char)) {
            Some(at) => Err(TemplateRefusal::PlainBodyNotGsm7 { at }),
            None => Ok(words),
        }
    }

    /// Both texts; the marked one is sent while it has at most as many segments as it may.
    pub(crate) fn render(&self, values: &Values, cost: Cost) -> Result<Rendered, ValueRefusal> {
        let text = |text: String| {
            let counted = segments(&text, cost.concatenation, cost.overhead);
            Text { text, segments: counted.count(), encoding: counted.encoding }
        };
        let lines = Lines::read(values, [&self.marked, &self.plain])?;
        let (marked, plain) = (text(lines.marked(&self.marked)), text(lines.plain(&self.plain)));
        let sent = if marked.segments <= cost.most_segments { Sent::Marked } else { Sent::Plain };
        Ok(Rendered { plain, marked, sent })
    }
}

impl Rendered {
    /// The one that goes out.
    pub(crate) fn sent(&self) -> &Text {
        match self.sent {
            Sent::Plain => &self.plain,
            Sent::Marked => &self.marked,
        }
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "••• ({} segments)", self.segments)
    }
}
