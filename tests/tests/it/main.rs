//! Journeys and attacks, through the gateway, each on a platform of its own.

#![expect(clippy::disallowed_methods, reason = "tests are bound to no clock")]

/// Makes tests of journeys, functions of a platform: each is passed on one process and on separate ones, the same code.
macro_rules! on_every_layout {
    ($($journey:ident),+ $(,)?) => {
        on_every_layout! { one_process: OneProcess: $($journey),+ }
        on_every_layout! { separate_processes: SeparateProcesses: $($journey),+ }
    };
    ($module:ident: $layout:ident: $($journey:ident),+) => {
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $journey() {
                    careway_tests::TestPlatform::passes(careway_tests::Layout::$layout, super::$journey).await;
                }
            )+
        }
    };
}

mod account_pages;
mod actions_center;
mod agency_isolation;
mod audited;
mod authorities;
mod bad_requests;
mod campaigns;
mod case_attachments;
mod case_forms;
mod case_isolation;
mod case_mail;
mod case_notices;
mod case_refusals;
mod cases;
mod channel_bookings;
mod channel_changes;
mod channel_connection;
mod check_in;
mod check_in_refusals;
mod claim_documents;
mod claim_imports;
mod claim_kills;
mod claim_notices;
mod claim_parties;
mod claim_reservations;
mod claims;
mod clients;
mod contract;
mod conventions;
mod dead_letters;
mod deliveries;
mod demo;
mod demo_network;
mod dispute_page;
mod docs;
mod document;
mod documents;
mod documents_memory;
mod edge;
mod edge_memory;
mod edge_restarts;
mod edge_slow_clients;
mod explanation_page;
mod foreign_resource_servers;
mod forger;
mod generated_client;
mod guesses;
mod guide;
mod imports;
mod interest_forms;
mod isolation;
mod joint_test;
mod kills;
mod lists;
mod lost_streams;
mod mail_kills;
mod mail_storm;
mod medical_file;
mod members;
mod negotiation;
mod notices;
mod openings;
mod organizations;
mod outages;
mod overrides;
mod participant_imports;
mod participants;
mod participants_memory;
mod permissions;
mod plans;
mod preauthorization_notices;
mod preauthorization_parties;
mod preauthorizations;
mod prescription_notices;
mod prescriptions;
mod reasons;
mod renewals;
mod replicas;
mod restores;
mod row_level_security;
mod second_factors;
mod service_levels;
mod sessions;
mod settings;
mod several_payers;
mod tokens;
mod traces;
mod twins;
mod typescript_client;
mod unsubscribe;
mod visit_notices;
mod webhooks;
mod who_may_see;
mod workbooks;
