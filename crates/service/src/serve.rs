//! The boundary of every operation: its call, its span, its deadline, its metrics, and its answer or refusal.

use std::time::Instant;

use prost::Message;
use sha2::{Digest, Sha256};
use tonic::{Code, Request, Response, Status, Streaming};
use tracing::Instrument;

use crate::{
    call::Call,
    error::{Error, Result, SharedReason},
    raw::{RawAnswer, RawPieces},
};

/// Runs one operation for one request.
pub async fn serve<A, Req, Res>(
    app: &A,
    request: Request<Req>,
    operation: impl AsyncFnOnce(&A, &Call, Req) -> Result<Res>,
) -> Result<Response<Res>, Status>
where
    Req: Message,
    Res: Message + Default,
{
    let mut call = call_of(&request)?;
    let message = request.into_inner();
    if call.idempotency_key_hash().is_some() {
        call.fingerprint = Some(Sha256::digest(message.encode_to_vec()).into());
    }
    let outcome = observed(&call, async {
        match tokio::time::timeout_at(call.deadline(), operation(app, &call, message)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::new(SharedReason::DeadlineExceeded, "The request took too long.")),
        }
    })
    .await;
    match outcome {
        Ok(response) => Ok(Response::new(response)),
        Err(error) => replayed(error),
    }
}

/// Runs an operation that takes a stream and keeps its answer under the request's key: it reads, then begins its
/// transaction with [`Call::having_read`].
pub async fn serve_upload<A, Req, Res>(
    app: &A,
    request: Request<Streaming<Req>>,
    operation: impl AsyncFnOnce(&A, &Call, Streaming<Req>) -> Result<Res>,
) -> Result<Response<Res>, Status>
where
    Res: Message + Default,
{
    let call = call_of(&request)?;
    let pieces = request.into_inner();
    match observed(&call, operation(app, &call, pieces)).await {
        Ok(response) => Ok(Response::new(response)),
        Err(error) => replayed(error),
    }
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
    observed(&call, operation(app, &call, message))
        .await
        .map(Response::new)
        .map_err(|error| error.to_status())
}

fn call_of<M>(request: &Request<M>) -> Result<Call, Status> {
    request.extensions().get::<Call>().cloned().ok_or_else(|| {
        tracing::error!("a request came past the guard");
        Status::internal("internal error")
    })
}

async fn observed<T>(call: &Call, work: impl Future<Output = Result<T>>) -> Result<T> {
    let started = Instant::now();
    let span = crate::telemetry::operation_span(call.method, call.traceparent.as_deref());
    let outcome = work.instrument(span.clone()).await;
    let code = match &outcome {
        Ok(_) => Code::Ok,
        Err(error) => error.to_status().code(),
    };
    metrics::histogram!("careway_rpc_seconds", "rpc" => call.method, "code" => format!("{code:?}"))
        .record(started.elapsed().as_secs_f64());
    if let Err(error) = &outcome
        && let Some(source) = error.source()
    {
        span.in_scope(|| {
            tracing::error!(error = format!("{source:#}"), reason = error.reason(), "the operation failed")
        });
    }
    outcome
}

/// The answer that was kept for the key, or the refusal.
fn replayed<Res: Message + Default>(error: Error) -> Result<Response<Res>, Status> {
    let answer = error.into_replay().map_err(|refusal| refusal.to_status())?;
    let message = Res::decode(answer).map_err(|_| Status::internal("internal error"))?;
    let mut response = Response::new(message);
    response
        .metadata_mut()
        .insert("idempotency-replayed", tonic::metadata::MetadataValue::from_static("true"));
    Ok(response)
}
