//! Take a list of coverages: the rows that are right, with a report on the others.

use std::collections::{HashMap, HashSet};

use careway_contract::visits::v1::{
    ImportCoveragesRequest, ImportCoveragesResponse, import_coverages_response::RejectedRow,
};
use careway_kernel::{MemberNumber, OrganizationId};
use careway_service::{
    Call, Result, Transaction,
    table::{self, Limits, Table},
};
use tonic::Streaming;

use super::{
    change::tell_all,
    domain::{BEFORE_BIRTH, ListedCoverage, ends_before_birth, may_end_before_birth},
    import_rows::{Columns, Rejection},
    registry::{Registered, registered},
    store::{self, import::Imported},
};
use crate::{
    App,
    uploaded_list::{UploadedList, column_missing, gather},
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
    let registry = Registry::ask(app, call, payer, &listed).await?;
    let listed = report.without_unborn(listed, &registry);
    // The same list again changes nothing, so each batch stands for itself and the request's key for none of them.
    let own = Call::by(call.caller.clone());
    if dry_run {
        // Everything is done and undone, so that the report is what would happen.
        let mut tx = app.db.begin(&own).await?;
        for batch in listed.chunks(BATCH) {
            registry.keep(&mut tx, batch).await?;
            take(app, &mut tx, &own, payer, batch, &mut report).await?;
        }
    } else {
        for batch in listed.chunks(BATCH) {
            let mut tx = app.db.begin(&own).await?;
            registry.keep(&mut tx, batch).await?;
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

/// What identity knows of the members of a list that comes right after theirs, or speaks of days that are over.
struct Registry {
    /// No event told of them yet.
    new: HashSet<MemberNumber>,
    known: HashMap<MemberNumber, Registered>,
}

impl Registry {
    async fn ask(app: &App, call: &Call, payer: OrganizationId, listed: &[ListedCoverage]) -> Result<Self> {
        let numbers = listed.iter().map(|it| it.number.as_str().to_owned()).collect();
        let new: HashSet<_> =
            store::member::list_unknown_numbers(&app.db, call, payer, numbers).await?.into_iter().collect();
        let over = listed.iter().filter(|it| may_end_before_birth(it.to, app.clock.now()));
        let asked: HashSet<_> = over.map(|it| &it.number).chain(&new).cloned().collect();
        let known = registered(app, payer, &Vec::from_iter(asked)).await?;
        Ok(Self { new, known })
    }

    /// Keeps those of the batch that no event told of.
    async fn keep(&self, tx: &mut Transaction, batch: &[ListedCoverage]) -> Result<()> {
        let new: HashSet<_> = batch.iter().map(|it| &it.number).filter(|it| self.new.contains(*it)).collect();
        let new: Vec<_> = new.into_iter().filter_map(|it| Some(self.known.get(it)?.member.clone())).collect();
        if !new.is_empty() {
            store::member::upsert_members(tx, &new, None).await?;
        }
        Ok(())
    }
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

    /// The rows but for those that cover nobody yet.
    fn without_unborn(&mut self, listed: Vec<ListedCoverage>, registry: &Registry) -> Vec<ListedCoverage> {
        let born = |it: &ListedCoverage| {
            registry.known.get(&it.number).is_none_or(|known| !ends_before_birth(it.to, known.birth_date))
        };
        let (taken, unborn): (Vec<_>, Vec<_>) = listed.into_iter().partition(born);
        for listed in &unborn {
            self.reject(listed, "to", BEFORE_BIRTH);
        }
        taken
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
