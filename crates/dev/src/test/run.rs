//! What the steps have in common: running a program in the checkout, with the addresses of its servers.

use std::{
    env,
    ffi::OsStr,
    io::{self, Write},
    path::Path,
    process::{ExitStatus, Stdio},
};

use anyhow::{Context, bail};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

use super::results::Results;
use crate::{checkout::Checkout, say, servers::Servers};

/// As many failed tests at most are run once more; where more fail, the code is broken.
const RUN_ONCE_MORE: usize = 3;

/// One run of `cargo dev test`.
pub(super) struct Run<'a> {
    checkout: &'a Checkout,
    environment: Vec<(&'static str, String)>,
    postgres: Option<String>,
}

impl<'a> Run<'a> {
    pub(super) fn new(checkout: &'a Checkout) -> Self {
        let mut environment = Vec::new();
        if env::var_os("CI").is_some() {
            // What incremental builds keep for a next time is wasted where there is none.
            environment.push(("CARGO_INCREMENTAL", "0".to_owned()));
        }
        Self { checkout, environment, postgres: None }
    }

    /// Lets the steps' programs know where the servers are.
    pub(super) fn use_servers(&mut self, servers: &Servers) {
        self.postgres = Some(servers.postgres.clone());
        self.environment.extend([
            ("CAREWAY_TEST_POSTGRES_URL", servers.postgres.clone()),
            ("CAREWAY_TEST_REDIS_URL", servers.redis.clone()),
            ("CAREWAY_TEST_NATS_URL", servers.nats.clone()),
        ]);
    }

    /// Where the tests' Postgres is, for a step that needs servers.
    pub(super) fn postgres(&self) -> Option<&str> {
        self.postgres.as_deref()
    }

    pub(super) fn checkout(&self) -> &'a Checkout {
        self.checkout
    }

    /// Runs a cargo command, its output passed through.
    pub(super) async fn cargo(&self, arguments: &[&str]) -> anyhow::Result<Option<String>> {
        self.program(Path::new("cargo"), arguments).await
    }

    /// Runs a program at the root of the checkout, its output passed through.
    pub(super) async fn program(&self, program: &Path, arguments: &[&str]) -> anyhow::Result<Option<String>> {
        let status = self
            .command(program, arguments)
            .status()
            .await
            .with_context(|| format!("{} cannot be run", program.display()))?;
        if !status.success() {
            bail!("`{} {}` failed ({status})", program.display(), arguments.join(" "));
        }
        Ok(None)
    }

    /// Runs all tests, also after one failed: whoever mends one wants to know of the others. What their results are, or what
    /// failed.
    ///
    /// If only a few failed, those are run once more, alone: this machine may have been at something else for seconds. What
    /// failed first is told either way (`docs/decisions/0022-once-more.md`).
    pub(super) async fn cargo_test(&self, environment: &[(&str, String)]) -> anyhow::Result<Option<String>> {
        let all = ["test", "--workspace", "--no-fail-fast"].as_slice();
        let (first, results) = self.tested(all, environment).await?;
        if first.success() {
            return Ok(Some(results.to_string()));
        }
        if let Some(names) = results.few_failed(RUN_ONCE_MORE) {
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            say::headline(format!("Once more, alone: {}", names.join(", ")));
            let few = [all, &["--", "--test-threads=1", "--exact"], names.as_slice()].concat();
            let (second, again) = self.tested(&few, environment).await?;
            if second.success() && again.as_many_passed(&results) {
                return Ok(Some(results.passed_at_last().to_string()));
            }
        }
        bail!("`cargo {}` failed ({first}): {results}", all.join(" "))
    }

    /// Runs a cargo command that runs tests, its output passed through and its results added up.
    async fn tested(
        &self,
        arguments: &[&str],
        environment: &[(&str, String)],
    ) -> anyhow::Result<(ExitStatus, Results)> {
        let mut command = self.command(Path::new("cargo"), arguments);
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().context("the output is piped")?;
        let mut lines = BufReader::new(output).split(b'\n');
        let mut results = Results::default();
        while let Some(mut line) = lines.next_segment().await? {
            results.add(&String::from_utf8_lossy(&line));
            line.push(b'\n');
            io::stdout().write_all(&line)?;
        }
        Ok((child.wait().await?, results))
    }

    fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.checkout.root()).stdin(Stdio::null());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        for (name, _) in env::vars_os().filter(|(name, _)| is_of_this_run(name)) {
            command.env_remove(name);
        }
        command
    }
}

/// Whether `cargo run` told this to the command it runs, about that command; another cargo must not hear it.
fn is_of_this_run(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"]
        .iter()
        .any(|start| name.starts_with(start))
}
