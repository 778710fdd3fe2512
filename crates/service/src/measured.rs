//! The help of every metric, in one list.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_process::Collector;

const COUNTERS: &[(&str, &str)] = &[
    ("careway_bounces_total", "Mails that came back, by what their bounce says."),
    ("careway_case_alarms_total", "Alarms of service levels, by measure and alarm."),
    ("careway_code_locks_total", "One-time codes that were locked after too many wrong tries."),
    ("careway_code_messages_total", "One-time codes given to the renewals service for sending, by outcome."),
    ("careway_code_tries_total", "Tries to verify a one-time code, by outcome."),
    ("careway_codes_total", "One-time codes that were made."),
    ("careway_connections_refused_total", "Connections that an address had too many of."),
    ("careway_events_total", "Events that a consumer took, parked or tried again."),
    ("careway_inbound_mail_total", "Mails that came in, by what became of them."),
    ("careway_inbound_sms_total", "Text messages that came in, by route."),
    ("careway_messages_total", "Messages by channel and outcome."),
    ("careway_outbox_published_total", "Events published from the outbox."),
    ("careway_outbox_refilled_total", "Events published once more into a stream that had lost them."),
    ("careway_receipts_total", "Delivery receipts of carriers, by route and state."),
    ("careway_requests_shed_total", "Requests refused because the process had all it can do."),
    ("careway_requests_throttled_total", "Requests refused because their caller had its share."),
    ("careway_segments_total", "Segments of text messages, by route and the carrier's answer."),
    ("careway_sign_ins_rejected_total", "Sign-ins with a wrong password or second factor."),
    ("careway_webhook_attempts_total", "Attempts to deliver a webhook, by outcome."),
];

const GAUGES: &[(&str, &str)] = &[
    ("careway_background_tasks", "Short work that goes on after its request was answered."),
    ("careway_build_info", "1, with the version of the program as its label."),
    ("careway_consumer_pending", "Events that a consumer has not taken yet."),
    ("careway_database_connections", "Connections to the database, by state: idle or lent."),
    ("careway_database_waiting", "Requests that wait for a connection to the database."),
    (
        "careway_documents_sweep_braked",
        "1 when stored documents have no rows as it seems, and none is swept.",
    ),
    ("careway_messages_oldest_seconds", "For how long the message waits that waits longest."),
    ("careway_messages_waiting", "Messages that wait, by channel and state."),
    ("careway_outbox_oldest_seconds", "For how long the event waits in the outbox that waits longest."),
    ("careway_route_up", "1 while this process has a session with the carrier of a route."),
    ("careway_stream_filled_ratio", "How full the event stream is; 1 takes no more."),
    ("careway_webhook_oldest_seconds", "For how long the webhook endpoint is due that waits longest."),
    ("careway_webhook_turns", "Webhook endpoints that this process attends to, by lane."),
];

const SECONDS: &[(&str, &str)] = &[
    ("careway_http_seconds", "How long a request took at the gateway, by method, route and status."),
    ("careway_rpc_seconds", "How long an RPC took in its service, by RPC and gRPC code."),
];

/// Gives every metric its help, for the recorder that is set up.
pub(crate) fn describe() {
    for (name, help) in COUNTERS {
        describe_counter!(*name, *help);
    }
    for (name, help) in GAUGES {
        describe_gauge!(*name, *help);
    }
    for (name, help) in SECONDS {
        describe_histogram!(*name, Unit::Seconds, *help);
    }
    Collector::default().describe();
    gauge!("careway_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() && entry.file_name() != "target" {
                sources(&path, found);
            } else if path.extension().is_some_and(|it| it == "rs") {
                found.push(fs::read_to_string(path).unwrap());
            }
        }
    }

    /// The names in `metrics::counter!("…")` and its like.
    fn measured(source: &str) -> impl Iterator<Item = &str> {
        ["counter!(", "gauge!(", "histogram!("].into_iter().flat_map(move |call| {
            source.split(call).skip(1).filter_map(|rest| {
                let name = rest.trim_start().strip_prefix('"')?.split('"').next()?;
                name.starts_with("careway_").then_some(name)
            })
        })
    }

    #[test]
    fn every_metric_has_its_help_and_nothing_else_has() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut found = Vec::new();
        for folder in ["crates", "services"] {
            sources(&root.join(folder), &mut found);
        }
        let named: BTreeSet<&str> = found.iter().flat_map(|source| measured(source)).collect();
        let helped: BTreeSet<&str> =
            [COUNTERS, GAUGES, SECONDS].into_iter().flatten().map(|(name, _)| *name).collect();
        assert_eq!(named, helped);
    }
}
