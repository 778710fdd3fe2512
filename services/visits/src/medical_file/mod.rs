//! What facilities recorded of a member, open to the one that treats them: by the member's consent and the payer's rule.

pub(crate) mod api;
pub(crate) mod domain;
pub(crate) mod get;
pub(crate) mod give_consent;
pub(crate) mod store;
pub(crate) mod view;
pub(crate) mod withdraw_consent;
