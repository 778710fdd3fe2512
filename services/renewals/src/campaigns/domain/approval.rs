//! When a second person approves a campaign, and how far that goes.

use uuid::Uuid;

/// Up to so many are reminded without anybody's approval.
pub(crate) const FREE: i64 = 200;

/// Who took responsibility for how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) by: Uuid,
    pub(crate) recipients: i64,
}

/// Whether so many are reminded only once somebody else has approved it.
pub(crate) fn needs_approval(recipients: i64) -> bool {
    recipients > FREE
}

/// Whether what was approved covers so many: up to a tenth more.
pub(crate) fn covers(approval: Option<Signature>, recipients: i64) -> bool {
    let approved = approval.map_or(0, |approval| approval.recipients);
    !needs_approval(recipients) || recipients.saturating_mul(10) <= approved.saturating_mul(11)
}
