//! In which language a statement is written.

use careway_kernel::{Language, Violations};
use careway_service::Call;

/// The language asked for; else the first of `Accept-Language` that we write; else English.
pub(super) fn parse(v: &mut Violations, call: &Call, asked: &str) -> Option<Language> {
    let accepted = || {
        let header = call.accept_language.as_deref().unwrap_or_default();
        let codes = header.split(',').map(|part| part.split(';').next().unwrap_or_default().trim());
        codes.filter_map(|code| Language::parse(code).ok()).next()
    };
    v.optional("language", asked, Language::parse)
        .map(|asked| asked.or_else(accepted).unwrap_or(Language::En))
}
