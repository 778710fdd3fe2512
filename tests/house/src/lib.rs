//! Reads the sources of a crate as far as the rules of the house need it: its modules, and which of them use which.

mod circles;
mod modules;
mod names;
mod resolve;
mod sources;
mod store;

pub use circles::circles;
pub use modules::{Crate, Module};
pub use names::{Name, Names, Use};
pub use sources::Sources;
pub use store::{StoreFunction, plain};
