//! What renewals does when others' events arrive: one file per reaction.

mod visit_admitted;

pub(crate) use visit_admitted::visit_admitted;
