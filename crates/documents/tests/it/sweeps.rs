//! The sweep takes what crashes left, and stops where the rows are too few.

use careway_documents::{Brake, DocumentStore, Sweep, Swept};
use careway_kernel::{Clock, DocumentId};
use chrono::{DateTime, Days, TimeDelta, Utc};
use tempfile::TempDir;

use crate::rows::{Rows, files, open, pdf, upload};

/// A place with documents that were added a day and more ago.
struct Scene {
    place: TempDir,
    store: DocumentStore,
    rows: Rows,
    documents: Vec<DocumentId>,
    now: DateTime<Utc>,
}

impl Scene {
    async fn with(documents: usize, more: &[&str]) -> Self {
        let place = TempDir::new().unwrap();
        let (store, rows) = (open(&place, "visits", more), Rows::new());
        let mut added = Vec::new();
        for _ in 0..documents {
            added.push(rows.add(&store, &pdf(100)).await);
        }
        store.sweep(&rows, Clock::system().now()).await.unwrap();
        let now = Clock::system().now() + TimeDelta::hours(25);
        Self { place, store, rows, documents: added, now }
    }

    async fn sweep(&self) -> Sweep {
        self.store.sweep(&self.rows, self.now).await.unwrap()
    }

    /// Whether every document can be read.
    async fn is_whole(&self, rows: &Rows) -> bool {
        for document in &self.documents {
            if !rows.reads(&self.store, *document).await {
                return false;
            }
        }
        true
    }
}

fn done(swept: Swept) -> Sweep {
    Sweep::Done(swept)
}

#[tokio::test]
async fn what_no_row_names_is_set_aside_and_deleted_after_thirty_days() {
    let mut scene = Scene::with(3, &[]).await;
    let (young, old) = (scene.now - TimeDelta::hours(2), scene.now);
    let (orphan, _) = upload(&scene.store, &pdf(100)).await.unwrap();
    scene.now = young;
    assert_eq!(scene.sweep().await, done(Swept::default()), "an upload may still be at work");
    scene.now = old;
    assert_eq!(scene.sweep().await, done(Swept { set_aside: 1, ..Swept::default() }));
    let aside = format!("visits/swept/{}/{orphan}", scene.now.date_naive());
    assert!(files(scene.place.path()).contains(&aside));
    assert_eq!(scene.sweep().await, done(Swept::default()));

    scene.now = old + Days::new(29);
    assert_eq!(scene.sweep().await, done(Swept::default()));
    scene.now = old + Days::new(30);
    assert_eq!(scene.sweep().await, done(Swept { deleted: 1, ..Swept::default() }));
    assert!(!files(scene.place.path()).contains(&aside));
    assert!(scene.is_whole(&scene.rows).await);
}

#[tokio::test]
async fn what_a_row_names_after_all_is_brought_back() {
    let scene = Scene::with(20, &[]).await;
    let lost = scene.documents[..5].iter().map(|id| (*id, scene.rows.content(*id))).collect::<Vec<_>>();
    for (id, _) in &lost {
        scene.rows.contents.lock().unwrap().remove(id);
    }
    assert_eq!(scene.sweep().await, done(Swept { set_aside: 5, ..Swept::default() }));
    scene.rows.contents.lock().unwrap().extend(lost);
    assert!(!scene.is_whole(&scene.rows).await);
    assert_eq!(scene.sweep().await, done(Swept { brought_back: 5, ..Swept::default() }));
    assert!(scene.is_whole(&scene.rows).await);
}

#[tokio::test]
async fn an_empty_database_beside_a_full_store_deletes_nothing() {
    let mut scene = Scene::with(30, &[]).await;
    let (full, before) = (scene.rows.clone(), files(scene.place.path()));
    let database = full.database.to_string();

    scene.rows = Rows::new();
    let another = Brake::AnotherOwner { owner: database.clone(), database: scene.rows.database.to_string() };
    assert_eq!(scene.sweep().await, Sweep::Braked(another), "made anew");
    scene.rows = Rows { database: full.database, ..Rows::new() };
    assert_eq!(scene.sweep().await, Sweep::Braked(Brake::NoneNamed), "emptied, or blind");
    std::fs::remove_file(scene.place.path().join("visits/owner")).unwrap();
    assert_eq!(scene.sweep().await, Sweep::Braked(Brake::NoOwner { database: database.clone() }));
    std::fs::write(scene.place.path().join("visits/owner"), format!("{database}\n")).unwrap();
    assert_eq!(files(scene.place.path()), before);
    assert!(scene.is_whole(&full).await);

    scene.rows = full;
    assert_eq!(scene.sweep().await, done(Swept::default()), "handed over by an operator");
}

#[tokio::test]
async fn a_database_of_yesterday_deletes_nothing() {
    let mut scene = Scene::with(60, &[]).await;
    let (today, before) = (scene.rows.clone(), files(scene.place.path()));
    scene.rows = Rows { database: today.database, ..Rows::new() };
    let yesterday = scene.documents[..40].iter().map(|id| (*id, today.content(*id)));
    scene.rows.contents.lock().unwrap().extend(yesterday);
    let many = Brake::TooMany { unnamed: 20, most: 10 };
    assert_eq!(scene.sweep().await, Sweep::Braked(many));
    assert_eq!(files(scene.place.path()), before);
    assert!(scene.is_whole(&today).await);

    // An operator who has looked lets it go through.
    scene.store = open(&scene.place, "visits", &["--documents-sweep-most=20"]);
    assert_eq!(scene.sweep().await, done(Swept { set_aside: 20, ..Swept::default() }));
    assert_eq!(files(scene.place.path()).len(), before.len());
}

#[tokio::test]
async fn files_of_uploads_that_never_ended_are_removed() {
    let scene = Scene::with(1, &[]).await;
    let folder = scene.place.path().join("visits/5f");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{}#1", DocumentId::new(&Clock::system()))), "begun").unwrap();
    assert_eq!(scene.sweep().await, done(Swept { unfinished: 1, ..Swept::default() }));
    assert!(scene.is_whole(&scene.rows).await);
}
