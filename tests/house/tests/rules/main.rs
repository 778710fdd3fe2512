//! What holds in every crate and every service; each rule is tried on sources that break it.

mod circles;
mod dependencies;
mod features;
mod metrics;
mod order;
mod parameters;
mod purity;
mod skeleton;
mod statements;
mod tests;
mod texts;
mod workspace;
