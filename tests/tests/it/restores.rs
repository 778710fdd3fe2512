//! Everything is lost but a copy that `deploy/backup.sh` made while people worked: `deploy/restore.sh` brings back all that was
//! acknowledged before, documents and databases together, and work goes on.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use careway_service::Call;
use careway_standalone::provision::DATABASES;
use careway_testing::{TestServers, unique_prefix};
use careway_tests::{Member, Network, Rest, Setup, Support, TestPlatform, accepted, free_address, until};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, postgres::PgConnectOptions};
use tokio::process::Command;

/// Documents that are acknowledged before the copy begins.
const BEFORE: usize = 5;

/// A document, and what it says.
struct Written {
    path: String,
    content: String,
}

/// Databases and folders beside the platform's own, gone with the test.
struct Aside {
    folder: PathBuf,
    databases: Vec<(&'static str, String)>,
}

impl Aside {
    fn new() -> Self {
        let prefix = unique_prefix();
        let folder = env::temp_dir().join(format!("careway-{prefix}-aside"));
        fs::create_dir_all(&folder).unwrap();
        let databases =
            DATABASES.map(|(service, _)| (service, format!("restored_{}_{service}", prefix.to_lowercase())));
        Self { folder, databases: databases.into() }
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_string_lossy().into_owned()
    }

    /// As an operator makes them before a restore: empty, each its owner's.
    async fn make_databases(&self) {
        let mut admin = PgConnection::connect(&TestServers::from_env().postgres).await.unwrap();
        for (service, name) in &self.databases {
            let sql = format!("create database {name} owner {service}_owner");
            admin.execute(AssertSqlSafe(sql)).await.unwrap();
        }
    }

    /// The setting of each restored database, as the role of its service.
    fn settings(&self) -> Vec<(String, String)> {
        let options: PgConnectOptions = TestServers::from_env().postgres.parse().unwrap();
        let setting = |(service, name): &(&str, String)| {
            let role = format!("{service}_app");
            let url = options.clone().username(&role).password(&role).database(name);
            let url = sqlx::ConnectOptions::to_url_lossy(&url).to_string();
            (format!("CAREWAY_{}_DATABASE_URL", service.to_uppercase()), url)
        };
        self.databases.iter().map(setting).collect()
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        let databases = std::mem::take(&mut self.databases);
        // On a thread of its own: the test's runtime may be the very one that is ending.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut admin = PgConnection::connect(&TestServers::from_env().postgres).await?;
                for (_, name) in databases {
                    let sql = format!("drop database if exists {name} with (force)");
                    admin.execute(AssertSqlSafe(sql)).await?;
                }
                anyhow::Ok(())
            })
        });
        let dropped = dropping.join().expect("nothing panics there");
        let removed = fs::remove_dir_all(&self.folder);
        if let Err(error) = dropped.and(removed.map_err(Into::into)) {
            eprintln!("a test left something behind: {error:#}");
        }
    }
}

/// Runs a script of `deploy` as an operator would; what it said.
async fn script(name: &str, folder: &str, settings: &[(&str, &str)]) -> Result<String, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(name);
    let server: PgConnectOptions = TestServers::from_env().postgres.parse().unwrap();
    let mut server = sqlx::ConnectOptions::to_url_lossy(&server);
    server.set_path("");
    server.set_query(None);
    let mut command = Command::new(script);
    let server = server.as_str().trim_end_matches('/');
    command.arg(folder).env("POSTGRES", server).env("PATH", path()).envs(settings.iter().copied());
    let output = command.output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

/// With the programs of the newest PostgreSQL of this machine first.
fn path() -> OsString {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = installed.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    env::join_paths(folders).unwrap()
}

/// A port of the loopback that both platforms answer on, the one after the other: clients keep their address and tokens.
fn address() -> String {
    free_address().unwrap().to_string()
}

async fn database_name(platform: &TestPlatform, service: &str) -> String {
    let mut reader = platform.database(service).read(&Call::system("tests")).await.unwrap();
    sqlx::query_scalar("select current_database()::text").fetch_one(&mut *reader).await.unwrap()
}

async fn verified(platform: &TestPlatform, desk: &Rest, member: &Member) -> String {
    let started = accepted(201, desk.post("/v1/visits", json!({"memberNumber": member.number}))).await;
    let visit = format!("/v1/visits/{}", started.text("visit.visitId"));
    let code = json!({"code": platform.code_for(&member.phone).await});
    accepted(200, desk.post(&format!("{visit}/verify"), code)).await;
    visit
}

async fn write(desk: &Rest, visit: &str, number: usize) -> Written {
    let content = format!("Letter {number}: come again in {number} weeks.");
    let path = format!("{visit}/documents?kind=REFERRAL&title=Letter&fileName={number}.txt");
    let added = desk.upload(&path, "text/plain", content.clone()).key(&uuid::Uuid::now_v7().to_string());
    let path = format!("/v1/documents/{}", accepted(201, added).await.text("document.documentId"));
    Written { path, content }
}

/// What somebody gets of a file: its status and its text.
async fn read(by: &Rest, path: &str) -> (u16, String) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.get(format!("{}{path}/content", by.base())).bearer_auth(by.access_token());
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_before_the_copy_is_there_after_everything_was_lost() {
    let aside = Aside::new();
    let (listen, lost, kept) = (address(), aside.path("lost"), aside.path("kept"));
    let settings = [("CAREWAY_GATEWAY_LISTEN", &*listen), ("CAREWAY_DOCUMENTS_PLACE", &lost)];
    let platform = TestPlatform::with(&settings).await;
    let network = Network::of(&platform).await;
    let support = Support::of(&platform).await;
    let clinician = network.facility.staff(&platform, &["CLINICIAN"]).await;
    let (member, next) =
        (network.payer.covered_member(&platform).await, network.payer.covered_member(&platform).await);
    let visit = verified(&platform, &network.desk, &member).await;
    let bill = "A bill of 40 taka.";
    let bill_of = support.tanvir.upload("/v1/case-attachments?fileName=bill.txt", "text/plain", bill);
    let bill_of = accepted(201, bill_of.key("the-one-bill-of-this-case")).await;
    let bill_of = format!("/v1/case-attachments/{}", bill_of.text("attachment.attachmentId"));
    let case = format!("/v1/cases/{}", support.open(&json!({})).await.text("case.caseId"));
    let mut before = Vec::new();
    for number in 0..BEFORE {
        before.push(write(&network.desk, &visit, number).await);
    }

    // People go on while it is copied.
    let mut names = Vec::new();
    for (service, name) in &aside.databases {
        names.push((database_name(&platform, service).await, name.clone()));
    }
    let databases = names.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" ");
    let copied = AtomicBool::new(false);
    let copying = async {
        let told = [("DATABASES", &*databases), ("DOCUMENTS", &lost)];
        let told = script("backup.sh", &aside.path("copy"), &told).await;
        copied.store(true, Ordering::SeqCst);
        told.unwrap();
    };
    let working = async {
        let mut written = Vec::new();
        while !copied.load(Ordering::SeqCst) {
            written.push(write(&network.desk, &visit, BEFORE + written.len()).await);
        }
        written
    };
    let ((), meanwhile) = tokio::join!(copying, working);
    assert!(!meanwhile.is_empty(), "nobody worked while it was copied");
    assert!(script("backup.sh", &aside.path("copy"), &[]).await.is_err(), "a copy is not written over");
    let after = write(&network.desk, &visit, 1_000_000).await;

    // All is lost: the processes, their databases, streams and keys, and the documents.
    platform.end().await;
    fs::remove_dir_all(&lost).unwrap();
    aside.make_databases().await;
    for (name, restored) in &names {
        let dump = |name: &str| aside.folder.join("copy").join(format!("{name}.dump"));
        fs::rename(dump(name), dump(restored)).unwrap();
    }
    script("restore.sh", &aside.path("copy"), &[("DOCUMENTS", &kept)]).await.unwrap();
    let again = script("restore.sh", &aside.path("copy"), &[("DOCUMENTS", &kept)]).await.unwrap_err();
    assert!(again.contains("is there already"), "{again}");

    let databases = aside.settings();
    let settings: Vec<_> = databases.iter().map(|(name, url)| (name.as_str(), url.as_str())).collect();
    let settings =
        [&settings[..], &[("CAREWAY_GATEWAY_LISTEN", &*listen), ("CAREWAY_DOCUMENTS_PLACE", &kept)]];
    let platform = TestPlatform::of(Setup { settings: &settings.concat(), ..Setup::default() }).await;
    for Written { path, content } in &before {
        assert_eq!(read(&clinician, path).await, (200, content.clone()), "{path}");
    }
    let mut came = 0;
    for Written { path, content } in &meanwhile {
        // A row without its document would be answered otherwise.
        match read(&clinician, path).await {
            (404, _) => {}
            answer => {
                assert_eq!(answer, (200, content.clone()), "{path}");
                came += 1;
            }
        }
    }
    assert_eq!(read(&clinician, &after.path).await.0, 404, "{came} of {} came back", meanwhile.len());
    assert_eq!(read(&support.tanvir, &bill_of).await, (200, bill.to_owned()));
    accepted(200, support.tanvir.get(&case)).await;

    // And it goes on: who was verified is admitted, others come, and who must hear of it does.
    let wish = json!({"serviceType": "OUTPATIENT"});
    accepted(200, network.desk.post(&format!("{visit}/admit"), wish.clone())).await;
    let visit = verified(&platform, &network.desk, &next).await;
    accepted(200, network.desk.post(&format!("{visit}/admit"), wish)).await;
    let noticed = until("the notice of an admission", async || {
        let told = platform.messages_to(&member.phone).await;
        Ok(told.iter().any(|message| message.text.contains("dispute")).then_some(()))
    });
    noticed.await.unwrap();
    assert_eq!(platform.messages_to(&next.phone).await.len(), 2, "a code and a notice");
    platform.end().await;
}
