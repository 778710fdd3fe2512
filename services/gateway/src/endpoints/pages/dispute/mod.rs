//! `/dispute`: where the link of an SMS leads a member who was not there. The page asks, and only then disputes the visit.

mod words;

use careway_kernel::Language;

use super::{Page, question};

pub(super) const PAGE: Page = Page {
    path: "/dispute",
    body: question::BODY,
    style: "",
    script: concat!(include_str!("../question.js"), include_str!("script.js")),
    words: own,
};

fn own(language: Language) -> Vec<(&'static str, &'static str)> {
    words::words(language).named()
}
