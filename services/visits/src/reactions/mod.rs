//! What visits does when other contexts' events arrive.

pub(crate) mod member_registered;
pub(crate) mod organizations;
