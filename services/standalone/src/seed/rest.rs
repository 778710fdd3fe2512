//! A small client of the REST gateway, as a partner would write one: JSON in and out, keys, entity tags, a token that
//! is renewed. The demo network, `cargo dev demo` and the journeys of the tests all call Careway through it.

use std::{
    fmt,
    sync::{Arc, RwLock},
    time::Duration,
};

use anyhow::Context;
use bytes::Bytes;
use futures::future::BoxFuture;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{AUTHORIZATION, CONTENT_TYPE, IF_MATCH},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Answer;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Longer than the gateway lets anything take, and than a list of a million rows is read in.
const PATIENCE: Duration = Duration::from_secs(600);

/// An e-mail address and a password.
#[derive(Clone)]
pub struct Credentials {
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
}

impl Credentials {
    /// Both.
    pub fn new(email: impl Into<String>, password: impl Into<String>) -> Self {
        Self { email: email.into(), password: password.into() }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

/// A caller of the gateway: nobody in particular, or a person who signed in. Cheap to clone; clones share the session.
#[derive(Clone)]
pub struct Rest {
    http: reqwest::Client,
    base: Arc<str>,
    session: Option<Arc<Session>>,
    patient: bool,
}

struct Session {
    token: RwLock<String>,
    /// Whoever signed in here is signed in again when the token dies, ten minutes later.
    credentials: Option<Credentials>,
}

impl Rest {
    /// A caller without a token, of the gateway at this base URL.
    pub fn new(base: &str) -> anyhow::Result<Self> {
        // Gateways of development are on this machine: no proxy of the environment stands before them.
        let http =
            reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().context("the HTTP client")?;
        Ok(Self { http, base: base.trim_end_matches('/').into(), session: None, patient: false })
    }

    /// The gateway's base URL.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The same caller, who waits as long as the gateway says when it is asked too often, and asks again.
    #[must_use]
    pub fn patient(&self) -> Self {
        Self { patient: true, ..self.clone() }
    }

    /// The same gateway, called without a token.
    #[must_use]
    pub fn anybody(&self) -> Self {
        Self { session: None, ..self.clone() }
    }

    /// The access token of whoever signed in; empty without one.
    pub fn access_token(&self) -> String {
        self.session
            .as_ref()
            .map(|session| session.token.read().expect("never poisoned").clone())
            .unwrap_or_default()
    }

    /// The same gateway, called with this very token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        let session = Session { token: RwLock::new(token.to_owned()), credentials: None };
        Self { session: Some(Arc::new(session)), ..self.clone() }
    }

    /// The same gateway, called by whoever these credentials are of.
    ///
    /// # Errors
    /// Credentials that are refused, or a gateway that does not answer.
    pub async fn sign_in(&self, credentials: &Credentials) -> anyhow::Result<Self> {
        let token = self.token(credentials).await?.ok()?.text("accessToken").to_owned();
        let session = Session { token: RwLock::new(token), credentials: Some(credentials.clone()) };
        Ok(Self { session: Some(Arc::new(session)), ..self.clone() })
    }

    /// The answer to signing in, whatever it is.
    pub async fn token(&self, credentials: &Credentials) -> anyhow::Result<Answer> {
        let body = json!({"email": credentials.email, "password": credentials.password});
        self.anybody().post("/v1/sessions", body).await
    }

    /// A read.
    pub fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    /// A command, under an `Idempotency-Key` made for it.
    pub fn post(&self, path: &str, body: Value) -> Request {
        self.request(Method::POST, path).json(&body).key(&fresh_key())
    }

    /// A change of the fields that `body` names; mostly with [`Request::if_match`].
    pub fn patch(&self, path: &str, body: Value) -> Request {
        self.request(Method::PATCH, path).json(&body)
    }

    /// A replacement of the whole.
    pub fn put(&self, path: &str, body: Value) -> Request {
        self.request(Method::PUT, path).json(&body).key(&fresh_key())
    }

    /// A removal.
    pub fn delete(&self, path: &str) -> Request {
        self.request(Method::DELETE, path)
    }

    /// A file as the raw body.
    pub fn upload(&self, path: &str, media_type: &'static str, content: impl Into<Bytes>) -> Request {
        let mut request = self.request(Method::POST, path).header(CONTENT_TYPE, media_type);
        request.body = Some(content.into());
        request
    }

    /// A request of any method, with nothing in it.
    pub fn request(&self, method: Method, path: &str) -> Request {
        Request { rest: self.clone(), method, path: path.to_owned(), headers: HeaderMap::new(), body: None }
    }

    /// Signs in again; false when there is nobody to sign in, or not any more.
    async fn renew(&self) -> anyhow::Result<bool> {
        let Some(session) = &self.session else { return Ok(false) };
        let Some(credentials) = &session.credentials else { return Ok(false) };
        let answer = self.token(credentials).await?;
        if !answer.status.is_success() {
            return Ok(false);
        }
        *session.token.write().expect("never poisoned") = answer.text("accessToken").to_owned();
        Ok(true)
    }
}

/// A request, sent when it is awaited.
#[must_use = "a request is sent when it is awaited"]
pub struct Request {
    rest: Rest,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Option<Bytes>,
}

impl Request {
    /// Under this `Idempotency-Key`, in place of the one that was made.
    pub fn key(self, key: &str) -> Self {
        self.header(IDEMPOTENCY_KEY, key)
    }

    /// Without an `Idempotency-Key`.
    pub fn without_key(mut self) -> Self {
        self.headers.remove(IDEMPOTENCY_KEY);
        self
    }

    /// Only if it still is what this `ETag` says.
    pub fn if_match(self, etag: &str) -> Self {
        self.header(IF_MATCH, etag)
    }

    /// With this header.
    ///
    /// # Panics
    /// When the value cannot stand in a header.
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.insert(name, HeaderValue::from_str(value).expect("a header's value is visible ASCII"));
        self
    }

    fn json(mut self, body: &Value) -> Self {
        self.body = Some(body.to_string().into());
        self.header(CONTENT_TYPE, "application/json")
    }

    async fn send(self) -> anyhow::Result<Answer> {
        loop {
            let answer = self.send_once().await?;
            match answer.reason() {
                "TOKEN_REJECTED" if self.rest.renew().await? => return self.send_once().await,
                "THROTTLED" if self.rest.patient => {
                    let wait = answer.header("retry-after").and_then(|seconds| seconds.parse().ok());
                    tokio::time::sleep(Duration::from_secs(wait.unwrap_or(1))).await;
                }
                _ => return Ok(answer),
            }
        }
    }

    async fn send_once(&self) -> anyhow::Result<Answer> {
        let name = format!("{} {}", self.method, self.path);
        let mut request =
            self.rest.http.request(self.method.clone(), format!("{}{}", self.rest.base, self.path));
        request = request.headers(self.headers.clone());
        if let Some(session) = &self.rest.session {
            let token = session.token.read().expect("never poisoned").clone();
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(body) = &self.body {
            request = request.body(body.clone());
        }
        let response = request.send().await.with_context(|| format!("{name} got no answer"))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let content = response.bytes().await.with_context(|| format!("the answer to {name} broke off"))?;
        Ok(Answer::new(name, status, headers, content))
    }
}

#[expect(clippy::disallowed_methods, reason = "a caller's own word for its request: it needs no clock")]
fn fresh_key() -> String {
    Uuid::new_v4().to_string()
}

impl IntoFuture for Request {
    type Output = anyhow::Result<Answer>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_not_printed() {
        assert_eq!(format!("{:?}", Credentials::new("a@b.example", "secret")), "•••");
    }
}
