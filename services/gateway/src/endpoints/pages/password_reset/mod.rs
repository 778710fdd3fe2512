//! `/password-reset`: where the mail leads that somebody asked for who forgot a password.

mod words;

use careway_kernel::Language;

use self::words::{Words, words};
use super::{Page, password};

pub(super) const PAGE: Page = Page {
    path: "/password-reset",
    body: include_str!("body.html"),
    style: password::STYLE,
    script: concat!(include_str!("../password.js"), include_str!("script.js")),
    words: own,
};

fn own(language: Language) -> Vec<(&'static str, &'static str)> {
    let Words { title, question, consequence, confirm, done, unknown } = words(language);
    let mut named = vec![
        ("{field}", password::FIELD),
        ("{title}", title),
        ("{question}", question),
        ("{consequence}", consequence),
        ("{confirm}", confirm),
        ("{done}", done),
        ("{unknown}", unknown),
    ];
    named.extend(password::named(language));
    named
}
