//! `/interest`: where the link of the mail about an interest form leads. The page asks, and only then confirms the address:
//! programs that follow every link of a mail confirm nothing.

mod words;

use careway_kernel::Language;

use self::words::{Words, words};
use super::Page;

pub(super) const PAGE: Page = Page {
    path: "/interest",
    body: include_str!("body.html"),
    style: "",
    script: include_str!("script.js"),
    words: own,
};

fn own(language: Language) -> Vec<(&'static str, &'static str)> {
    let Words { title, question, confirm, otherwise, done, unknown } = words(language);
    vec![
        ("{title}", title),
        ("{question}", question),
        ("{confirm}", confirm),
        ("{otherwise}", otherwise),
        ("{done}", done),
        ("{unknown}", unknown),
    ]
}
