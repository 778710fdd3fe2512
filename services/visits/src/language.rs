//! In which language a statement is written.

use careway_kernel::{Language, Violations};
use careway_service::Call;

/// The language asked for; else the first of `Accept-Language` that we write; else English.
pub(crate) fn parse(v: &mut Violations, call: &Call, asked: &str) -> Option<Language> {
    let accepted = || call.accept_language.as_deref().and_then(Language::accepted);
    v.optional("language", asked, Language::parse)
        .map(|asked| asked.or_else(accepted).unwrap_or(Language::En))
}
