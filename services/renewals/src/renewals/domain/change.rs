//! What happens to a renewal, and whether its cover was extended.

/// Whether visits extended the cover of a renewed card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cover {
    Pending,
    Covered,
    NotCovered,
}

impl Cover {
    pub(crate) const ALL: [Self; 3] = [Self::Pending, Self::Covered, Self::NotCovered];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Covered => "COVERED",
            Self::NotCovered => "NOT_COVERED",
        }
    }
}

/// What an authority watches happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RenewalChange {
    Renewed,
    Undone,
    Covered,
    NotCovered,
}

impl RenewalChange {
    pub(crate) const ALL: [Self; 4] = [Self::Renewed, Self::Undone, Self::Covered, Self::NotCovered];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Renewed => "RENEWED",
            Self::Undone => "UNDONE",
            Self::Covered => "COVERED",
            Self::NotCovered => "NOT_COVERED",
        }
    }
}
