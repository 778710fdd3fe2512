//! What visits does when other contexts' events arrive.

pub(crate) mod members;
pub(crate) mod organizations;
