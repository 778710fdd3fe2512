//! What may be done with a booking, and when.

mod transitions;
