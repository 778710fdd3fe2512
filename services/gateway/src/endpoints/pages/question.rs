//! A page that asks before anything happens: one question, one button, and what came of it.

/// What such a page says.
pub(super) struct Words {
    /// Of the page.
    pub(super) title: &'static str,
    /// What it is about.
    pub(super) question: &'static str,
    /// What follows.
    pub(super) consequence: &'static str,
    /// On the button.
    pub(super) confirm: &'static str,
    /// For whoever does not want it.
    pub(super) otherwise: &'static str,
    /// It is done; perhaps before a number.
    pub(super) done: &'static str,
    /// The link is no good.
    pub(super) unknown: &'static str,
}

/// Its sections.
pub(super) const BODY: &str = include_str!("question.html");

impl Words {
    /// As they stand in the braces of its sections.
    pub(super) fn named(self) -> Vec<(&'static str, &'static str)> {
        let Self { title, question, consequence, confirm, otherwise, done, unknown } = self;
        vec![
            ("{title}", title),
            ("{question}", question),
            ("{consequence}", consequence),
            ("{confirm}", confirm),
            ("{otherwise}", otherwise),
            ("{done}", done),
            ("{unknown}", unknown),
        ]
    }
}
