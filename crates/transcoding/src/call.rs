//! The gRPC call: one try, and more tries where they can do no harm.

use std::time::Duration;

use axum::http::{HeaderMap, Method, Request, StatusCode, Uri, Version};
use bytes::Bytes;
use tokio::time::Instant;
use tower::ServiceExt;

use crate::{
    Problem, Upstream,
    endpoint::Endpoint,
    frames::{Messages, Outgoing},
    headers::Context,
};

const MAX_RETRIES: u32 = 2;
/// How long to wait before another try, in milliseconds; at random, so that clients do not come back in step.
const PAUSE: std::ops::RangeInclusive<u64> = 50..=400;

/// A call about to be made.
pub(crate) struct Call<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) upstream: &'a Upstream,
    pub(crate) headers: &'a Context,
}

/// The answer of a unary call.
pub(crate) struct Answer {
    pub(crate) headers: HeaderMap,
    pub(crate) message: Bytes,
}

/// The answer of a server stream, of which only the beginning is known.
pub(crate) struct Opened {
    pub(crate) headers: HeaderMap,
    pub(crate) messages: Messages,
}

/// Why there is no answer.
struct Failure {
    problem: Problem,
    /// The service said, or showed, that it did nothing.
    unavailable: bool,
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self { problem, unavailable: false }
    }
}

impl From<tonic::Status> for Failure {
    fn from(status: tonic::Status) -> Self {
        tracing::debug!(code = ?status.code(), "the call was refused");
        Self {
            problem: Problem::from_status(&status),
            unavailable: status.code() == tonic::Code::Unavailable,
        }
    }
}

impl Call<'_> {
    /// A unary call; tried again when the service is away and the request is safe to repeat.
    pub(crate) async fn unary(&self, message: Outgoing) -> Result<Answer, Problem> {
        let repeatable = self.endpoint.route.method == Method::GET || self.endpoint.route.keyed;
        let mut retries = if repeatable { MAX_RETRIES } else { 0 };
        loop {
            let tried = self.try_unary(message.clone().into_body());
            let failure = match self.headers.in_time(async { Ok(tried.await) }).await? {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let pause = Duration::from_millis(rand::random_range(PAUSE));
            let in_time = self.headers.deadline.is_none_or(|deadline| Instant::now() + pause < deadline);
            if !failure.unavailable || retries == 0 || !in_time {
                return Err(failure.problem);
            }
            retries -= 1;
            tracing::debug!(rpc = self.endpoint.route.rpc, "the service is not available: trying again");
            tokio::time::sleep(pause).await;
        }
    }

    /// A call with a body that cannot be sent twice.
    pub(crate) async fn once(&self, body: tonic::body::Body) -> Result<Answer, Problem> {
        self.try_unary(body).await.map_err(|failure| failure.problem)
    }

    /// Opens a server stream.
    pub(crate) async fn open(&self, body: tonic::body::Body) -> Result<Opened, Problem> {
        self.send(body).await.map_err(|failure| failure.problem)
    }

    async fn try_unary(&self, body: tonic::body::Body) -> Result<Answer, Failure> {
        let Opened { headers, mut messages } = self.send(body).await?;
        let message = messages.next().await?.ok_or_else(Problem::internal)?;
        // The status comes after the message: only then is it an answer.
        match messages.next().await? {
            None => Ok(Answer { headers, message }),
            Some(_) => Err(Problem::internal().into()),
        }
    }

    async fn send(&self, body: tonic::body::Body) -> Result<Opened, Failure> {
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = Uri::from(self.endpoint.uri.clone());
        *request.version_mut() = Version::HTTP_2;
        *request.headers_mut() = self.headers.metadata()?;

        let response = match self.upstream.clone().oneshot(request).await {
            Ok(response) => response,
            Err(error) => {
                tracing::debug!(%error, rpc = self.endpoint.route.rpc, "the service cannot be reached");
                return Err(Failure { problem: Problem::unavailable(), unavailable: true });
            }
        };
        let (parts, body) = response.into_parts();
        match parts.status {
            StatusCode::OK => {}
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                return Err(Failure { problem: Problem::unavailable(), unavailable: true });
            }
            status => {
                tracing::debug!(%status, rpc = self.endpoint.route.rpc, "not a gRPC answer");
                return Err(Problem::internal().into());
            }
        }
        match tonic::Status::from_header_map(&parts.headers) {
            Some(status) if status.code() != tonic::Code::Ok => Err(status.into()),
            Some(_) => Ok(Opened { headers: parts.headers, messages: Messages::ended() }),
            None => Ok(Opened { headers: parts.headers, messages: Messages::new(body) }),
        }
    }
}
