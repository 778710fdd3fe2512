//! Tests of the rules of prescriptions.

mod formulary;
mod prescription;
