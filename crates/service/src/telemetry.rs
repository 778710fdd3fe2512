//! Logs, traces and metrics: how they are set up, and the span of an operation.

use std::time::Duration;

use anyhow::Context;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use opentelemetry::{
    KeyValue,
    propagation::TextMapPropagator,
    trace::{TraceContextExt, TracerProvider},
};
use opentelemetry_otlp::WithExportConfig;
use opentelemetry_sdk::{propagation::TraceContextPropagator, trace::SdkTracerProvider};
use tracing::{Level, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{
    EnvFilter, Layer, filter::Targets, layer::SubscriberExt, registry::LookupSpan, util::SubscriberInitExt,
};

use crate::{
    measured,
    statements::{self, Statements},
};

/// Bounds of the buckets of every duration, in seconds. Buckets of several processes can be added up; quantiles cannot.
const SECONDS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// How often recorded durations are put into their buckets; until then each takes memory of its own.
const UPKEEP: Duration = Duration::from_secs(5);

/// How a process tells what it does.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct TelemetrySettings {
    /// What is logged, as `level` or `target=level,…`.
    #[arg(long, env = "CAREWAY_LOG", default_value = "info,sqlx=warn,async_nats=warn,h2=warn,hyper=warn")]
    pub log: String,
    /// `json` for machines, `pretty` for people.
    #[arg(long, env = "CAREWAY_LOG_FORMAT", default_value = "json")]
    pub log_format: LogFormat,
    /// An OTLP collector's gRPC address; without it no traces are sent.
    #[arg(long, env = "CAREWAY_OTLP_ENDPOINT")]
    pub otlp_endpoint: Option<String>,
}

/// The shapes of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Coloured text.
    Pretty,
}

/// Keeps traces flowing; `shutdown` sends the last ones.
pub struct Telemetry {
    traces: Option<SdkTracerProvider>,
    /// The metrics of this process, in Prometheus' text format.
    pub metrics: PrometheusHandle,
}

impl Telemetry {
    /// Sets up logs, traces and metrics for the process. Once.
    pub fn start(service: &'static str, settings: &TelemetrySettings) -> anyhow::Result<Self> {
        let logged = logged(&settings.log)?;
        let traces =
            settings.otlp_endpoint.as_deref().map(|endpoint| exporter(service, endpoint)).transpose()?;
        let set_up = match &traces {
            None => tracing_subscriber::registry().with(logged).with(lines(settings.log_format)).try_init(),
            // Traces are whole, however little is logged.
            Some(provider) => {
                let tracer = || provider.tracer("careway");
                let spans = tracing_opentelemetry::layer().with_tracer(tracer());
                tracing_subscriber::registry()
                    .with(spans.with_filter(Targets::new().with_target("careway", Level::INFO)))
                    .with(Statements::new(tracer()).with_filter(Statements::shown()))
                    .with(lines(settings.log_format).with_filter(logged))
                    .try_init()
            }
        };
        set_up.context("logging is set up twice")?;
        let metrics = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
            .install_recorder()
            .context("metrics are set up twice")?;
        measured::describe();
        let recorded = metrics.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(UPKEEP).await;
                recorded.run_upkeep();
            }
        });
        Ok(Self { traces, metrics })
    }

    /// Sends what is still buffered. Last of all.
    pub fn shutdown(self) {
        if let Some(traces) = self.traces
            && let Err(error) = traces.shutdown_with_timeout(Duration::from_secs(3))
        {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// What becomes a line. Statements never do, whatever is asked for: in batches stand answers and events.
fn logged(filter: &str) -> anyhow::Result<EnvFilter> {
    let filter = EnvFilter::try_new(filter).context("CAREWAY_LOG is not a filter")?;
    Ok(filter.add_directive(format!("{}=off", statements::TARGET).parse()?))
}

fn lines<S>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    match format {
        LogFormat::Json => tracing_subscriber::fmt::layer().json().flatten_event(true).boxed(),
        LogFormat::Pretty => tracing_subscriber::fmt::layer().with_target(false).boxed(),
    }
}

fn exporter(service: &'static str, endpoint: &str) -> anyhow::Result<SdkTracerProvider> {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .with_timeout(Duration::from_secs(10))
        .build()
        .context("CAREWAY_OTLP_ENDPOINT")?;
    let resource = opentelemetry_sdk::Resource::builder()
        .with_service_name(format!("careway-{service}"))
        .with_attributes([
            KeyValue::new("service.namespace", "careway"),
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.instance.id", instance_id()),
        ])
        .build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

/// Tells this process from another of its name, and from itself before it was started again.
#[expect(clippy::disallowed_methods, reason = "a process is no row: its id says nothing of the time")]
fn instance_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// The `traceparent` of the current span, when it is recorded.
pub fn current_traceparent() -> Option<String> {
    traceparent(&Span::current())
}

/// Calls the current span otherwise, once it is known what it is about. A name that is recorded as a field comes too late for a
/// span that has begun.
pub fn rename_current(name: String) {
    Span::current().context().span().update_name(name);
}

fn traceparent(span: &Span) -> Option<String> {
    let context = span.context();
    let carried = context.span().span_context().clone();
    carried.is_valid().then(|| {
        format!("00-{}-{}-{:02x}", carried.trace_id(), carried.span_id(), carried.trace_flags().to_u8())
    })
}

/// The trace that a `traceparent` names.
pub(crate) fn trace_id(traceparent: &str) -> Option<&str> {
    traceparent.get(3..35)
}

/// Whether whoever named this trace has it recorded, by the flag at its end.
pub fn is_recorded(traceparent: &str) -> bool {
    let flags = traceparent.rsplit('-').next().and_then(|flags| u8::from_str_radix(flags, 16).ok());
    flags.is_some_and(|flags| flags & 1 == 1)
}

/// Makes `span` a child of what a `traceparent` names. Before the span is entered.
pub fn continue_trace(span: &Span, traceparent: Option<&str>) {
    let Some(traceparent) = traceparent else { return };
    let carrier = std::collections::HashMap::from([("traceparent".to_owned(), traceparent.to_owned())]);
    // Refused where spans are not recorded: then there is nothing to continue.
    let _ = span.set_parent(TraceContextPropagator::new().extract(&carrier));
}

/// The span of one operation, named after its RPC: `visits.verify_visit`. Its attributes are those of OpenTelemetry's semantic
/// conventions for RPCs.
pub(crate) fn operation_span(method: &'static str, traceparent: Option<&str>) -> Span {
    let (service, rpc) = method.trim_start_matches('/').split_once('/').unwrap_or_default();
    let span = tracing::info_span!(
        "operation",
        otel.name = operation_name(method),
        otel.kind = "server",
        rpc.system = "grpc",
        rpc.service = service,
        rpc.method = rpc,
        rpc.grpc.status_code = tracing::field::Empty,
        trace_id = traceparent.and_then(trace_id)
    );
    continue_trace(&span, traceparent);
    span
}

/// `/careway.visits.v1.VisitService/VerifyVisit` as `visits.verify_visit`.
fn operation_name(method: &str) -> String {
    let mut parts = method.trim_start_matches('/').split(['.', '/']);
    let context = parts.nth(1).unwrap_or_default();
    let rpc = parts.next_back().unwrap_or_default();
    let mut name = format!("{context}.");
    for (index, letter) in rpc.chars().enumerate() {
        if letter.is_uppercase() && index > 0 {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_trace_says_so_in_its_flags() {
        assert!(is_recorded("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        assert!(is_recorded("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03"));
        assert!(!is_recorded("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"));
        assert!(!is_recorded("hardly a trace"));
    }

    #[test]
    fn statements_are_not_logged_even_where_everything_is() {
        for filter in ["trace", "info,sqlx=trace", "sqlx::query=trace"] {
            let logged = logged(filter).unwrap();
            let subscriber = tracing_subscriber::registry().with(logged);
            tracing::subscriber::with_default(subscriber, || {
                assert!(!tracing::enabled!(target: statements::TARGET, Level::ERROR), "{filter}");
            });
        }
    }

    #[test]
    fn one_word_runs_from_the_rpc_to_the_span() {
        assert_eq!(operation_name("/careway.visits.v1.VisitService/VerifyVisit"), "visits.verify_visit");
    }
}
