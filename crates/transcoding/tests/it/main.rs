//! The REST surface of a small contract, with a hand-written gRPC service behind it.

#![expect(clippy::disallowed_methods, reason = "tests are bound to no clock")]

mod codec;
mod contract;
mod openapi;
mod problems;
mod raw;
mod requests;
mod retries;
mod streams;
mod support;
mod tonic_service;
