//! The aggregates of a service stand in an order; each may use only those before it.

use careway_house::{Crate, Sources};

use crate::workspace::{contexts, modules, none};

/// A service's aggregates, in their order. What stands beside them, the application, its config and errors, is free.
struct Order {
    context: &'static str,
    aggregates: &'static [&'static str],
    /// Where one uses a later one all the same.
    exceptions: &'static [Exception],
}

/// From a file to an aggregate, and why.
struct Exception {
    from: &'static str,
    to: &'static str,
    /// For readers alone.
    _because: &'static str,
}

/// A service without aggregates here is not checked.
const ORDERS: &[Order] = &[
    Order {
        context: "visits",
        aggregates: &[
            "organizations",
            "plans",
            "coverages",
            "contracts",
            "payer_rules",
            "benefits",
            "adjudication",
            "visits",
            "documents",
            "service_lines",
            "tariffs",
            "prescriptions",
            "preauthorizations",
            "medical_file",
            "claims",
        ],
        exceptions: &[
            Exception {
                from: "visits/cancel.rs",
                to: "preauthorizations",
                _because: "whoever cancels a visit cancels what was asked for it, in the same transaction",
            },
            Exception {
                from: "visits/resolve_dispute.rs",
                to: "medical_file",
                _because: "whoever upholds a dispute closes what the visit opened, in the same transaction",
            },
            Exception {
                from: "benefits/store/mod.rs",
                to: "visits",
                _because: "one statement reads the balances with what decides who may see them",
            },
        ],
    },
    Order {
        context: "channels",
        aggregates: &[
            "organizations",
            "outbound",
            "event_types",
            "channels",
            "channel_contracts",
            "consents",
            "availability",
            "resources",
            "services",
            "prices",
            "feeds",
            "connections",
            "webhook_endpoints",
            "webhook_messages",
            "channel_notices",
            "occupations",
            "slots",
            "smart",
            "joint_tests",
            "holds",
            "bookings",
            "channel_bookings",
            "actions_center",
            "closures",
        ],
        exceptions: &[
            Exception {
                from: "connections/change.rs",
                to: "holds",
                _because: "whoever stops a connection releases what it holds, in the same transaction",
            },
            Exception {
                from: "feeds/catalogue.rs",
                to: "connections",
                _because: "a joint test sees that the channel reads its catalogue",
            },
            Exception { from: "feeds/catalogue.rs", to: "joint_tests", _because: "the same" },
            Exception {
                from: "slots/list_availability.rs",
                to: "joint_tests",
                _because: "a joint test sees that the channel asks what is free",
            },
            Exception { from: "slots/look_up.rs", to: "joint_tests", _because: "the same" },
            Exception {
                from: "services/set.rs",
                to: "connections",
                _because: "whoever changes how long an examination takes tells channels of it, in the same transaction",
            },
            Exception {
                from: "services/set.rs",
                to: "bookings",
                _because: "whoever changes how long an examination takes is told which bookings that meets",
            },
            Exception {
                from: "services/view.rs",
                to: "bookings",
                _because: "the same, as the contract shows it",
            },
        ],
    },
    Order {
        context: "identity",
        aggregates: &[
            "revocations",
            "organizations",
            "accounts",
            "api_clients",
            "sessions",
            "members",
            "challenges",
        ],
        exceptions: &[],
    },
    Order {
        context: "renewals",
        aggregates: &[
            "organizations",
            "members",
            "agencies",
            "renewal_settings",
            "participants",
            "contact_digests",
            "data_issues",
            "renewals",
            "imports",
            "messages",
            "templates",
            "opt_outs",
            "campaigns",
        ],
        exceptions: &[],
    },
    Order {
        context: "cases",
        aggregates: &[
            "organizations",
            "interest_forms",
            "case_forms",
            "work_calendars",
            "service_levels",
            "attachments",
            "cases",
            "case_notices",
            "inbound_mail",
        ],
        exceptions: &[],
    },
];

fn breaches(order: &Order, of: &Crate) -> Vec<String> {
    let place = |file: &str| order.aggregates.iter().position(|name| is_of(file, name));
    let mut told = Vec::new();
    let uses = of.uses();
    for (from, to) in &uses {
        let upward = matches!((place(from), place(to)), (Some(from), Some(to)) if from < to);
        if upward && !order.exceptions.iter().any(|it| it.from == *from && is_of(to, it.to)) {
            told.push(format!("{}: {from} uses {to}, whose aggregate stands after its own", order.context));
        }
    }
    for Exception { from, to, .. } in order.exceptions {
        if !uses.iter().any(|(user, used)| user == from && is_of(used, to)) {
            told.push(format!("{}: {from} uses {to} no more, to be taken from the list", order.context));
        }
    }
    // Every folder with rooms of an aggregate has its place.
    for module in of.modules() {
        let Some((folder, "domain.rs" | "domain/mod.rs" | "api.rs" | "store.rs" | "store/mod.rs")) =
            module.file.split_once('/')
        else {
            continue;
        };
        if !order.aggregates.contains(&folder) {
            told.push(format!("{}: {folder} has no place in the order", order.context));
        }
    }
    told.dedup();
    told
}

fn is_of(file: &str, aggregate: &str) -> bool {
    file.split_once('/').is_some_and(|(folder, _)| folder == aggregate)
}

#[test]
fn aggregates_use_only_those_before_them() {
    let checked = contexts().flat_map(|(context, sources)| {
        let order = ORDERS.iter().find(|order| order.context == context).expect("every context has an order");
        if order.aggregates.is_empty() { Vec::new() } else { breaches(order, &modules(&sources)) }
    });
    none(checked.collect());
}

#[test]
fn a_use_of_what_stands_later_is_told() {
    let exceptions = &[
        Exception { from: "plans/cancel.rs", to: "visits", _because: "" },
        Exception { from: "plans/mod.rs", to: "visits", _because: "" },
    ];
    let order = Order { context: "x", aggregates: &["plans", "visits"], exceptions };
    let sources = Sources::of(&[
        ("lib.rs", "mod plans; mod visits; mod claims; mod audit; pub use visits::Visit; pub struct App;"),
        ("plans/mod.rs", "pub mod domain; pub mod cancel; pub struct Plan; fn a() { crate::audit::note() }"),
        ("plans/domain.rs", "use crate::{App, Visit};"),
        ("plans/cancel.rs", "use crate::visits::cancel::cancel;"),
        ("visits/mod.rs", "pub mod cancel; pub struct Visit; use crate::plans::Plan;"),
        ("visits/cancel.rs", "pub fn cancel() {}"),
        ("claims/mod.rs", "mod api;"),
        ("claims/api.rs", ""),
        ("audit.rs", "use crate::visits::Visit; pub fn note() {}"),
    ]);
    assert_eq!(
        breaches(&order, &modules(&sources)),
        [
            "x: plans/domain.rs uses visits/mod.rs, whose aggregate stands after its own",
            "x: plans/mod.rs uses visits no more, to be taken from the list",
            "x: claims has no place in the order",
        ]
    );
}
