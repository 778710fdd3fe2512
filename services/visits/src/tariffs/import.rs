//! Take a price list: the rows that are right, with a report on the others.

use careway_contract::visits::v1::{
    ImportTariffsRequest, ImportTariffsResponse, import_tariffs_response::RejectedRow,
};
use careway_kernel::OrganizationId;
use careway_service::{
    AuditEntry, Call, Result, Transaction, count,
    imports::{Held, ListFile},
    table::{Outcome, Report},
};
use tonic::Streaming;

use super::{
    domain::ListedPrice,
    import_rows,
    store::{self, import::Imported},
};
use crate::App;

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
    let limits = app.imports.limits();
    let read =
        move |list: ListFile| Ok(import_rows::read(&list.read(limits, import_rows::COLUMNS)?, list.dry_run));
    let Held { value: (listed, mut report), place: _place } =
        app.imports.take(payer, limits, pieces, |piece| (piece.dry_run, piece.file), read).await?;

    // The same list again changes nothing, so each batch stands for itself and the request's key for none of them.
    let own = Call::by(call.caller.clone());
    if report.dry_run {
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
    Ok(response(&report))
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
            Imported::Created => report.note(listed.row, Outcome::Created),
            Imported::Changed => report.note(listed.row, Outcome::Updated),
            Imported::Unchanged => report.note(listed.row, Outcome::Unchanged),
            Imported::NoContract => {
                let message = "there is no contract with this facility";
                report.reject_row(listed.row, "facility_id", "CONTRACT_MISSING", message);
            }
        }
    }
    Ok(())
}

fn response(report: &Report) -> ImportTariffsResponse {
    let rejections = report.problems().take(MOST_REPORTED).map(|it| RejectedRow {
        row: it.row.cast_signed(),
        column: it.column.to_owned(),
        message: it.message.clone(),
    });
    ImportTariffsResponse {
        dry_run: report.dry_run,
        rows: count(report.total()),
        created: count(report.count(Outcome::Created)),
        changed: count(report.count(Outcome::Updated)),
        unchanged: count(report.count(Outcome::Unchanged)),
        rejected: count(report.count(Outcome::Rejected)),
        rejections: rejections.collect(),
        unknown_columns: report.unknown_columns.clone(),
    }
}
