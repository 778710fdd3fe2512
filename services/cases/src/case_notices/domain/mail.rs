//! What a notice's mail says beside its words.

use crate::cases::domain::notices::NoticeKind;

/// Whether a person answers for a mail (RFC 3834).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Automatic {
    /// It carries a person's words.
    No,
    /// It answers a mail by itself.
    Replied,
    /// It tells of something by itself.
    Generated,
}

/// By what a notice tells: a person's words make it that person's mail.
pub(crate) fn automatic(has_words: bool, answers_mail: bool) -> Automatic {
    match (answers_mail, has_words) {
        (true, _) => Automatic::Replied,
        (false, true) => Automatic::No,
        (false, false) => Automatic::Generated,
    }
}

/// Whether a mail of this kind has the words of the message that it tells of.
pub(crate) fn carries_words(kind: NoticeKind) -> bool {
    use NoticeKind::{Answered, FollowUpOpened, Message, New, Note, Opened, Reopened, Solved, Waiting};
    matches!(kind, Opened | FollowUpOpened | Message | Waiting | Solved | Reopened | New | Answered | Note)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_with_somebodys_words_is_no_machines_but_an_automatic_answer_is() {
        assert_eq!(automatic(true, false), Automatic::No);
        assert_eq!(automatic(false, false), Automatic::Generated);
        assert_eq!(automatic(true, true), Automatic::Replied);
        assert!(carries_words(NoticeKind::Solved) && !carries_words(NoticeKind::Reminder));
    }
}
