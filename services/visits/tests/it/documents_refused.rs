//! Uploads that are refused, or break off: whatever the reason, nothing of them stays.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use careway_service::{Error, Kind};
use careway_testing::{
    clamd::{self, VIRUS},
    eventually, refusal,
};
use sha2::{Digest, Sha256};

use crate::{
    document_calls::{Upload, pdf},
    test_visits::TestVisits,
};

/// Larger than what is held back to be written at once.
const LARGE: usize = 6 << 20;

impl TestVisits {
    /// Waits until there are this many documents, in the store as in the database.
    pub(crate) async fn nothing_but(&self, documents: usize) {
        eventually("only what is kept is in the store", async || self.files().len() == documents).await;
        assert_eq!(self.rows().await, documents as i64);
    }

    async fn refused(&self, upload: &Upload) -> Error {
        refusal(self.upload(&self.facility, upload).await)
    }
}

async fn verified(settings: &[(&str, &str)]) -> (TestVisits, String) {
    let service = TestVisits::with(settings).await;
    service.member("UM-100200", "1199070012345601").await;
    let visit = service.verified("UM-100200").await.visit.unwrap().visit_id;
    (service, visit)
}

#[tokio::test]
async fn what_is_not_in_order_is_refused_and_leaves_nothing() {
    let (service, visit) = verified(&[("CAREWAY_DOCUMENTS_MAX_MIB", "7")]).await;
    let upload = |file: Vec<u8>| Upload::of(&visit, file);

    let program = [b"\x7fELF\x02\x01\x01\0".to_vec(), vec![0; LARGE]].concat();
    assert_eq!(service.refused(&upload(program)).await.reason(), "DOCUMENT_TYPE_REFUSED");
    let late = [vec![b'a'; LARGE], b"\0".to_vec()].concat();
    assert_eq!(service.refused(&upload(late)).await.reason(), "DOCUMENT_TYPE_REFUSED");
    assert_eq!(service.refused(&upload(Vec::new())).await.kind(), Kind::Invalid);

    let too_large = service.refused(&upload(pdf((7 << 20) + 1))).await;
    assert_eq!((too_large.reason(), too_large.fact("maxBytes")), ("DOCUMENT_TOO_LARGE", Some("7340032")));
    let told = vec![("careway-content-length", "7340033".to_owned())];
    let announced = Upload { told, ..upload(pdf(100)) };
    assert_eq!(service.refused(&announced).await.reason(), "DOCUMENT_TOO_LARGE");
    let told = vec![("careway-content-length", (LARGE + 1).to_string())];
    let cut_off = Upload { told, ..upload(pdf(LARGE)) };
    assert_eq!(service.refused(&cut_off).await.reason(), "INCOMPLETE_BODY");

    let wrong = Upload { title: " ".to_owned(), ..upload(pdf(100)) };
    assert_eq!(service.refused(&wrong).await.kind(), Kind::Invalid);
    service.nothing_but(0).await;
    service.document(&visit, pdf(7 << 20)).await;
    service.nothing_but(1).await;
}

#[tokio::test]
async fn a_digest_that_is_told_must_be_right() {
    let (service, visit) = verified(&[]).await;
    let file = pdf(LARGE);
    let digest = |of: &[u8]| {
        let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(of));
        format!("sha-256=:{digest}:")
    };
    let told = |name, digest| Upload { told: vec![(name, digest)], ..Upload::of(&visit, file.clone()) };
    for name in ["content-digest", "repr-digest"] {
        assert_eq!(service.refused(&told(name, digest(b"another"))).await.reason(), "DIGEST_MISMATCH");
        assert_eq!(service.refused(&told(name, "sha-256=nonsense".to_owned())).await.kind(), Kind::Invalid);
    }
    service.nothing_but(0).await;
    service.upload(&service.facility, &told("content-digest", digest(&file))).await.unwrap();
    service.nothing_but(1).await;
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let (service, visit) = verified(&[]).await;
    let upload = Upload::of(&visit, pdf(LARGE));
    {
        let endless = service.upload_forever(&service.facility, &upload);
        let begun = eventually("the upload is being written", async || service.files().len() == 1);
        tokio::select! {
            () = endless => panic!("it has no end"),
            () = begun => {}
        }
    }
    service.nothing_but(0).await;
    service.upload(&service.facility, &upload).await.unwrap();
    service.nothing_but(1).await;
}

#[tokio::test]
async fn uploads_take_turns() {
    let (service, visit) = verified(&[("CAREWAY_DOCUMENTS_UPLOADS", "1")]).await;
    let upload = Upload::of(&visit, pdf(LARGE));
    let endless = service.upload_forever(&service.facility, &upload);
    let turned_away = async {
        eventually("the upload is being written", async || service.files().len() == 1).await;
        service.refused(&Upload::of(&visit, pdf(100))).await
    };
    let refusal = tokio::select! {
        () = endless => panic!("it has no end"),
        refusal = turned_away => refusal,
    };
    assert_eq!((refusal.kind(), refusal.reason()), (Kind::Unavailable, "OVERLOADED"));
    service.document(&visit, pdf(100)).await;
    service.nothing_but(1).await;
}

#[tokio::test]
async fn over_the_network_it_is_no_different() {
    let (mut service, visit) = verified(&[]).await;
    service.call_over_the_network().await;
    let (file, upload) = (pdf(LARGE), Upload::of(&visit, pdf(LARGE)));
    {
        let endless = service.upload_forever(&service.facility, &upload);
        let begun = eventually("the upload is being written", async || service.files().len() == 1);
        tokio::select! {
            () = endless => panic!("it has no end"),
            () = begun => {}
        }
    }
    service.nothing_but(0).await;
    let added = service.upload(&service.facility, &upload).await.unwrap().into_inner().document.unwrap();
    let whole = service.download(&service.facility, &added.document_id, &[]).await.unwrap();
    assert!(whole.data == file && whole.told("careway-content-length") == LARGE.to_string());
    let part =
        service.download(&service.facility, &added.document_id, &[("range", "bytes=5-70000")]).await.unwrap();
    assert!(part.data == file[5..=70_000]);
    service.nothing_but(1).await;
}

#[tokio::test]
async fn a_commit_that_fails_leaves_nothing() {
    let (service, visit) = verified(&[]).await;
    let upload = Upload::of(&visit, pdf(LARGE));
    // The row goes in and only the commit's own batch fails.
    for statement in [
        "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$",
        "create trigger refuse before insert on outbox for each row execute function refuse()",
    ] {
        sqlx::query(statement).execute(&service.admin).await.unwrap();
    }
    assert_eq!(service.refused(&upload).await.kind(), Kind::Internal);
    service.nothing_but(0).await;
    sqlx::query("drop trigger refuse on outbox").execute(&service.admin).await.unwrap();
    service.upload(&service.facility, &upload).await.unwrap();
    service.nothing_but(1).await;
}

#[tokio::test]
async fn what_the_scanner_finds_is_refused() {
    let scanner = clamd::serve_tcp().await;
    let (service, visit) = verified(&[("CAREWAY_DOCUMENTS_SCANNER", &scanner)]).await;
    let mut infected = pdf(LARGE);
    // Across the border of two pieces.
    infected[(1 << 20) - 5..][..VIRUS.len()].copy_from_slice(VIRUS);
    assert_eq!(service.refused(&Upload::of(&visit, infected)).await.reason(), "DOCUMENT_INFECTED");
    service.nothing_but(0).await;
    service.document(&visit, pdf(LARGE)).await;
    service.nothing_but(1).await;
}

#[tokio::test]
async fn without_the_scanner_nothing_is_taken() {
    let socket = std::env::temp_dir().join(format!("clamd-{}", careway_testing::unique_prefix()));
    let scanner = format!("unix://{}", socket.display());
    let (service, visit) = verified(&[("CAREWAY_DOCUMENTS_SCANNER", &scanner)]).await;
    let away = service.refused(&Upload::of(&visit, pdf(1000))).await;
    assert_eq!((away.kind(), away.reason()), (Kind::Unavailable, "SCANNER_UNAVAILABLE"));
    clamd::serve_unix(&socket, 2000).await;
    service.document(&visit, pdf(1000)).await;
    let undecided = service.refused(&Upload::of(&visit, pdf(LARGE))).await;
    assert_eq!(undecided.reason(), "SCANNER_UNAVAILABLE", "it gave up in the middle");
    service.nothing_but(1).await;
    std::fs::remove_file(socket).unwrap();
}

#[tokio::test]
async fn what_a_crash_left_is_swept_once_it_is_old() {
    let (service, visit) = verified(&[("CAREWAY_DOCUMENTS_ORPHAN_HOURS", "2")]).await;
    let owner = service.folder.join("visits/owner");
    eventually("the place has its owner", async || owner.exists()).await;
    service.document(&visit, pdf(1000)).await;
    let age = |file: std::fs::File, hours: u64| {
        file.set_modified(SystemTime::now() - Duration::from_secs(hours * 3600)).unwrap();
    };
    // Old enough that it would be swept if no row named it.
    age(std::fs::File::options().write(true).open(service.files().remove(0)).unwrap(), 3);
    let leave = |name: &str, hours: u64| {
        let folder = service.folder.join("visits").join(&name[34..36]);
        std::fs::create_dir_all(&folder).unwrap();
        age(std::fs::File::create(folder.join(name)).unwrap(), hours);
    };
    let id = || careway_kernel::DocumentId::new(&service.clock).to_string();
    leave(&id(), 1);
    leave(&format!("{}#1", id()), 1);
    // What is not named as ours is, and where, is nobody's orphan.
    let notes = format!("{}.txt", id());
    leave(&notes, 3);
    leave(&id(), 3);
    leave(&format!("{}#7", id()), 3);
    eventually("the old ones are swept", async || service.files().len() == 4).await;

    service.clock.advance(Duration::from_secs(2 * 3600));
    eventually("the others are swept", async || service.files().len() == 2).await;
    assert!(service.files().iter().any(|file| file.ends_with(&notes)));
    let kept = service.list(&service.facility, &visit).await.unwrap().remove(0);
    assert_eq!(service.download(&service.facility, &kept.document_id, &[]).await.unwrap().data.len(), 1000);
}

#[tokio::test]
async fn what_another_database_names_is_not_swept() {
    let (mut service, visit) = verified(&[]).await;
    let owner = service.folder.join("visits/owner");
    eventually("the place has its owner", async || owner.exists()).await;
    service.document(&visit, pdf(1000)).await;
    let told = careway_testing::capture_logs();
    // As if a fresh database had been set beside the store.
    for statement in
        ["truncate document cascade", "update document_place set database_id = gen_random_uuid()"]
    {
        sqlx::query(statement).execute(&service.admin).await.unwrap();
    }
    let another: String = sqlx::query_scalar("select database_id::text from document_place")
        .fetch_one(&service.admin)
        .await
        .unwrap();
    service.clock.advance(Duration::from_secs(25 * 3600));
    service.restart(&[]).await;
    let why = format!("and this is database {another}");
    eventually("the sweep says why it does not", async || told.contains(&why)).await;
    assert_eq!(service.files().len(), 1);
}
