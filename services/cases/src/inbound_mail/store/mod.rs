//! The tables `inbound_mail`, `mail_original`, `held_mail` and `automatic_answer`.

pub(super) mod held;
pub(super) mod mail;
pub(super) mod matches;
pub(crate) mod original;
pub(super) mod waiting;
