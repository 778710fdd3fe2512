//! Adjudication: rule by rule, by its laws, by the faults that others are known for, and against a reference.

mod agreement;
mod changes;
mod decisions;
mod defects;
mod laws;
mod limits;
mod memory_ledger;
mod model;
mod model_reasons;
mod random_world;
mod rules;
mod world;
