//! `/dispute`: where the link of an SMS leads a member who was not there. The page asks, and only then disputes the visit.

mod words;

use careway_kernel::Language;

use self::words::{Words, words};
use super::Page;

pub(super) const PAGE: Page = Page {
    path: "/dispute",
    body: include_str!("body.html"),
    style: "",
    script: include_str!("script.js"),
    words: own,
};

fn own(language: Language) -> Vec<(&'static str, &'static str)> {
    let Words { title, question, consequence, confirm, otherwise, done, unknown } = words(language);
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
