//! The rules of campaigns, against the vectors row by row where there are some.

mod campaign;
mod pace;
mod steps;
mod suppression;
