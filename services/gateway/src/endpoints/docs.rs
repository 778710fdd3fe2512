//! `/openapi.json`, and the interactive reference at `/docs` with its assets built in: no internet needed.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use careway_kernel::Clock;
use careway_transcoding::{Problem, Transcoder, precondition};
use chrono::NaiveDate;
use chrono_tz::UTC;
use sha2::{Digest, Sha256};
use utoipa_swagger_ui::Config;

/// The reference's page: like the one that comes with its assets, and readable on a phone.
const PAGE: &str = include_str!("docs.html");

pub(crate) fn router(clock: Clock, transcoder: Arc<Transcoder>) -> anyhow::Result<Router> {
    let documents = Arc::new(Documents::new(clock, transcoder)?);
    let page = Arc::new(
        // Without the bar that asks for another document.
        Config::from("/openapi.json")
            .use_base_layout()
            .display_request_duration(true)
            .filter(true)
            .deep_linking(true),
    );
    let file = move |path: String| asset(&path, page.clone());
    Ok(Router::new()
        .route("/openapi.json", get(move |headers: HeaderMap| std::future::ready(documents.answer(&headers))))
        .route("/docs", get(async || Redirect::permanent("/docs/")))
        .route("/docs/", get(async || Html(PAGE)))
        .route("/docs/{*path}", get(move |Path(path): Path<String>| std::future::ready(file(path)))))
}

/// The OpenAPI document of the day: its examples have dates that are true when they are sent.
struct Documents {
    clock: Clock,
    transcoder: Arc<Transcoder>,
    latest: Mutex<(NaiveDate, Document)>,
}

impl Documents {
    fn new(clock: Clock, transcoder: Arc<Transcoder>) -> anyhow::Result<Self> {
        let today = clock.today(UTC);
        let latest = Mutex::new((today, Document::new(&transcoder.openapi_text(today)?)?));
        Ok(Self { clock, transcoder, latest })
    }

    fn answer(&self, asked: &HeaderMap) -> Response {
        match self.of_today() {
            Ok(document) => document.answer(asked),
            Err(error) => {
                tracing::error!(%error, "the OpenAPI document cannot be written");
                Problem::internal().into_response()
            }
        }
    }

    fn of_today(&self) -> anyhow::Result<Document> {
        let today = self.clock.today(UTC);
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.0 != today {
            *latest = (today, Document::new(&self.transcoder.openapi_text(today)?)?);
        }
        Ok(latest.1.clone())
    }
}

/// The OpenAPI document, which clients ask for again to see whether it is another.
#[derive(Clone)]
struct Document {
    text: Bytes,
    /// Weak: it is of the text in whatever coding.
    etag: HeaderValue,
}

impl Document {
    fn new(text: &[u8]) -> anyhow::Result<Self> {
        let etag = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(Sha256::digest(text))).parse()?;
        Ok(Self { text: Bytes::copy_from_slice(text), etag })
    }

    fn answer(&self, asked: &HeaderMap) -> Response {
        let kept = [
            (header::ETAG, self.etag.clone()),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        ];
        match precondition::is_known(asked, &self.etag) {
            true => (StatusCode::NOT_MODIFIED, kept).into_response(),
            false => (kept, [(header::CONTENT_TYPE, "application/json")], self.text.clone()).into_response(),
        }
    }
}

fn asset(path: &str, config: Arc<Config<'static>>) -> Response {
    match utoipa_swagger_ui::serve(path, config) {
        Ok(Some(file)) => ([(header::CONTENT_TYPE, file.content_type)], file.bytes.to_vec()).into_response(),
        Ok(None) => Problem::not_found().into_response(),
        Err(error) => {
            tracing::error!(%error, "the documentation page cannot be made");
            Problem::internal().into_response()
        }
    }
}
