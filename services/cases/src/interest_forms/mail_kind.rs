//! What the mails about interest forms say.

/// What a mail says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MailKind {
    /// Confirm that it was you.
    Confirm,
    /// We have your form.
    Received,
    /// We cannot let you in, and why.
    Declined,
}

impl MailKind {
    pub(super) const ALL: [Self; 3] = [Self::Confirm, Self::Received, Self::Declined];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "CONFIRM",
            Self::Received => "RECEIVED",
            Self::Declined => "DECLINED",
        }
    }

    pub(super) const fn template(self) -> &'static str {
        match self {
            Self::Confirm => "interest_confirm",
            Self::Received => "interest_received",
            Self::Declined => "interest_declined",
        }
    }
}
