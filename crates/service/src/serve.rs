//! The boundary of every operation: its call, its span, its deadline, its metrics, and its answer or refusal.

use std::time::Instant;

use prost::Message;
use sha2::{Digest, Sha256};
use tonic::{Code, Request, Response, Status, Streaming};
use tracing::Instrument;

use crate::{
    call::Call,
    error::{Error, Result, SharedReason},
    keyed::{Keyed, Stop},
    raw::{RawAnswer, RawPieces},
};

/// Runs one operation for one request.
pub async fn serve<A, Req, Res, E>(
    app: &A,
    request: Request<Req>,
    operation: impl AsyncFnOnce(&A, &Call, Req) -> Result<Res, E>,
) -> Result<Response<Res>, Status>
where
    Req: Message,
    Res: Message + Default,
    E: Into<Stop>,
{
    let mut call = call_of(&request)?;
    let message = request.into_inner();
    if call.idempotency_key_hash().is_some() {
        call.fingerprint = Some(Sha256::digest(message.encode_to_vec()).into());
    }
    let outcome = observed(&call, async {
        match tokio::time::timeout_at(call.deadline(), operation(app, &call, message)).await {
            Ok(outcome) => outcome.map_err(Into::into),
            Err(_) => Err(Error::new(SharedReason::DeadlineExceeded, "The request took too long.").into()),
        }
    })
    .await;
    answer(outcome)
}

/// Runs an operation that takes a stream and keeps its answer under the request's key: it reads, then begins its
/// transaction with [`Call::having_read`].
pub async fn serve_upload<A, Req, Res>(
    app: &A,
    request: Request<Streaming<Req>>,
    operation: impl AsyncFnOnce(&A, &Call, Streaming<Req>) -> Keyed<Res>,
) -> Result<Response<Res>, Status>
where
    Res: Message + Default,
{
    let call = call_of(&request)?;
    let pieces = request.into_inner();
    answer(observed(&call, operation(app, &call, pieces)).await)
}

/// Runs an operation that answers with a raw body.
pub async fn serve_raw<A, Req>(
    app: &A,
    request: Request<Req>,
    operation: impl AsyncFnOnce(&A, &Call, Req) -> Result<RawAnswer>,
) -> Result<Response<RawPieces>, Status> {
    serve_stream(app, request, operation).await.and_then(|answer| answer.into_inner().into_response())
}

/// Runs an operation that streams its answer, or takes a stream: such a request has no fingerprint and keeps no answer.
pub async fn serve_stream<A, Req, Res>(
    app: &A,
    request: Request<Req>,
    operation: impl AsyncFnOnce(&A, &Call, Req) -> Result<Res>,
) -> Result<Response<Res>, Status> {
    let call = call_of(&request)?;
    let message = request.into_inner();
    observed(&call, async { Ok(operation(app, &call, message).await?) }).await.map(Response::new).map_err(
        |stop| match stop {
            Stop::Refused(error) => error.to_status(),
            Stop::Answered(_) => Status::internal("internal error"),
        },
    )
}

fn call_of<M>(request: &Request<M>) -> Result<Call, Status> {
    request.extensions().get::<Call>().cloned().ok_or_else(|| {
        tracing::error!("a request came past the guard");
        Status::internal("internal error")
    })
}

async fn observed<T>(call: &Call, work: impl Future<Output = Keyed<T>>) -> Keyed<T> {
    let started = Instant::now();
    let span = crate::telemetry::operation_span(call.method, call.traceparent.as_deref());
    let outcome = work.instrument(span.clone()).await;
    let code = match &outcome {
        Ok(_) | Err(Stop::Answered(_)) => Code::Ok,
        Err(Stop::Refused(error)) => error.to_status().code(),
    };
    span.record("rpc.grpc.status_code", code as i64);
    metrics::histogram!("careway_rpc_seconds", "rpc" => call.method, "code" => format!("{code:?}"))
        .record(started.elapsed().as_secs_f64());
    if let Err(Stop::Refused(error)) = &outcome
        && let Some(source) = error.source()
    {
        span.in_scope(|| {
            tracing::error!(error = format!("{source:#}"), reason = error.reason(), "the operation failed")
        });
    }
    outcome
}

/// The operation's own answer, the one that was kept for the key, or the refusal.
fn answer<Res: Message + Default>(outcome: Keyed<Res>) -> Result<Response<Res>, Status> {
    let kept = match outcome {
        Ok(response) => return Ok(Response::new(response)),
        Err(Stop::Refused(error)) => return Err(error.to_status()),
        Err(Stop::Answered(kept)) => kept,
    };
    let message = Res::decode(kept).map_err(|_| Status::internal("internal error"))?;
    let mut response = Response::new(message);
    response
        .metadata_mut()
        .insert("idempotency-replayed", tonic::metadata::MetadataValue::from_static("true"));
    Ok(response)
}
