//! The rules of connections by the vectors.

mod notices;
mod vectors;
mod world;
