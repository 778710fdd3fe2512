//! What only the inside shows: stores that RPCs reach in part, on a real database.

mod benefits;
mod covers;
mod member_refs;
mod preauthorization_use;
mod service_lines;
