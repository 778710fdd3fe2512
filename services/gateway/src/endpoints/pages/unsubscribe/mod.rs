//! `/unsubscribe`: where the link of a reminder's mail leads. The page asks, and only then ends reminders.

mod words;

use careway_kernel::Language;

use super::{Page, question};

pub(super) const PAGE: Page = Page {
    path: "/unsubscribe",
    body: question::BODY,
    style: "",
    script: concat!(include_str!("../question.js"), include_str!("script.js")),
    words: own,
};

fn own(language: Language) -> Vec<(&'static str, &'static str)> {
    words::words(language).named()
}
