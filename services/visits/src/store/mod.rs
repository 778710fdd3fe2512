//! SQL and nothing else: functions over a connection; rows stay private.

pub(crate) mod organization;
pub(crate) mod visit;
pub(crate) mod visit_override;
pub(crate) mod visit_row;
pub(crate) mod visit_update;
