//! Careway's own programs, as they are built beside the tests.

use std::{env, path::PathBuf, process::Stdio};

use tokio::process::Command;

/// A program by what it serves, like `visits`, which knows these settings and none of the environment's.
///
/// # Panics
/// When it is not built.
pub fn program(name: &str, settings: &[(String, String)]) -> Command {
    built(&format!("careway-{name}"), settings)
}

/// What `cargo dev` calls.
///
/// # Panics
/// When it is not built.
pub fn dev() -> Command {
    built("dev", &[])
}

fn built(name: &str, settings: &[(String, String)]) -> Command {
    let path = folder().join(name);
    assert!(path.is_file(), "{} is not there: `cargo build --workspace --bins` builds it", path.display());
    let mut command = Command::new(path);
    for (variable, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CAREWAY_")) {
        command.env_remove(variable);
    }
    command.envs(settings.iter().map(|(name, value)| (name, value))).stdin(Stdio::null()).kill_on_drop(true);
    // A program's last words are to be why it ended, not where.
    command.env("RUST_BACKTRACE", "0");
    command
}

/// `CAREWAY_TEST_PROGRAMS`, or where cargo puts programs: one above the tests.
fn folder() -> PathBuf {
    if let Some(named) = env::var_os("CAREWAY_TEST_PROGRAMS") {
        return named.into();
    }
    let this = env::current_exe().expect("a test knows where it is");
    this.ancestors().nth(2).expect("tests are built in a folder of the programs'").to_owned()
}
