//! From a body to rows that wait to be taken: received whole, read row by row in memory that does not grow, staged in
//! batches.

use std::{fs::File, marker::PhantomData};

use careway_contract::google::api::HttpBody;
use careway_kernel::{CountryCode, ImportId, OrganizationId};
use careway_service::{
    AuditEntry, Call, Error, OnConstraint, Result,
    imports::Upload,
    table::{Limits, ListReader, Row},
};
use futures::Stream;
use tokio::sync::mpsc::{Sender, channel};
use tonic::Status;

use super::{
    domain::{
        AgencyCodes, Counts, Import, ImportRefusal, ImportState, ListedBefore, Listing, Outcome, RowRefusal,
    },
    kind::{Known, ListKind, Staged, counted},
    row_content::{Note, RowContent, seal_batch},
    store::{self, NewRow},
};
use crate::App;

/// Rows that are staged, and later taken, together.
pub(super) const BATCH: usize = 5_000;
/// What reading a list takes, however large it is: the reader, the persons it has named, and two batches.
const MEMORY: usize = 56 << 20;

/// Receives a list, reads it and stages what is right. What was received is read to its end, or undone, even if nobody waits
/// for the answer any more.
pub(super) async fn stage<K: ListKind, P>(
    app: &App,
    call: &Call,
    pieces: impl Stream<Item = Result<P, Status>> + Unpin,
    parts: impl Fn(P) -> (bool, Option<HttpBody>),
) -> Result<Import> {
    let authority = call.caller.authority()?;
    let imports = &app.foundation.imports;
    let upload = imports.receive(authority, Limits::SHEET.bytes, pieces, parts).await?;
    let staging =
        Staging { app: app.clone(), call: Call::by(call.caller.clone()), authority, kind: PhantomData::<K> };
    let staged = app.foundation.background_tasks.spawn(staging.run(upload));
    staged.await.map_err(Error::internal)?
}

struct Staging<K> {
    app: App,
    call: Call,
    authority: OrganizationId,
    kind: PhantomData<K>,
}

/// Rows that were read together.
struct ReadBatch<L> {
    staged: Vec<Staged<L>>,
    /// Rows of which it is known already what became of them.
    done: Vec<(u32, Outcome, Option<RowContent>)>,
    passed_over: i32,
}

impl<K: ListKind> Staging<K> {
    async fn run(self, upload: Upload) -> Result<Import> {
        let (file, place) = self.app.foundation.imports.place(upload, MEMORY).await?;
        let known = self.known().await?;
        let dry_run = file.dry_run;
        let open = move || file.open(Limits::SHEET, K::COLUMNS);
        let list = tokio::task::spawn_blocking(open).await.map_err(Error::internal)??;
        let import = self.begin(dry_run, &list).await?;
        let staged = self.read(&import, list, known).await;
        drop(place);
        if staged.is_err() {
            // Whoever sent the list is told why; nothing of it is kept.
            self.undo(import.id).await?;
        }
        staged
    }

    async fn known(&self) -> Result<Known> {
        let mut reader = self.app.db.read(&self.call()).await?;
        let agencies = store::list_appointed(&mut reader, self.authority).await?;
        let home = store::find_home(&mut reader, self.authority, self.app.clock.now()).await?;
        // Until identity told of it, it is taken for what such authorities are.
        let (country, today) = home.unwrap_or_else(|| {
            let country = CountryCode::VN;
            (country, self.app.clock.today(country.default_time_zone()))
        });
        Ok(Known { agencies: AgencyCodes::of(&agencies), country, today })
    }

    async fn begin(&self, dry_run: bool, list: &ListReader<File>) -> Result<Import> {
        let mut tx = self.app.db.begin_unkeyed(&self.call()).await?;
        let import = Import {
            id: ImportId::new(&self.app.clock),
            authority: self.authority,
            kind: K::KIND,
            dry_run,
            state: ImportState::Reading,
            titles: list.titles().to_vec(),
            unknown_columns: list.header().unknown().to_vec(),
            rows_read: 0,
            counts: Counts::default(),
            passed_over: 0,
            failures: 0,
            begun_by: self.call.caller.subject.to_string(),
            begun_at: tx.now(),
            ended_at: None,
        };
        match store::insert_import(&mut tx, &import).await {
            Ok(()) => {
                tx.audit(AuditEntry { action: "import.begin", ..Default::default() });
                tx.finish().await?;
                Ok(import)
            }
            refused => {
                drop(tx);
                let running = self.running().await?;
                refused.on_constraint("import_running", || ImportRefusal::Running(running))?;
                Ok(import)
            }
        }
    }

    /// The import that is in the way.
    async fn running(&self) -> Result<Option<ImportId>> {
        let mut reader = self.app.db.read(&self.call()).await?;
        store::find_running(&mut reader, self.authority, K::KIND).await
    }

    /// Reads and stages the rows, batch by batch, so that it can be seen how far it is.
    async fn read(&self, import: &Import, list: ListReader<File>, known: Known) -> Result<Import> {
        let (batches, mut read) = channel(1);
        let reading = tokio::task::spawn_blocking(move || Reading::<K>::new(list, known).run(&batches));
        let mut number = 0;
        while let Some(batch) = read.recv().await {
            self.keep(import, number, batch).await?;
            number += 1;
        }
        reading.await.map_err(Error::internal)??;
        let mut tx = self.app.db.begin_unkeyed(&self.call()).await?;
        let now = tx.now();
        let import = store::update_to_taking(&mut tx, import.id, now).await?;
        tx.wake_after_commit(self.app.import_work.clone());
        tx.finish().await?;
        Ok(import)
    }

    async fn keep(&self, import: &Import, number: u32, batch: ReadBatch<K::Listed>) -> Result<()> {
        let counts = counted(batch.done.iter().map(|(_, outcome, content)| (*outcome, is_warned(content))));
        let read = counts.rows() + i32::try_from(batch.staged.len()).unwrap_or(i32::MAX);
        let sealer = self.app.sealer.clone();
        let id = import.id;
        let sealing = move || -> Result<_> {
            let content = match batch.staged.is_empty() {
                true => None,
                false => Some(seal_batch(&sealer, id, number, &batch.staged)?),
            };
            let sealed = |content: Option<RowContent>, row| {
                content.map(|content| content.seal(&sealer, id, row)).transpose()
            };
            let rows: Result<Vec<NewRow>> = batch
                .done
                .into_iter()
                .map(|(row, outcome, content)| Ok(NewRow { row, outcome, content: sealed(content, row)? }))
                .collect();
            Ok((content, rows?))
        };
        let (content, rows) = tokio::task::spawn_blocking(sealing).await.map_err(Error::internal)??;
        let mut tx = self.app.db.begin_unkeyed(&self.call()).await?;
        let now = tx.now();
        if let Some(content) = content {
            store::insert_batch(&mut tx, import, number, &content).await?;
        }
        store::insert_rows(&mut tx, import, &rows).await?;
        store::update_progress(&mut tx, (import.id, now), read, counts, batch.passed_over).await?;
        tx.finish().await
    }

    async fn undo(&self, import: ImportId) -> Result<()> {
        let mut tx = self.app.db.begin_unkeyed(&self.call()).await?;
        store::delete_import(&mut tx, import).await?;
        tx.finish().await
    }

    /// A call of its own for each transaction: reading may take longer than one may.
    fn call(&self) -> Call {
        Call::by(self.call.caller.clone())
    }
}

fn is_warned(content: &Option<RowContent>) -> bool {
    content.as_ref().is_some_and(|content| !content.warnings.is_empty())
}

/// The rows of a list as they are read, where that may take the processor's time.
struct Reading<K: ListKind> {
    list: ListReader<File>,
    known: Known,
    before: ListedBefore,
    kind: PhantomData<K>,
}

impl<K: ListKind> Reading<K> {
    fn new(list: ListReader<File>, known: Known) -> Self {
        Self { list, known, before: ListedBefore::default(), kind: PhantomData }
    }

    fn run(mut self, batches: &Sender<ReadBatch<K::Listed>>) -> Result<()> {
        let mut passed_over = 0;
        loop {
            let mut batch = ReadBatch { staged: Vec::new(), done: Vec::new(), passed_over: 0 };
            let mut is_whole = false;
            while !is_whole && batch.staged.len() + batch.done.len() < BATCH {
                match self.list.next_row()? {
                    Some(row) => self.read(&row, &mut batch),
                    None => is_whole = true,
                }
            }
            let so_far = i32::try_from(self.list.passed_over().len()).unwrap_or(i32::MAX);
            batch.passed_over = so_far - std::mem::replace(&mut passed_over, so_far);
            // Nobody takes them when keeping one has failed.
            if batches.blocking_send(batch).is_err() || is_whole {
                return Ok(());
            }
        }
    }

    fn read(&mut self, row: &Row, batch: &mut ReadBatch<K::Listed>) {
        let mut reader = self.list.header().reader(row);
        let listed = K::read(&mut reader, &self.known);
        if listed.is_none() && reader.is_sound() {
            reader.reject("", "INVALID", "cannot be read");
        }
        let (problems, remarks) = reader.finish();
        let warnings: Vec<Note> = remarks.iter().map(Note::of_remark).collect();
        let Some(listed) = listed.filter(|_| problems.is_empty()) else {
            let violations = problems.iter().map(Note::of_problem).collect();
            let content = RowContent::rejected(row, violations, warnings);
            batch.done.push((row.number, Outcome::Rejected, Some(content)));
            return;
        };
        match self.before.note(K::number(&listed), &listed) {
            Listing::New => batch.staged.push(Staged { row: row.number, listed, warnings }),
            Listing::Repeated => batch.done.push((row.number, Outcome::Unchanged, None)),
            Listing::Contradicted => {
                let violations = vec![Note::of_refusal(RowRefusal::DuplicateInFile)];
                let content = RowContent::rejected(row, violations, warnings);
                batch.done.push((row.number, Outcome::Rejected, Some(content)));
            }
        }
    }
}
