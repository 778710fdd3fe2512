//! Documents of services in a folder and in a bucket, with rows in memory.

#![expect(clippy::disallowed_methods, reason = "tests are bound to no clock")]

mod contents;
mod rows;
mod scans;
mod shared_place;
mod sweeps;
mod turns;
