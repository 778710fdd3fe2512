//! Starting, recognizing and stopping the programs of this checkout.

use std::{
    env,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    process::{Child, Command},
    time::sleep,
};

use super::version::Version;

/// How many of a program's last lines are shown when it fails.
const LAST_LINES: usize = 12;

/// Every program of that name on the search path, and in the folders non-root shells leave out of it.
pub(crate) fn which(name: &str) -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let usual = ["/usr/local/sbin", "/usr/sbin", "/opt/homebrew/bin"].map(PathBuf::from);
    env::split_paths(&path)
        .chain(usual)
        .map(|folder| folder.join(name))
        .filter(|file| file.is_file())
        .collect()
}

/// The version a program says it is, if it runs at all.
pub(crate) async fn version(program: &Path) -> Option<Version> {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output().await.ok()?;
    Version::parse(&String::from_utf8_lossy(&output.stdout))
}

/// Runs a command to its end with its output in a log; an error shows the last lines of it.
pub(crate) async fn complete(command: &mut Command, log: &Path) -> anyhow::Result<()> {
    let mut output = File::options().create(true).append(true).open(log)?;
    writeln!(output, "\n$ {}", line_of(command))?;
    let status = command
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .status()
        .await
        .with_context(|| format!("{} cannot be run", command.as_std().get_program().display()))?;
    if !status.success() {
        bail!("`{}` failed ({status}); its last words:\n{}", line_of(command), last_lines(log));
    }
    Ok(())
}

/// Starts a command in a session of its own, so that neither Ctrl-C nor a closing terminal ends it.
pub(crate) fn detach(
    program: &Path,
    log: &Path,
    prepare: impl FnOnce(&mut Command),
) -> anyhow::Result<Child> {
    let mut command = match which("setsid").first() {
        // Not a group leader, so setsid execs the program in place and the process id stays.
        Some(setsid) => {
            let mut command = Command::new(setsid);
            command.arg(program);
            command
        }
        None => {
            let mut command = Command::new(program);
            command.process_group(0);
            command
        }
    };
    prepare(&mut command);
    let output = File::options().create(true).append(true).open(log)?;
    command
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .kill_on_drop(false)
        .spawn()
        .with_context(|| format!("{} cannot be started", program.display()))
}

/// Whether that process is alive and its command line names `mark`; a process id alone may be reused by another.
pub(crate) fn is_alive(pid: u32, mark: &str) -> bool {
    command_line(pid).is_some_and(|line| line.contains(mark))
}

/// Signals a process that [`is_alive`], and waits until it is gone. Whether it is.
pub(crate) async fn stop(pid: u32, mark: &str, signal: Signal, patience: Duration) -> anyhow::Result<bool> {
    if !is_alive(pid, mark) {
        return Ok(true);
    }
    let target = i32::try_from(pid).ok().and_then(Pid::from_raw).context("not a process id")?;
    kill_process(target, signal).with_context(|| format!("process {pid} may not be stopped by this user"))?;
    let since = Instant::now();
    while is_alive(pid, mark) {
        if since.elapsed() > patience {
            return Ok(false);
        }
        sleep(Duration::from_millis(20)).await;
    }
    Ok(true)
}

/// The last lines of a log, indented.
pub(crate) fn last_lines(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = &lines[lines.len().saturating_sub(LAST_LINES)..];
    last.iter().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

/// The command line of a process; none when it is gone, or ended and only waits for its parent to notice.
fn command_line(pid: u32) -> Option<String> {
    let text = if Path::new("/proc/self/cmdline").exists() {
        String::from_utf8_lossy(&fs::read(format!("/proc/{pid}/cmdline")).ok()?).replace('\0', " ")
    } else {
        let mut ps = std::process::Command::new("ps");
        let output = ps.args(["-ww", "-o", "command=", "-p", &pid.to_string()]).output().ok()?;
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    (!text.trim().is_empty()).then_some(text)
}

fn line_of(command: &Command) -> String {
    let command = command.as_std();
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_detached_program_is_recognized_and_stopped() {
        let folder = env::temp_dir().join(format!("careway-dev-process-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let log = folder.join("log");
        let child = detach(Path::new("/bin/sh"), &log, |sh| {
            // The shell must stay: without the second command it would exec the first, and lose its mark.
            sh.args(["-c", "echo ready; sleep 60; exit", "the-mark"]);
        })
        .unwrap();
        let pid = child.id().unwrap();
        while !fs::read_to_string(&log).unwrap().contains("ready") {
            tokio::task::yield_now().await;
        }
        assert!(is_alive(pid, "the-mark"));
        assert!(!is_alive(pid, "another mark"));
        assert!(stop(pid, "the-mark", Signal::TERM, Duration::from_secs(10)).await.unwrap());
        assert!(!is_alive(pid, "the-mark"));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[tokio::test]
    async fn a_failing_command_says_its_last_words() {
        let log = env::temp_dir().join(format!("careway-dev-complete-{}.log", std::process::id()));
        let mut command = Command::new("sh");
        command.args(["-c", "echo first; echo no such thing >&2; exit 3"]);
        let error = complete(&mut command, &log).await.unwrap_err().to_string();
        assert!(error.contains("no such thing"), "{error}");
        fs::remove_file(&log).unwrap();
    }
}
