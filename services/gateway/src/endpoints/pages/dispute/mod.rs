//! `/dispute`: where the link of an SMS leads a member who was not there. The token stands in the fragment, which browsers
//! send to nobody; the page asks, and only then disputes the visit. It needs nothing but itself and the gateway.

mod words;

use std::sync::Arc;

use axum::{
    Router,
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

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page in every language, and what it may do.
struct Pages {
    by_language: Vec<(Language, Bytes)>,
    policy: HeaderValue,
}

pub(crate) fn router() -> anyhow::Result<Router> {
    let pages = Arc::new(Pages {
        by_language: Language::ALL.into_iter().map(|language| (language, page(language))).collect(),
        policy: policy().parse()?,
    });
    Ok(Router::new().route("/dispute", get(move |headers| std::future::ready(pages.answer(&headers)))))
}

impl Pages {
    fn answer(&self, headers: &HeaderMap) -> Response {
        let wanted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let wanted = wanted.and_then(Language::accepted).unwrap_or(Language::En);
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
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn page(language: Language) -> Bytes {
    let Words { title, question, consequence, confirm, otherwise, done, unknown, later, no_script } =
        words(language);
    let parts = [
        ("{language}", language.as_str()),
        ("{title}", title),
        ("{question}", question),
        ("{consequence}", consequence),
        ("{confirm}", confirm),
        ("{otherwise}", otherwise),
        ("{done}", done),
        ("{unknown}", unknown),
        ("{later}", later),
        ("{no_script}", no_script),
        ("{style}", STYLE),
        ("{script}", SCRIPT),
    ];
    parts.into_iter().fold(PAGE.to_owned(), |page, (name, text)| page.replace(name, text)).into()
}
