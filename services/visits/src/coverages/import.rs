//! Take a list of coverages: the rows that are right, with a report on the others.

use std::collections::{HashMap, HashSet};

use careway_contract::visits::v1::{
    ImportCoveragesRequest, ImportCoveragesResponse, import_coverages_response::RejectedRow,
};
use careway_kernel::{MemberNumber, OrganizationId};
use careway_service::{
    Call, Result, Transaction,
    imports::{Held, ListFile},
    table::{Outcome, Report},
};
use tonic::Streaming;

use super::{
    change::record_changes,
    domain::{BEFORE_BIRTH, ListedCoverage, ends_before_birth, may_end_before_birth},
    import_rows,
    registry::{Registered, registered},
    store::{self, import::Imported, member::MemberRef},
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
    let read = move |list: ListFile| Ok(import_rows::read(&list.table(limits)?, list.dry_run)?);
    let Held { value: (listed, mut report), place: _place } =
        app.imports.take(payer, limits, pieces, |piece| (piece.dry_run, piece.file), read).await?;

    let registry = Registry::ask(app, call, payer, &listed).await?;
    let listed = registry.born(listed, &mut report);
    registry.keep(app, &Call::by(call.caller.clone())).await?;
    // The same list again changes nothing, so each batch stands for itself and the request's key for none of them.
    let own = Call::by(call.caller.clone());
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
            tx.finish().await?;
        }
    }
    Ok(response(&report))
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

    /// The rows but for those that cover nobody yet.
    fn born(&self, listed: Vec<ListedCoverage>, report: &mut Report) -> Vec<ListedCoverage> {
        let born = |it: &ListedCoverage| {
            self.known.get(&it.number).is_none_or(|known| !ends_before_birth(it.to, known.birth_date))
        };
        let (born, unborn): (Vec<_>, Vec<_>) = listed.into_iter().partition(born);
        for listed in unborn {
            report.reject_row(listed.row, "to", "BEFORE_BIRTH", BEFORE_BIRTH);
        }
        born
    }

    /// Keeps those that no event told of, in transactions of their own: they stand as their events will have them stand.
    async fn keep(&self, app: &App, call: &Call) -> Result<()> {
        let known = self.new.iter().filter_map(|number| self.known.get(number));
        let members: Vec<_> = known.map(|it| it.member.clone()).collect();
        for members in members.chunks(BATCH) {
            insert_members(app, call, members).await?;
        }
        Ok(())
    }
}

async fn insert_members(app: &App, call: &Call, members: &[MemberRef]) -> Result<()> {
    let mut tx = app.db.begin_unkeyed(call).await?;
    store::member::upsert_members(&mut tx, members, None).await?;
    tx.finish().await
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
    let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    let rejections = report.problems().take(MOST_REPORTED).map(|it| RejectedRow {
        row: i32::try_from(it.row).unwrap_or(i32::MAX),
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
