//! Take what was staged: a batch a transaction, of the import that waited longest, whichever replica staged it.
//!
//! The import's row is locked for as long as its batch is taken: another replica passes it, and a replica that dies gives it
//! back untaken.

use std::time::Duration;

use careway_kernel::ImportId;
use careway_service::{Error, Kind, Result, Transaction};

use super::{
    domain::{AgencyCodes, Import, ImportKind, ImportState},
    events::record_imported,
    kind::{ListKind, Staged, Taken, counted},
    participants::Participants,
    renewals::Renewals,
    row_content::{Note, RowContent, open_batch},
    store::{self, Batch, NewRow},
    sweep::Sweep,
};
use crate::App;

/// How often it is asked for work that nobody told of: what a replica left that has died.
const BETWEEN: Duration = Duration::from_secs(2);
/// After a batch that could not be taken.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// Batches that one process takes at a time: of two imports, so that a long one holds up nobody.
const TAKERS: usize = 2;

/// Takes what was staged until Careway ends.
pub(crate) async fn run_takers(app: App) {
    let takers = (0..TAKERS).map(|_| run_taker(&app));
    let sweep = Sweep::new(&app);
    tokio::join!(futures::future::join_all(takers), sweep.run());
}

async fn run_taker(app: &App) {
    let shutdown = &app.foundation.shutdown;
    while !shutdown.is_cancelled() {
        match take_next(app).await {
            Ok(true) => {}
            Ok(false) => tokio::select! {
                () = shutdown.cancelled() => return,
                () = app.import_work.notified() => {}
                () = tokio::time::sleep(BETWEEN) => {}
            },
            Err(error) => {
                tracing::error!(%error, "a batch of an import could not be taken");
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    () = tokio::time::sleep(AFTER_FAILURE) => {}
                }
            }
        }
    }
}

/// Takes the next batch, if any waits.
async fn take_next(app: &App) -> Result<bool> {
    let mut tx = app.db.begin_system("imports.take").await?;
    let Some(import) = store::lock_next(&mut tx).await? else { return Ok(false) };
    let id = import.id;
    let taken = match store::find_batch(&mut tx, id).await? {
        None => end(tx, import).await,
        Some(batch) => match import.kind {
            ImportKind::Participants => take::<Participants>(app, tx, &import, batch).await,
            ImportKind::Renewals => take::<Renewals>(app, tx, &import, batch).await,
        },
    };
    if let Err(error) = &taken {
        pass_over(app, id, error.kind() == Kind::Unavailable).await?;
    }
    taken.map(|()| true)
}

/// Others have their turn before it is tried again; what cannot be taken, whoever tries, is given up.
async fn pass_over(app: &App, id: ImportId, is_unavailable: bool) -> Result<()> {
    let mut tx = app.db.begin_system("imports.take").await?;
    let now = tx.now();
    let Some(import) = store::lock_taking(&mut tx, id).await? else { return Ok(()) };
    let import = if is_unavailable { import } else { import.failed() };
    if import.state.is_over() {
        tracing::error!(import_id = %id, failures = import.failures, "an import is given up: a batch of it cannot be taken");
        store::update_ended(&mut tx, id, import.state, now).await?;
    } else {
        store::update_turn(&mut tx, id, import.failures, now).await?;
    }
    tx.finish().await
}

async fn take<K: ListKind>(app: &App, mut tx: Transaction, import: &Import, batch: Batch) -> Result<()> {
    let (sealer, id, Batch { number: batch_number, content }) = (app.sealer.clone(), import.id, batch);
    let open = move || open_batch::<Staged<K::Listed>>(&sealer, id, batch_number.cast_unsigned(), &content);
    let mut staged = tokio::task::spawn_blocking(open).await.map_err(Error::internal)??;
    // An agency may have handed over since the list was read; until this batch is taken none does.
    let agencies = AgencyCodes::of(&store::lock_appointed(&mut tx, import.authority).await?);
    staged.iter_mut().for_each(|row| K::collect(&mut row.listed, &agencies));
    let taken = K::take(app, &mut tx, import, &staged).await?;
    let is_warned = |row: &Staged<K::Listed>| !row.warnings.is_empty();
    let counts = counted(staged.iter().zip(&taken).map(|(row, taken)| (taken.outcome(), is_warned(row))));
    let rows = staged.iter().zip(taken).map(|(row, taken)| reported(app, import, row, taken));
    let rows: Vec<NewRow> = rows.collect::<Result<_>>()?;
    store::insert_rows(&mut tx, import, &rows).await?;
    let now = tx.now();
    store::update_taken(&mut tx, (import.id, now), batch_number, counts).await?;
    tx.finish().await
}

/// A row as it is kept: with what is said of its cells, if anything is.
fn reported<L>(app: &App, import: &Import, row: &Staged<L>, taken: Taken) -> Result<NewRow> {
    let violations = match taken {
        Taken::As(_) => Vec::new(),
        Taken::Not(refusal) => vec![Note::of_refusal(refusal)],
    };
    let content = RowContent { cells: Vec::new(), violations, warnings: row.warnings.clone() };
    let is_silent = content == RowContent::default();
    let content = (!is_silent).then(|| content.seal(&app.sealer, import.id, row.row)).transpose()?;
    Ok(NewRow { row: row.row, outcome: taken.outcome(), content })
}

/// Ends an import of which everything was taken.
async fn end(mut tx: Transaction, mut import: Import) -> Result<()> {
    import.state = ImportState::Done;
    let now = tx.now();
    store::update_ended(&mut tx, import.id, import.state, now).await?;
    if !import.dry_run {
        record_imported(&mut tx, &import);
    }
    tx.finish().await
}
