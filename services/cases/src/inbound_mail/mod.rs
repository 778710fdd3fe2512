//! Mail that comes in, by LMTP or by REST: read, judged, and kept with what became of it.
//!
//! A mail becomes something for each recipient of its envelope, once: a message of a case, a new case, or a mail that waits for
//! a person. The author is the one From address, as our own mail server found it authentic; what it may do identity says, asked
//! for every mail. What finds a case (a reference, an identifier that it answers, a number) gives no right in it. A machine's
//! mail changes nothing. Nothing is answered before it is kept: by LMTP with 250 for each recipient, with 451 when something
//! that is needed is away, so that the mail server tries again.
//!
//! Held mail support reads, accepts into a case, or discards; what was not authenticated only a lead accepts.

mod accept_held;
mod api;
mod authenticator;
mod deliver;
mod discard_held;
mod domain;
mod download_original;
mod error;
mod keep;
mod list_held;
pub(crate) mod lmtp;
mod message;
mod original;
mod reader;
mod receive;
mod received;
mod report;
mod sender;
mod settings;
mod store;
mod summary;
pub(crate) mod timers;
mod unsubscribe;
mod view;

use accept_held::accept_held_mail;
use deliver::deliver_mail;
use discard_held::discard_held_mail;
use download_original::download_original_mail;
use list_held::list_held_mail;
pub use reader::MailReader;
pub(crate) use settings::InboundMail;
pub(crate) use store::original as originals;
