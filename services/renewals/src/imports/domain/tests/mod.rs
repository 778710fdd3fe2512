//! The rules of imports.

mod participant;
