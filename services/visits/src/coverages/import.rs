//! Take a list of coverages: the rows that are right, with a report on the others.

use careway_contract::visits::v1::{
    ImportCoveragesRequest, ImportCoveragesResponse, import_coverages_response::RejectedRow,
};
use careway_kernel::OrganizationId;
use careway_service::{
    Call, Result, Transaction,
    table::{self, Limits, Table, TableError},
};
use tonic::Streaming;

use super::{
    change::tell_all,
    domain::ListedCoverage,
    import_rows::{Columns, Rejection},
    store::{self, import::Imported},
};
use crate::{
    App,
    uploaded_list::{UploadedList, gather},
};

/// Rows taken in one transaction.
const BATCH: usize = 500;
/// Rows reported at most.
const MOST_REPORTED: usize = 1000;

pub(crate) async fn import_coverages(
    app: &App,
    call: &Call,
    pieces: Streaming<ImportCoveragesRequest>,
) -> Result<ImportCoveragesResponse> {
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
            take(app, &mut tx, &own, payer, batch, &mut report).await?;
        }
    } else {
        for batch in listed.chunks(BATCH) {
            let mut tx = app.db.begin_unkeyed(&own).await?;
            take(app, &mut tx, &own, payer, batch, &mut report).await?;
            tx.finish().await?;
        }
    }
    Ok(report.into_response(dry_run, rows))
}

fn read(table: &Table) -> Result<(Vec<ListedCoverage>, Vec<Rejection>)> {
    let columns = Columns::find(table).map_err(TableError::ColumnMissing)?;
    let (mut listed, mut rejected) = (Vec::with_capacity(table.rows.len()), Vec::new());
    for row in &table.rows {
        match columns.read(row) {
            Ok(coverage) => listed.push(coverage),
            Err(wrong) => rejected.extend(wrong),
        }
    }
    Ok((listed, rejected))
}

async fn take(
    app: &App,
    tx: &mut Transaction,
    call: &Call,
    payer: OrganizationId,
    batch: &[ListedCoverage],
    report: &mut Report,
) -> Result<()> {
    let now = tx.now();
    let outcomes = store::import::import_coverages(tx, &app.clock, payer, now, batch).await?;
    let mut created = Vec::new();
    for (listed, outcome) in batch.iter().zip(outcomes) {
        match outcome {
            Imported::Created(coverage) => created.push(*coverage),
            Imported::Unchanged => report.unchanged += 1,
            Imported::NoMember => report.reject(listed, "member_number", "no such member"),
            Imported::NoPlan => report.reject(listed, "plan_code", "no such plan"),
            Imported::Overlaps => report.reject(listed, "", "the member has another cover in this period"),
        }
    }
    tell_all(tx, call, "coverage.import", &created);
    report.created += created.len();
    Ok(())
}

#[derive(Default)]
struct Report {
    created: usize,
    unchanged: usize,
    rejections: Vec<Rejection>,
}

impl Report {
    fn reject(&mut self, listed: &ListedCoverage, column: &'static str, message: &str) {
        self.rejections.push(Rejection { row: listed.row, column, message: message.to_owned() });
    }

    fn into_response(mut self, dry_run: bool, rows: usize) -> ImportCoveragesResponse {
        let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
        self.rejections.sort_by_key(|rejection| rejection.row);
        let shown = self.rejections.iter().take(MOST_REPORTED).map(|it| RejectedRow {
            row: i32::try_from(it.row).unwrap_or(i32::MAX),
            column: it.column.to_owned(),
            message: it.message.clone(),
        });
        ImportCoveragesResponse {
            dry_run,
            rows: count(rows),
            created: count(self.created),
            unchanged: count(self.unchanged),
            rejected: count(rows - self.created - self.unchanged),
            rejections: shown.collect(),
        }
    }
}
