//! PostgreSQL 15 or newer: found, installed, its cluster made, and started as an account it accepts.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, bail};
use sqlx::{Connection, PgConnection};
use tokio::{
    process::{Child, Command},
    time::timeout,
};

use super::{install, process, version::Version};
use crate::{checkout::Checkout, say};

const OLDEST: Version = Version(15, 0);

/// The account PostgreSQL runs under: it refuses root, so root hands over to this one.
struct Account {
    user: u32,
    group: u32,
}

/// Makes the cluster when there is none, and starts the server.
pub(super) async fn start(checkout: &Checkout, folder: &Path, port: u16) -> anyhow::Result<Child> {
    let account = account()?;
    let data = folder.join("data");
    let made_by = fs::read_to_string(data.join("PG_VERSION")).ok().and_then(|text| Version::parse(&text));
    let programs = programs(checkout, made_by).await?;
    if made_by.is_none() {
        initialize(checkout, folder, &programs, account.as_ref()).await?;
    }
    release(&data)?;

    let log = checkout.log("postgres")?;
    process::detach(&programs.join("postgres"), &log, |postgres| {
        postgres.arg("-D").arg(&data).current_dir(&data).env("LC_ALL", locale());
        let settings = [
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={port}"),
            // A socket's path may not be longer than 107 bytes; a checkout's may.
            "unix_socket_directories=".to_owned(),
            "max_connections=800".to_owned(),
            "fsync=on".to_owned(),
            "timezone=UTC".to_owned(),
            "log_timezone=UTC".to_owned(),
        ];
        // Counts statements, by which `cargo dev test` sees what no test ran. One test database among many has its own.
        let counting = ["shared_preload_libraries=pg_stat_statements", "pg_stat_statements.max=50000"];
        let counting = counting.map(str::to_owned).into_iter().filter(|_| counts_statements(&programs));
        for setting in settings.into_iter().chain(counting) {
            postgres.args(["-c", &setting]);
        }
        become_account(postgres, account.as_ref());
    })
}

/// Whether the extension `pg_stat_statements` came with PostgreSQL; it does, but where packages are cut small.
fn counts_statements(programs: &Path) -> bool {
    // A package's program may be linked to from elsewhere; its libraries stand beside itself.
    let program = programs.join("postgres").canonicalize().unwrap_or_default();
    let Some(root) = program.parent().and_then(Path::parent) else { return false };
    let folders = [root.join("lib"), root.join("lib/postgresql")];
    let files = ["pg_stat_statements.so", "pg_stat_statements.dylib"];
    folders.iter().any(|folder| files.iter().any(|file| folder.join(file).is_file()))
}

/// Whether the server that answers on that port is the one whose data is in `folder`.
pub(super) async fn answers(port: u16, folder: &Path) -> bool {
    let ask = async {
        let mut connection = PgConnection::connect(&url(port)).await.ok()?;
        let data: String = sqlx::query_scalar("show data_directory").fetch_one(&mut connection).await.ok()?;
        let _ = connection.close().await;
        Some(Path::new(&data) == folder.join("data"))
    };
    timeout(Duration::from_secs(2), ask).await.ok().flatten().unwrap_or(false)
}

/// Where the superuser connects.
pub(super) fn url(port: u16) -> String {
    // Without sslmode each connection would ask for TLS first, which this server has not.
    format!("postgres://postgres@127.0.0.1:{port}/postgres?sslmode=disable")
}

/// The folder of the cluster: in the checkout, or, when PostgreSQL's account cannot reach that, under /var/lib.
pub(super) async fn folder(checkout: &Checkout) -> anyhow::Result<PathBuf> {
    // Installing brings the account with it, so that comes first.
    programs(checkout, None).await?;
    let inside = checkout.folder("postgres")?;
    let Some(account) = account()? else { return Ok(inside) };
    if is_reachable(&inside, &account).await? {
        return Ok(inside);
    }
    fs::remove_dir(&inside).context("the unreachable .dev/postgres is not empty")?;
    let outside = outside(checkout);
    fs::create_dir_all(&outside).with_context(|| format!("cannot make {}", outside.display()))?;
    // With root's umask of 077 the account could not pass through; the cluster's own folder is the account's.
    if let Some(parent) = outside.parent() {
        fs::set_permissions(parent, fs::Permissions::from_mode(0o755))?;
    }
    if is_reachable(&outside, &account).await? {
        say::line(format!(
            "the account `postgres` cannot reach this checkout; its data is in {}",
            outside.display()
        ));
        return Ok(outside);
    }
    bail!("the account `postgres` can reach neither {} nor {}", inside.display(), outside.display())
}

/// The folder that stands in for `.dev/postgres`.
pub(super) fn outside(checkout: &Checkout) -> PathBuf {
    PathBuf::from(format!("/var/lib/careway-dev-{:016x}/postgres", checkout.key()))
}

/// The folder with `postgres` and `initdb`, installed when there is none.
async fn programs(checkout: &Checkout, made_by: Option<Version>) -> anyhow::Result<PathBuf> {
    if let Some(found) = find(made_by).await {
        return Ok(found);
    }
    if let Some(Version(major, _)) = made_by {
        bail!(
            "the database of this checkout was made by PostgreSQL {major}, which is not installed any more; \
             `cargo dev down --purge` removes it, and a new start makes another"
        );
    }
    // The package makes and starts a cluster of its own on port 5432; nothing here uses it.
    install::apt(checkout, "PostgreSQL 15 or newer", &["postgresql"]).await?;
    find(None).await.context(
        "the system's `postgresql` package is older than 15; \
         https://www.postgresql.org/download/ has newer ones for it",
    )
}

/// The newest installation that is new enough, or the one of the version an existing cluster needs.
async fn find(made_by: Option<Version>) -> Option<PathBuf> {
    let roots = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"];
    let installed = roots.iter().filter_map(|root| fs::read_dir(root).ok()).flatten().flatten();
    let mut folders: Vec<_> = installed.map(|entry| entry.path().join("bin")).collect();
    folders.extend(process::which("postgres").iter().filter_map(|file| Some(file.parent()?.to_owned())));

    let mut found = Vec::new();
    for folder in folders {
        if folder.join("initdb").is_file()
            && let Some(version) = process::version(&folder.join("postgres")).await
            && made_by.map_or(version >= OLDEST, |needed| needed.0 == version.0)
        {
            found.push((version, folder));
        }
    }
    found.into_iter().max().map(|(_, folder)| folder)
}

/// Makes the cluster beside its place and moves it there, so that half a cluster is never taken for one.
async fn initialize(
    checkout: &Checkout,
    folder: &Path,
    programs: &Path,
    account: Option<&Account>,
) -> anyhow::Result<()> {
    let half = folder.join("data.new");
    for left in [&half, &folder.join("data")] {
        if left.exists() {
            fs::remove_dir_all(left)?;
        }
    }
    let step = say::begin("making the database cluster");
    let mut initdb = Command::new(programs.join("initdb"));
    // `trust` is for a server bound to loopback, with nothing in it but demo data.
    initdb.args(["--username=postgres", "--auth=trust", "--data-checksums", "--encoding=UTF8"]);
    initdb.arg(format!("--locale={}", locale())).arg("-D").arg(&half).current_dir(folder);
    become_account(&mut initdb, account);
    process::complete(&mut initdb, &checkout.log("initdb")?).await?;
    fs::rename(&half, folder.join("data"))?;
    step.done("database cluster made");
    Ok(())
}

/// Frees the data of a server that was killed, when its process id lives on: as another process (after a
/// reboot), or unburied (in a container whose first process buries nobody). PostgreSQL would take it for itself.
fn release(data: &Path) -> anyhow::Result<()> {
    let file = data.join("postmaster.pid");
    let text = fs::read_to_string(&file).unwrap_or_default();
    let Some((pid, rest)) = text.split_once('\n') else { return Ok(()) };
    if pid.parse().is_ok_and(|pid| process::is_alive(pid, &data.to_string_lossy())) {
        return Ok(());
    }
    // Only the process id goes: the rest lets PostgreSQL see whether the dead server left children behind.
    fs::write(&file, format!("{}\n{rest}", i32::MAX))
        .context("cannot release the database of a killed server")
}

/// A locale that knows the letters of all languages, by the name this system has for it.
fn locale() -> &'static str {
    if cfg!(target_os = "linux") { "C.UTF-8" } else { "en_US.UTF-8" }
}

/// None when this user may run PostgreSQL itself.
fn account() -> anyhow::Result<Option<Account>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd").context("cannot read the accounts of this machine")?;
    accounts.lines().find_map(parse_account).map(Some).context(
        "PostgreSQL refuses to run as root, and this machine has no account `postgres` to run it as.\n\
         Run this once, then the same command again:\n\n    useradd --system --no-create-home postgres\n",
    )
}

fn parse_account(line: &str) -> Option<Account> {
    let fields: Vec<_> = line.split(':').collect();
    match fields[..] {
        ["postgres", _, user, group, ..] => {
            Some(Account { user: user.parse().ok()?, group: group.parse().ok()? })
        }
        _ => None,
    }
}

fn become_account(command: &mut Command, account: Option<&Account>) {
    if let Some(Account { user, group }) = account {
        command.uid(*user).gid(*group).env("HOME", "/").env("USER", "postgres");
    }
}

/// Gives a folder to the account, and asks as that account whether it can work there.
async fn is_reachable(folder: &Path, account: &Account) -> anyhow::Result<bool> {
    chown(folder, Some(account.user), Some(account.group))?;
    let mut test = Command::new("/bin/sh");
    test.args(["-c", "cd \"$0\" && test -w ."]).arg(folder).current_dir("/");
    become_account(&mut test, Some(account));
    let status = test.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().await?;
    Ok(status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_found_among_others() {
        let line = "postgres:x:104:110:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash";
        let account = parse_account(line).unwrap();
        assert_eq!((account.user, account.group), (104, 110));
        assert!(parse_account("postgres2:x:1:1::/:/bin/sh").is_none());
        assert!(parse_account("root:x:0:0:root:/root:/bin/bash").is_none());
    }
}
