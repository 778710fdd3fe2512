//! A span for each SQL statement of a recorded operation: what it does, to which table, and how long it took; never its
//! text, which in a batch holds values. Made when sqlx tells that a statement has ended.

use std::{
    fmt,
    sync::OnceLock,
    time::{Duration, SystemTime},
};

use opentelemetry::{
    KeyValue,
    trace::{Span, SpanKind, TraceContextExt, Tracer},
};
use opentelemetry_sdk::trace::SdkTracer;
use tracing::{
    Dispatch, Event, Level, Subscriber,
    dispatcher::WeakDispatch,
    field::{Field, Visit},
};
use tracing_subscriber::{
    filter::Targets,
    layer::{Context, Layer},
};

/// Where sqlx tells of statements.
pub(crate) const TARGET: &str = "sqlx::query";

/// Turns what sqlx tells into spans.
pub(crate) struct Statements {
    tracer: SdkTracer,
    dispatch: OnceLock<WeakDispatch>,
}

impl Statements {
    pub(crate) fn new(tracer: SdkTracer) -> Self {
        Self { tracer, dispatch: OnceLock::new() }
    }

    /// What this layer is to be shown: statements, and nothing else.
    pub(crate) fn shown() -> Targets {
        Targets::new().with_target(TARGET, Level::TRACE)
    }

    /// Where the statement belongs: the operation's span, if that is recorded.
    fn parent(&self) -> Option<opentelemetry::Context> {
        let dispatch = self.dispatch.get()?.upgrade()?;
        let parent = tracing_opentelemetry::get_otel_context(dispatch.current_span().id()?, &dispatch)?;
        parent.span().span_context().is_sampled().then_some(parent)
    }
}

impl<S: Subscriber> Layer<S> for Statements {
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        let _ = self.dispatch.set(dispatch.downgrade());
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let Some(parent) = self.parent() else { return };
        let mut told = Told::default();
        event.record(&mut told);
        let Some((name, attributes)) = told.named else { return };
        let ended = SystemTime::now();
        let took = Duration::try_from_secs_f64(told.seconds).unwrap_or_default();
        self.tracer
            .span_builder(name)
            .with_kind(SpanKind::Client)
            .with_start_time(ended.checked_sub(took).unwrap_or(ended))
            .with_attributes(attributes)
            .start_with_context(&self.tracer, &parent)
            .end_with_timestamp(ended);
    }
}

/// What is taken from sqlx's event.
#[derive(Default)]
struct Told {
    named: Option<(String, Vec<KeyValue>)>,
    seconds: f64,
}

impl Visit for Told {
    fn record_str(&mut self, field: &Field, value: &str) {
        // The summary is the whole of a statement of a few words, and the beginning of any other.
        let is_text = field.name() == "db.statement" && !value.is_empty();
        if is_text || (field.name() == "summary" && self.named.is_none()) {
            self.named = Some(name(value));
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "elapsed_secs" {
            self.seconds = value;
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

/// A statement's name, like `SELECT visit`, and its attributes by OpenTelemetry's conventions.
fn name(sql: &str) -> (String, Vec<KeyValue>) {
    let operation = operation(sql);
    let table = table(operation, sql);
    let name = [Some(operation), table].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let mut attributes = vec![
        KeyValue::new("db.system.name", "postgresql"),
        KeyValue::new("db.operation.name", operation),
        KeyValue::new("db.query.summary", name.clone()),
    ];
    attributes.extend(table.map(|table| KeyValue::new("db.collection.name", table.to_owned())));
    (name, attributes)
}

/// A batch is called after what it does to its transaction.
fn operation(sql: &str) -> &'static str {
    const OPERATIONS: [&str; 8] =
        ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "BEGIN", "COMMIT", "ROLLBACK"];
    let last = sql.trim_end().rsplit(|it: char| !it.is_ascii_alphabetic()).next().unwrap_or_default();
    if last.eq_ignore_ascii_case("COMMIT") {
        return "COMMIT";
    }
    let first = sql.trim_start().split(|it: char| !it.is_ascii_alphabetic()).next().unwrap_or_default();
    OPERATIONS.into_iter().find(|operation| operation.eq_ignore_ascii_case(first)).unwrap_or("OTHER")
}

/// The first table of a statement that is not a batch: there a word may be a value.
fn table<'s>(operation: &str, sql: &'s str) -> Option<&'s str> {
    let before = match operation {
        "SELECT" | "WITH" | "DELETE" => "from",
        "INSERT" => "into",
        "UPDATE" => "update",
        _ => return None,
    };
    let mut words = sql.split_whitespace();
    words.find(|word| word.eq_ignore_ascii_case(before))?;
    let named = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
    let word = words.next()?;
    let end = word.find(|it| !named(it)).unwrap_or(word.len());
    Some(&word[..end]).filter(|table| !table.is_empty())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use opentelemetry::trace::TracerProvider;
    use opentelemetry_sdk::{
        error::OTelSdkResult,
        trace::{SdkTracerProvider, SpanData, SpanExporter},
    };
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[test]
    fn statements_are_called_after_what_they_do() {
        let names = [
            ("select a from visit where visit_id = $1", "SELECT visit"),
            ("with due as (select x from message limit 1) update message set y = $1", "WITH message"),
            ("insert into outbox (id) values ($1)", "INSERT outbox"),
            ("update outbox set published_at = $1", "UPDATE outbox"),
            ("delete from inbox where at < $1", "DELETE inbox"),
            ("select * from unnest($1::uuid[]) as it", "SELECT unnest"),
            ("select exists (select from (values (1)) as it)", "SELECT"),
            ("select set_config('careway.kind', $1, false)", "SELECT"),
            ("begin;select set_config('careway.kind','FACILITY',true);", "BEGIN"),
            ("insert into outbox (payload) values ('\\x01');commit", "COMMIT"),
            ("begin;insert into audit_entry (action) values ('read from ward');commit", "COMMIT"),
            ("rollback", "ROLLBACK"),
            ("LISTEN \"outbox\"", "OTHER"),
        ];
        for (sql, expected) in names {
            assert_eq!(name(sql).0, expected, "{sql}");
        }
    }

    #[derive(Debug, Clone, Default)]
    struct Exported(Arc<Mutex<Vec<SpanData>>>);

    impl SpanExporter for Exported {
        async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
            self.0.lock().unwrap().extend(batch);
            Ok(())
        }
    }

    fn tell() {
        tracing::event!(
            target: TARGET,
            Level::TRACE,
            summary = "select name from member …",
            db.statement = "\n\nselect name from member where phone = '+250788000001'\n",
            elapsed_secs = 0.25
        );
    }

    #[test]
    fn a_statement_is_a_span_of_its_operation_without_its_text() {
        let exported = Exported::default();
        let provider = SdkTracerProvider::builder().with_simple_exporter(exported.clone()).build();
        let tracer = || provider.tracer("tests");
        let operations = tracing_opentelemetry::layer()
            .with_tracer(tracer())
            .with_filter(Targets::new().with_target(module_path!(), Level::INFO));
        let subscriber = tracing_subscriber::registry()
            .with(operations)
            .with(Statements::new(tracer()).with_filter(Statements::shown()));
        tracing::subscriber::with_default(subscriber, || {
            tell();
            tracing::info_span!("operation").in_scope(tell);
        });
        let spans = exported.0.lock().unwrap();
        let [statement, operation] = &spans[..] else { panic!("one statement of one operation: {spans:?}") };
        assert_eq!((&*statement.name, &*operation.name), ("SELECT member", "operation"));
        assert_eq!(statement.parent_span_id, operation.span_context.span_id());
        assert_eq!(statement.span_context.trace_id(), operation.span_context.trace_id());
        let took = statement.end_time.duration_since(statement.start_time).unwrap();
        assert_eq!(took, Duration::from_millis(250));
        assert!(!format!("{spans:?}").contains("+250788000001"), "{spans:?}");
    }
}
