//! The texts that requests bring, and how long each kind of them may be.

use careway_kernel::text::{Line, Text};

/// A name, a reason in a few words, a title.
pub(crate) type Short = Line<120>;
/// What somebody calls a payment or a claim in a system of their own.
pub(crate) type Reference = Line<64>;
/// The name of a medicine, a service or a file.
pub(crate) type Name = Line<200>;
/// A note for a person.
pub(crate) type Note = Text<1000>;
/// Why a payer decides so, or why it should not have.
pub(crate) type Statement = Text<2000>;
/// Why care is needed, what else is asked, what is answered.
pub(crate) type Justification = Text<4000>;
