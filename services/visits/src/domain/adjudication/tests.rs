//! Adjudication, rule by rule, by its laws, and against a reference.
