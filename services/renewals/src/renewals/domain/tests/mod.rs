//! The rules of renewals, by the rows of the vectors and by their laws.

mod laws;
mod vectors;
