//! Where the servers are that tests run against.

use std::env;

/// The addresses of Postgres, Redis and NATS, from the environment or the defaults of a developer's machine.
#[derive(Debug, Clone)]
pub struct TestServers {
    /// A superuser's URL: it creates roles and databases. `CAREWAY_TEST_POSTGRES_URL`.
    pub postgres: String,
    /// `CAREWAY_TEST_REDIS_URL`.
    pub redis: String,
    /// NATS 2.10 or newer, with JetStream. `CAREWAY_TEST_NATS_URL`.
    pub nats: String,
}

impl TestServers {
    /// Reads the environment.
    #[must_use]
    pub fn from_env() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "where the servers are, the test command says by these"
        )]
        let url = |name, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
        Self {
            postgres: url(
                "CAREWAY_TEST_POSTGRES_URL",
                // A TLS handshake on the loopback would double the price of a connection.
                "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable",
            ),
            redis: url("CAREWAY_TEST_REDIS_URL", "redis://127.0.0.1:6379"),
            nats: url("CAREWAY_TEST_NATS_URL", "nats://127.0.0.1:14222"),
        }
    }
}
