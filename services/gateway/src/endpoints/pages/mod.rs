//! The pages behind the links of SMS and mails, for people who have nothing but the link. The token stands in the fragment, which
//! browsers send to nobody. A page needs nothing but itself and the gateway.

mod dispute;
mod explanation;
mod interest;
mod invitation;
mod password;
mod password_reset;
mod question;
mod unsubscribe;
mod words;

use std::sync::Arc;

use axum::{
    Router,
    extract::RawQuery,
    http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{
            ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
            REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use careway_kernel::Language;
use sha2::{Digest, Sha256};

use self::words::{Words, words};

/// What the pages have in common.
const FRAME: &str = include_str!("frame.html");
const STYLE: &str = include_str!("frame.css");
const SCRIPT: &str = include_str!("frame.js");

/// What a page has of its own.
struct Page {
    path: &'static str,
    body: &'static str,
    style: &'static str,
    script: &'static str,
    /// What stands in the braces of the body, in a language.
    words: fn(Language) -> Vec<(&'static str, &'static str)>,
}

const PAGES: [Page; 6] = [
    dispute::PAGE,
    explanation::PAGE,
    interest::PAGE,
    invitation::PAGE,
    password_reset::PAGE,
    unsubscribe::PAGE,
];

/// A page in every language, and what it may do.
struct Written {
    by_language: Vec<(Language, Bytes)>,
    policy: HeaderValue,
}

pub(crate) fn router() -> anyhow::Result<Router> {
    let mut router = Router::new();
    for page in PAGES {
        let written = Arc::new(page.write()?);
        let answer = move |RawQuery(query): RawQuery, headers: HeaderMap| {
            std::future::ready(written.answer(query.as_deref(), &headers))
        };
        router = router.route(page.path, get(answer));
    }
    Ok(router)
}

impl Page {
    fn write(&self) -> anyhow::Result<Written> {
        let (style, script) = (format!("{STYLE}{}", self.style), format!("{SCRIPT}{}", self.script));
        let in_language = |language| (language, self.write_in(language, &style, &script));
        let by_language = Language::ALL.into_iter().map(in_language).collect();
        Ok(Written { by_language, policy: policy(&style, &script).parse()? })
    }

    fn write_in(&self, language: Language, style: &str, script: &str) -> Bytes {
        let Words { later, no_script, in_language, .. } = words(language);
        let option = |it| format!("<option value=\"{it}\" lang=\"{it}\">{}</option>", words(it).name);
        let languages = Language::ALL.map(option).concat();
        let mut parts = vec![("{body}", self.body)];
        parts.extend((self.words)(language));
        parts.extend([
            ("{language}", language.as_str()),
            ("{later}", later),
            ("{no_script}", no_script),
            ("{in_language}", in_language),
            ("{languages}", &languages),
            // These have braces of their own.
            ("{style}", style),
            ("{script}", script),
        ]);
        parts.into_iter().fold(FRAME.to_owned(), |page, (name, text)| page.replace(name, text)).into()
    }
}

impl Written {
    /// The page in the language that was chosen on it, or else in the browser's.
    fn answer(&self, query: Option<&str>, headers: &HeaderMap) -> Response {
        let chosen = query.and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("language=")));
        let accepted = || Language::accepted(headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?);
        let wanted = chosen.and_then(|code| Language::parse(code).ok()).or_else(accepted);
        let wanted = wanted.unwrap_or(Language::En);
        let page = self.by_language.iter().find(|(language, _)| *language == wanted);
        let page = page.map(|(_, page)| page.clone()).unwrap_or_default();
        let fixed: [(HeaderName, &str); 6] = [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CONTENT_LANGUAGE, wanted.as_str()),
            (VARY, "accept-language"),
            (CACHE_CONTROL, "no-cache"),
            (REFERRER_POLICY, "no-referrer"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        (fixed, [(CONTENT_SECURITY_POLICY, self.policy.clone())], page).into_response()
    }
}

/// The page's own style and script, known by what they are, one address to send to, and nothing else.
fn policy(style: &str, script: &str) -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
        hash(style),
        hash(script)
    )
}
