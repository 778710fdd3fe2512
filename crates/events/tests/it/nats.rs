//! A NATS server of the test's own, to stop, kill, rob and restore.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpListener, TcpStream},
    ops::Range,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Mutex,
    time::{Duration, Instant},
};

use async_nats::ConnectOptions;
use careway_testing::eventually;
use rand::RngExt;
use uuid::Uuid;

const CONFIGURATION: &str = "nats.conf";
/// Below the ports that the operating system hands out by itself: a server that stopped finds its own free again.
const PORTS: Range<u16> = 20_000..30_000;
/// Nothing takes as long to start.
const START: Duration = Duration::from_secs(180);

/// A server of the test's own, with its own disk.
pub(crate) struct NatsServer {
    child: Child,
    port: u16,
    directory: PathBuf,
}

impl NatsServer {
    pub(crate) fn start() -> Self {
        Self::configured("")
    }

    /// With what stands in its configuration beside its port and its disk.
    pub(crate) fn configured(configuration: &str) -> Self {
        let directory = std::env::temp_dir().join(format!("careway-nats-{}", Uuid::now_v7().simple()));
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join(CONFIGURATION), configuration).unwrap();
        let (child, port) = start_somewhere(&directory);
        Self { child, port, directory }
    }

    pub(crate) async fn connect(&self) -> async_nats::Client {
        self.connect_with(ConnectOptions::new()).await
    }

    /// As a user.
    pub(crate) async fn connect_as(&self, user: &str, password: &str) -> async_nats::Client {
        self.connect_with(ConnectOptions::with_user_and_password(user.to_owned(), password.to_owned())).await
    }

    async fn connect_with(&self, options: ConnectOptions) -> async_nats::Client {
        let options =
            options.retry_on_initial_connect().reconnect_delay_callback(|_| Duration::from_millis(50));
        let client = options.connect(format!("127.0.0.1:{}", self.port)).await.unwrap();
        eventually("NATS answers", async || client.flush().await.is_ok() && connected(&client)).await;
        client
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM: everything is on the disk at return.
    pub(crate) fn stop(&mut self) {
        let stopped = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap();
        assert!(stopped.success());
        self.child.wait().unwrap();
    }

    /// Starts again with what is on its disk.
    pub(crate) fn restart(&mut self) {
        self.child = spawn(self.port, &self.directory);
    }

    pub(crate) fn lose_disk(&self) {
        std::fs::remove_dir_all(self.store()).unwrap();
    }

    pub(crate) fn back_up(&self) {
        copy(&self.store(), &self.directory.join("backup"));
    }

    pub(crate) fn restore(&self) {
        self.lose_disk();
        copy(&self.directory.join("backup"), &self.store());
    }

    fn store(&self) -> PathBuf {
        self.directory.join("jetstream")
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

pub(crate) fn connected(client: &async_nats::Client) -> bool {
    client.connection_state() == async_nats::connection::State::Connected
}

/// A server that answers, and its port.
fn start_somewhere(directory: &Path) -> (Child, u16) {
    let since = Instant::now();
    loop {
        let port = free_port();
        let mut child = spawn(port, directory);
        // One that ends at once found its port taken meanwhile: the next gets another.
        while child.try_wait().unwrap().is_none() {
            if answers(port, &name_of(directory)) {
                return (child, port);
            }
            assert!(since.elapsed() < START, "nats-server does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(since.elapsed() < START, "nats-server does not start");
    }
}

/// A port that nobody listens on, and that no other server of this test program was given.
fn free_port() -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    loop {
        let port = rand::rng().random_range(PORTS);
        let is_free = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
        if is_free && GIVEN.lock().unwrap().insert(port) {
            return port;
        }
    }
}

/// Whether the server of this name answers there: the first thing a server says is who it is.
fn answers(port: u16, name: &str) -> bool {
    let Ok(stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else { return false };
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let mut said = String::new();
    BufReader::new(stream).read_line(&mut said).is_ok() && said.contains(name)
}

/// A server's name is its directory's.
fn name_of(directory: &Path) -> String {
    directory.file_name().unwrap().to_string_lossy().into_owned()
}

fn spawn(port: u16, directory: &Path) -> Child {
    Command::new(binary())
        .args(["--name", &name_of(directory)])
        .args(["-a", "127.0.0.1", "-p", &port.to_string(), "-js", "-sd"])
        .arg(directory)
        .arg("-c")
        .arg(directory.join(CONFIGURATION))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// `CAREWAY_TEST_NATS_SERVER`, or the first of 2.10 and newer in the PATH or among this checkout's tools.
fn binary() -> PathBuf {
    if let Some(named) = std::env::var_os("CAREWAY_TEST_NATS_SERVER") {
        return named.into();
    }
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.dev/tools");
    let mut folders: Vec<PathBuf> =
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    folders.extend(folders_under(&tools));
    let mut candidates = folders.into_iter().map(|folder| folder.join("nats-server"));
    candidates
        .find(|candidate| is_new_enough(candidate))
        .expect("these tests need nats-server 2.10 or newer: name it in CAREWAY_TEST_NATS_SERVER")
}

fn folders_under(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let within = entries.filter(|entry| entry.path().is_dir()).flat_map(|entry| folders_under(&entry.path()));
    within.chain([folder.to_owned()]).collect()
}

/// `nats-server: v2.15.1`.
fn is_new_enough(candidate: &Path) -> bool {
    let Ok(output) = Command::new(candidate).arg("-v").output() else { return false };
    let version = String::from_utf8_lossy(&output.stdout).into_owned();
    let Some((_, version)) = version.trim().rsplit_once('v') else { return false };
    let mut parts = version.split('.').map_while(|part| part.parse::<u32>().ok());
    (parts.next(), parts.next()) >= (Some(2), Some(10))
}
