//! Take a list of coverages: the rows that are right, with a report on the others.

use careway_contract::visits::v1::{
    ImportCoveragesRequest, ImportCoveragesResponse, import_coverages_response::RejectedRow,
};
use careway_kernel::OrganizationId;
use careway_service::{
    AuditEntry, Call, Result, Transaction, count,
    imports::{Held, ListFile},
    table::{Outcome, Report},
};
use tonic::Streaming;

use super::{
    change::record_changes,
    domain::ListedCoverage,
    import_rows,
    registry::Registry,
    store::{self, import::Imported},
};
use crate::App;

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
    let limits = app.imports.limits();
    let read =
        move |list: ListFile| Ok(import_rows::read(&list.read(limits, import_rows::COLUMNS)?, list.dry_run));
    let Held { value: (listed, mut report), place: _place } =
        app.imports.take(payer, limits, pieces, |piece| (piece.dry_run, piece.file), read).await?;

    let registry = Registry::ask(app, call, payer, &listed).await?;
    let listed = registry.born(listed, &mut report);
    // The same list again changes nothing, so each batch stands for itself and the request's key for none of them.
    let own = Call::by(call.caller.clone());
    registry.save(app, &own).await?;
    if report.dry_run {
        // Everything is done and undone, so that the report is what would happen.
        let mut tx = app.db.begin_unkeyed(&own).await?;
        for batch in listed.chunks(BATCH) {
            take(app, &mut tx, &own, payer, batch, &mut report).await?;
        }
    } else {
        for batch in listed.chunks(BATCH) {
            let mut tx = app.db.begin_unkeyed(&own).await?;
            take(app, &mut tx, &own, payer, batch, &mut report).await?;
            tx.audit(AuditEntry { action: "coverages.import", ..Default::default() });
            tx.finish().await?;
        }
    }
    Ok(response(&report))
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
        let reject = |report: &mut Report, column, reason, message: &str| {
            report.reject_row(listed.row, column, reason, message)
        };
        match outcome {
            Imported::Created(coverage) => {
                report.note(listed.row, Outcome::Created);
                created.push(*coverage);
            }
            Imported::Unchanged => report.note(listed.row, Outcome::Unchanged),
            Imported::NoMember => reject(report, "member_number", "MEMBER_UNKNOWN", "no such member"),
            Imported::NoPlan => reject(report, "plan_code", "PLAN_UNKNOWN", "no such plan"),
            Imported::Overlaps => {
                reject(report, "", "COVERAGE_OVERLAPS", "the member has another cover in this period");
            }
        }
    }
    record_changes(tx, call, "coverage.import", &created);
    Ok(())
}

fn response(report: &Report) -> ImportCoveragesResponse {
    let rejections = report.problems().take(MOST_REPORTED).map(|it| RejectedRow {
        row: it.row.cast_signed(),
        column: it.column.to_owned(),
        message: it.message.clone(),
    });
    ImportCoveragesResponse {
        dry_run: report.dry_run,
        rows: count(report.total()),
        created: count(report.count(Outcome::Created)),
        unchanged: count(report.count(Outcome::Unchanged)),
        rejected: count(report.count(Outcome::Rejected)),
        rejections: rejections.collect(),
        unknown_columns: report.unknown_columns.clone(),
    }
}
