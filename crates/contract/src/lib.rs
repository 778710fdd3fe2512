//! The contract of every service, generated from `proto/`: messages, clients, servers, and the descriptor set.
//! No logic lives here.
#![expect(
    missing_docs,
    clippy::all,
    clippy::allow_attributes,
    reason = "generated; the documentation is in the .proto files"
)]

/// The encoded `FileDescriptorSet` of the whole contract, custom options and comments included.
pub const DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptor_set.bin"));

pub mod google {
    pub mod api {
        tonic::include_proto!("google.api");
    }
}

pub mod careway {
    pub mod types {
        pub mod v1 {
            tonic::include_proto!("careway.types.v1");
        }
    }
    pub mod identity {
        pub mod v1 {
            tonic::include_proto!("careway.identity.v1");
        }
    }
    pub mod visits {
        pub mod v1 {
            tonic::include_proto!("careway.visits.v1");
        }
    }
    pub mod renewals {
        pub mod v1 {
            tonic::include_proto!("careway.renewals.v1");
        }
    }
    pub mod refusals {
        pub mod v1 {
            tonic::include_proto!("careway.refusals.v1");
        }
    }
    pub mod cases {
        pub mod v1 {
            tonic::include_proto!("careway.cases.v1");
        }
    }
    pub mod channels {
        pub mod v1 {
            tonic::include_proto!("careway.channels.v1");
        }
    }
}

pub use careway::{cases, channels, identity, refusals, renewals, types, visits};
use refusals::v1::refusal::Kind;

/// A reason of refusals that the contract declares. Each enum of reasons is one, by what its values' options say.
pub trait Declared: Copy {
    /// The `reason` that a client reads.
    fn name(self) -> &'static str;
    /// The kind of every such refusal; `Internal` for what is no reason at all.
    fn kind(self) -> Kind;
    /// The kinds that it also comes with.
    fn also(self) -> &'static [Kind];
}

include!(concat!(env!("OUT_DIR"), "/reasons.rs"));
