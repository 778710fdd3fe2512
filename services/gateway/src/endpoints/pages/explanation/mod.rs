//! `/explanation`: where the link of an SMS leads a member whose claim was decided: who pays what and why, in all and line
//! by line.

mod words;

use careway_kernel::Language;

use self::words::{Words, words};
use super::Page;

pub(super) const PAGE: Page = Page {
    path: "/explanation",
    body: include_str!("body.html"),
    style: include_str!("style.css"),
    script: include_str!("script.js"),
    words: own,
};

fn own(language: Language) -> Vec<(&'static str, &'static str)> {
    let Words { title, wait, lines, why, steps, step, left, help, again, unknown } = words(language);
    vec![
        ("{title}", title),
        ("{wait}", wait),
        ("{lines}", lines),
        ("{why}", why),
        ("{steps}", steps),
        ("{step}", step),
        ("{left}", left),
        ("{help}", help),
        ("{again}", again),
        ("{unknown}", unknown),
    ]
}
