//! An OTLP collector that keeps the spans it is sent.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use opentelemetry_proto::tonic::{
    collector::trace::v1::{
        ExportTraceServiceRequest, ExportTraceServiceResponse,
        trace_service_server::{TraceService, TraceServiceServer},
    },
    common::v1::{KeyValue, any_value::Value},
};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status, async_trait};

/// A collector on a port of its own, until it is dropped.
pub struct Collector {
    address: SocketAddr,
    spans: Spans,
    task: JoinHandle<()>,
}

/// A span as it was sent.
#[derive(Debug, Clone)]
pub struct Span {
    /// The process that sent it, like `careway-visits`.
    pub process: String,
    /// The trace, in hex.
    pub trace: String,
    /// The span, in hex.
    pub id: String,
    /// The span it is within, in hex; empty at the top.
    pub parent: String,
    /// What it is called.
    pub name: String,
    /// Every attribute that is a text.
    pub attributes: Vec<(String, String)>,
}

#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<Span>>>);

impl Collector {
    /// Starts one.
    ///
    /// # Panics
    /// When the loopback has no port left.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on the loopback");
        let address = listener.local_addr().expect("a bound listener has an address");
        let spans = Spans::default();
        let server = tonic::transport::Server::builder().add_service(TraceServiceServer::new(spans.clone()));
        let task = tokio::spawn(async move {
            server.serve_with_incoming(TcpListenerStream::new(listener)).await.expect("the collector serves");
        });
        Self { address, spans, task }
    }

    /// For `CAREWAY_OTLP_ENDPOINT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every span that came so far. Processes send the last of theirs when they end.
    pub fn spans(&self) -> Vec<Span> {
        self.spans.0.lock().expect("never poisoned").clone()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Span {
    /// A text attribute; empty when it is not there.
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| &**value).unwrap_or_default()
    }
}

#[async_trait]
impl TraceService for Spans {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let mut spans = self.0.lock().expect("never poisoned");
        for sent in request.into_inner().resource_spans {
            let resource = sent.resource.map(|resource| texts(resource.attributes)).unwrap_or_default();
            let process = resource.into_iter().find(|(name, _)| name == "service.name");
            let process = process.map(|(_, name)| name).unwrap_or_default();
            for span in sent.scope_spans.into_iter().flat_map(|scope| scope.spans) {
                spans.push(Span {
                    process: process.clone(),
                    trace: hex::encode(span.trace_id),
                    id: hex::encode(span.span_id),
                    parent: hex::encode(span.parent_span_id),
                    name: span.name,
                    attributes: texts(span.attributes),
                });
            }
        }
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

fn texts(attributes: Vec<KeyValue>) -> Vec<(String, String)> {
    let text = |attribute: KeyValue| match attribute.value?.value? {
        Value::StringValue(text) => Some((attribute.key, text)),
        _ => None,
    };
    attributes.into_iter().filter_map(text).collect()
}
