//! What only the inside shows: that a feed loses nothing, whatever the order of commits, that what is freed is free, and that those
//! who meet at webhooks wait for each other.

mod deliveries;
mod feeds;
mod lanes;
