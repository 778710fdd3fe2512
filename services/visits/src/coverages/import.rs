//! Take a list of coverages: the rows that are right, with a report on the others.

use std::collections::HashMap;

use careway_contract::visits::v1::{
    ImportCoveragesRequest, ImportCoveragesResponse, import_coverages_response::RejectedRow,
};
use careway_kernel::OrganizationId;
use careway_service::{
    Call, Result, Transaction,
    table::{self, Limits, Table},
};
use futures::{StreamExt, TryStreamExt, stream};
use tonic::Streaming;

use super::{
    change::tell_all,
    create::ask_identity,
    domain::ListedCoverage,
    import_rows::{Columns, Rejection},
    store::{self, import::Imported, member::MemberRef},
};
use crate::{
    App,
    uploaded_list::{UploadedList, column_missing, gather},
};

/// Rows taken in one transaction.
const BATCH: usize = 500;
/// Members that identity is asked for at once.
const ASKED_AT_ONCE: usize = 8;
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
    let mut registered = just_registered(app, call, payer, &listed).await?;
    let mut report = Report { rejections, ..Report::default() };
    // The same list again changes nothing, so each batch stands for itself and the request's key for none of them.
    let own = Call::by(call.caller.clone());
    if dry_run {
        // Everything is done and undone, so that the report is what would happen.
        let mut tx = app.db.begin(&own).await?;
        for batch in listed.chunks(BATCH) {
            know(&mut tx, &mut registered, batch).await?;
            take(app, &mut tx, &own, payer, batch, &mut report).await?;
        }
    } else {
        for batch in listed.chunks(BATCH) {
            let mut tx = app.db.begin(&own).await?;
            know(&mut tx, &mut registered, batch).await?;
            take(app, &mut tx, &own, payer, batch, &mut report).await?;
            tx.finish().await?;
        }
    }
    Ok(report.into_response(dry_run, rows))
}

fn read(table: &Table) -> Result<(Vec<ListedCoverage>, Vec<Rejection>)> {
    let columns = Columns::find(table).map_err(column_missing)?;
    let (mut listed, mut rejected) = (Vec::with_capacity(table.rows.len()), Vec::new());
    for row in &table.rows {
        match columns.read(row) {
            Ok(coverage) => listed.push(coverage),
            Err(wrong) => rejected.extend(wrong),
        }
    }
    Ok((listed, rejected))
}

/// Whoever identity knows and no event told of yet: a list of coverages comes right after the list of its members.
async fn just_registered(
    app: &App,
    call: &Call,
    payer: OrganizationId,
    listed: &[ListedCoverage],
) -> Result<HashMap<String, MemberRef>> {
    let numbers = listed.iter().map(|coverage| coverage.number.as_str().to_owned()).collect();
    let unknown = store::member::unknown_numbers(&app.db, call, payer, numbers).await?;
    stream::iter(unknown)
        .map(|number| async move { ask_identity(app, payer, &number).await })
        .buffer_unordered(ASKED_AT_ONCE)
        .try_filter_map(|member| {
            futures::future::ok(member.map(|member| (member.number.as_str().to_owned(), member)))
        })
        .try_collect()
        .await
}

/// Keeps those of the batch whom identity told of.
async fn know(
    tx: &mut Transaction,
    registered: &mut HashMap<String, MemberRef>,
    batch: &[ListedCoverage],
) -> Result<()> {
    for listed in batch {
        if let Some(member) = registered.remove(listed.number.as_str()) {
            store::member::upsert_member(tx, &member, None).await?;
        }
    }
    Ok(())
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
