//! What visits does when other contexts' events arrive.

pub(crate) mod organizations;
