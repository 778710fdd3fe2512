//! Closures: a resource is not there after all. Nobody books into one that is kept; what was held is released, and whoever
//! keeps it is told which bookings it hits.

mod api;
mod create;
mod delete;
mod error;

use create::create_closure;
use delete::delete_closure;
