//! What rules name.

mod recurrences;
