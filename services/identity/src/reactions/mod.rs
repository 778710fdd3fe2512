//! What identity does when others' events arrive.

mod member_data_accessed;

pub(crate) use member_data_accessed::member_data_accessed;
