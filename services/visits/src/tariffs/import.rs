//! Take a price list: the rows that are right, with a report on the others.

use std::collections::HashSet;

use careway_contract::visits::v1::{
    ImportTariffsRequest, ImportTariffsResponse, import_tariffs_response::RejectedRow,
};
use careway_kernel::OrganizationId;
use careway_service::{
    AuditEntry, Call, Result, Transaction,
    table::{self, Limits, Table, TableError},
};
use tonic::Streaming;

use super::{
    domain::ListedPrice,
    import_rows::Columns,
    store::{self, import::Imported},
};
use crate::{
    App,
    coverages::import_rows::Rejection,
    uploaded_list::{UploadedList, gather},
};

/// Rows taken in one transaction.
const BATCH: usize = 500;
/// Rows reported at most.
const MOST_REPORTED: usize = 1000;

pub(crate) async fn import_tariffs(
    app: &App,
    call: &Call,
    pieces: Streaming<ImportTariffsRequest>,
) -> Result<ImportTariffsResponse> {
    let payer = call.caller.payer()?;
    let as_table = |file, media_type: &str| Ok(table::read_table(file, media_type, Limits::default())?);
    let UploadedList { dry_run, table, place: _place } =
        gather(app, payer, pieces, |piece| (piece.dry_run, piece.file), as_table).await?;
    let (listed, rejections) = read(&table)?;

    let rows = table.rows.len();
    drop(table);
    let mut report = Report { rejections, ..Report::default() };
    // The same list again changes nothing, so each batch stands for itself and the request's key for none of them.
    let own = Call::by(call.caller.clone());
    if dry_run {
        // Everything is done and undone, so that the report is what would happen.
        let mut tx = app.db.begin_unkeyed(&own).await?;
        for batch in listed.chunks(BATCH) {
            take(app, &mut tx, payer, batch, &mut report).await?;
        }
    } else {
        for batch in listed.chunks(BATCH) {
            let mut tx = app.db.begin_unkeyed(&own).await?;
            take(app, &mut tx, payer, batch, &mut report).await?;
            tx.audit(AuditEntry { action: "tariffs.import", ..Default::default() });
            tx.finish().await?;
        }
    }
    Ok(report.into_response(dry_run, rows))
}

/// The rows that are right so far: each code once from one day on, of a facility or in general.
fn read(table: &Table) -> Result<(Vec<ListedPrice>, Vec<Rejection>)> {
    let columns = Columns::find(table).map_err(TableError::ColumnMissing)?;
    let (mut listed, mut rejected) = (Vec::with_capacity(table.rows.len()), Vec::new());
    let mut seen = HashSet::new();
    for row in &table.rows {
        match columns.read(row) {
            Ok(it) if seen.insert((it.price.facility, it.price.code.clone(), it.price.from)) => {
                listed.push(it)
            }
            Ok(it) => rejected.push(Rejection {
                row: it.row,
                column: "code",
                message: "is listed before from the same day on".to_owned(),
            }),
            Err(wrong) => rejected.extend(wrong),
        }
    }
    Ok((listed, rejected))
}

async fn take(
    app: &App,
    tx: &mut Transaction,
    payer: OrganizationId,
    batch: &[ListedPrice],
    report: &mut Report,
) -> Result<()> {
    let now = tx.now();
    let outcomes = store::import::import_tariffs(tx, &app.clock, payer, now, batch).await?;
    for (listed, outcome) in batch.iter().zip(outcomes) {
        match outcome {
            Imported::Created => report.created += 1,
            Imported::Changed => report.changed += 1,
            Imported::Unchanged => report.unchanged += 1,
            Imported::NoContract => report.rejections.push(Rejection {
                row: listed.row,
                column: "facility_id",
                message: "there is no contract with this facility".to_owned(),
            }),
        }
    }
    Ok(())
}

#[derive(Default)]
struct Report {
    created: usize,
    changed: usize,
    unchanged: usize,
    rejections: Vec<Rejection>,
}

impl Report {
    fn into_response(mut self, dry_run: bool, rows: usize) -> ImportTariffsResponse {
        let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
        self.rejections.sort_by_key(|rejection| rejection.row);
        let shown = self.rejections.into_iter().take(MOST_REPORTED).map(|it| RejectedRow {
            row: i32::try_from(it.row).unwrap_or(i32::MAX),
            column: it.column.to_owned(),
            message: it.message,
        });
        ImportTariffsResponse {
            dry_run,
            rows: count(rows),
            created: count(self.created),
            changed: count(self.changed),
            unchanged: count(self.unchanged),
            rejected: count(rows - self.created - self.changed - self.unchanged),
            rejections: shown.collect(),
        }
    }
}
