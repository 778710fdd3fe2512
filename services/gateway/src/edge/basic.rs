//! The Actions Center signs in with each request, as HTTP Basic has it (RFC 7617): by a channel's client and its secret. Before
//! anybody asks for a token they become one, which is asked for once in the minutes that it is good for.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use careway_contract::identity::v1::{IssueClientTokenRequest, session_service_client::SessionServiceClient};
use careway_service::{Upstream, call::CLIENT_IP, credentials, tokens};
use careway_transcoding::{ClientIp, Problem};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{AUTHORIZATION, WWW_AUTHENTICATE},
};
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::rate_limit::Limits;

/// Where requests sign in so.
const PATHS: &str = "/actions-center/";
/// Clients whose tokens are kept.
const MOST: u64 = 10_000;
/// How long a token may be kept at most.
const KEPT: Duration = Duration::from_secs(600);
/// How long a token must still be good for to be used again.
const LEFT: Duration = Duration::from_secs(60);
/// How long identity may take.
const BUDGET: Duration = Duration::from_secs(5);

/// Makes tokens of clients and secrets.
#[derive(Clone)]
pub(crate) struct Basic {
    identity: Upstream,
    limits: Arc<Limits>,
    /// By what stands for client and secret: a wrong secret has none.
    tokens: Cache<[u8; 32], Token>,
}

#[derive(Clone)]
struct Token {
    bearer: HeaderValue,
    until: Instant,
}

impl Basic {
    pub(crate) fn new(identity: Upstream, limits: Arc<Limits>) -> Self {
        let tokens = Cache::builder().max_capacity(MOST).time_to_live(KEPT).build();
        Self { identity, limits, tokens }
    }

    async fn bearer(
        &self,
        address: Option<ClientIp>,
        credentials: &Credentials,
    ) -> Result<HeaderValue, Problem> {
        let hash = credentials.hash();
        if let Some(token) = self.tokens.get(&hash).filter(|token| Instant::now() < token.until) {
            return Ok(token.bearer);
        }
        if let Some(wait) = self.limits.of_address(address).await.wait {
            return Err(Problem::throttled(wait));
        }
        let token = self.ask(address, credentials).await?;
        self.tokens.insert(hash, token.clone());
        Ok(token.bearer)
    }

    async fn ask(&self, address: Option<ClientIp>, credentials: &Credentials) -> Result<Token, Problem> {
        let mut asking = tonic::Request::new(IssueClientTokenRequest {
            client_id: credentials.client.clone(),
            client_secret: credentials.secret.clone(),
            scope: String::new(),
        });
        asking.set_timeout(BUDGET);
        if let Some(value) = address.and_then(|ClientIp(ip)| ip.to_string().parse().ok()) {
            asking.metadata_mut().insert(CLIENT_IP, value);
        }
        let issued = SessionServiceClient::new(self.identity.clone()).issue_client_token(asking).await;
        let issued = issued.map_err(|status| Problem::from_status(&status))?.into_inner();
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", issued.access_token))
            .map_err(|_| Problem::internal())?;
        bearer.set_sensitive(true);
        let good = Duration::from_secs(u64::try_from(issued.expires_in_seconds).unwrap_or_default());
        Ok(Token { bearer, until: Instant::now() + good.saturating_sub(LEFT) })
    }
}

/// A client and its secret.
struct Credentials {
    client: String,
    secret: String,
}

impl Credentials {
    /// None when the header is of another scheme; an error when it is Basic and cannot be read.
    fn read(headers: &HeaderMap) -> Option<Result<Self, Problem>> {
        let read = pair(credentials(headers.get(AUTHORIZATION)?, "basic")?);
        let read = read.map(|(client, secret)| Self { client, secret });
        Some(read.ok_or_else(|| Problem::from_status(&tokens::rejected().to_status())))
    }

    fn hash(&self) -> [u8; 32] {
        let client = Sha256::digest(&self.client);
        Sha256::new().chain_update(client).chain_update(&self.secret).finalize().into()
    }
}

/// What stands on both sides of the colon (RFC 7617).
pub(crate) fn pair(encoded: &str) -> Option<(String, String)> {
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    decoded.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}

pub(crate) async fn exchange(State(basic): State<Basic>, mut request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with(PATHS) {
        return next.run(request).await;
    }
    let mut used = None;
    if let Some(read) = Credentials::read(request.headers()) {
        let bearer = match read {
            Ok(credentials) => {
                used = Some(credentials.hash());
                basic.bearer(request.extensions().get().copied(), &credentials).await
            }
            Err(problem) => Err(problem),
        };
        match bearer {
            Ok(bearer) => {
                request.headers_mut().insert(AUTHORIZATION, bearer);
            }
            Err(problem) => return challenged(problem.into_response()),
        }
    }
    let response = next.run(request).await;
    if let (StatusCode::UNAUTHORIZED, Some(hash)) = (response.status(), used) {
        // The client is no more.
        basic.tokens.invalidate(&hash);
    }
    challenged(response)
}

/// Whoever is not let in is told how to sign in; nobody is told of tokens, which are not asked for here.
fn challenged(mut response: Response) -> Response {
    response.headers_mut().remove(WWW_AUTHENTICATE);
    if response.status() == StatusCode::UNAUTHORIZED {
        response
            .headers_mut()
            .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"careway\", charset=\"UTF-8\""));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(authorization: &str) -> Option<Option<(String, String)>> {
        let headers = HeaderMap::from_iter([(AUTHORIZATION, authorization.parse().unwrap())]);
        let read = Credentials::read(&headers)?;
        Some(read.ok().map(|credentials| (credentials.client, credentials.secret)))
    }

    #[test]
    fn basic_is_read_as_it_is_and_other_schemes_are_left_alone() {
        let pair = |client: &str, secret: &str| Some(Some((client.to_owned(), secret.to_owned())));
        let basic = |text: &str| format!("bAsIc  {}", STANDARD.encode(text));
        assert_eq!(read(&basic("id:secret")), pair("id", "secret"));
        assert_eq!(read(&basic("id:a:b%20+")), pair("id", "a:b%20+"));
        assert_eq!(read(&basic("no colon")), Some(None));
        assert_eq!(read("Basic ***"), Some(None));
        assert_eq!(read("Bearer abc"), None);
    }
}
