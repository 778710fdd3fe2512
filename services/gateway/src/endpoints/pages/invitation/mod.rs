//! `/invitation`: where the mail of an invitation leads. The page says what the invitation is to, asks for a password where the
//! person has none yet, and only then accepts: programs that follow every link of a mail accept nothing.

mod words;

use careway_kernel::Language;

use self::words::{Words, words};
use super::{Page, password};

pub(super) const PAGE: Page = Page {
    path: "/invitation",
    body: include_str!("body.html"),
    style: password::STYLE,
    script: concat!(include_str!("../password.js"), include_str!("script.js")),
    words: own,
};

fn own(language: Language) -> Vec<(&'static str, &'static str)> {
    let Words { title, question, address, known, confirm, done, unknown } = words(language);
    let mut named = vec![
        ("{field}", password::FIELD),
        ("{title}", title),
        ("{question}", question),
        ("{address}", address),
        ("{known}", known),
        ("{confirm}", confirm),
        ("{done}", done),
        ("{unknown}", unknown),
    ];
    named.extend(password::named(language));
    named
}
