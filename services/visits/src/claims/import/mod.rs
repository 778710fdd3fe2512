//! Take a list of claims: each that is right is submitted, for itself, with an answer for every row.

mod dry_run;
mod json_lines;
mod report;
mod rows;
mod store;

use std::{collections::HashSet, io::Read as _};

use careway_contract::visits::v1::{ImportClaimsRequest, ImportClaimsResponse};
use careway_kernel::{ClaimId, OrganizationId, Violations};
use careway_service::{
    Call, Error, Kind, Result, SharedReason, Transaction,
    imports::{Held, ListFile},
    table::{Limits, List as ReadList, TableError},
};
use sqlx::PgConnection;
use tonic::Streaming;

use super::{
    domain::{Claim, State, refusal::ClaimRefusal},
    error::WriteError,
    store::Former,
    write::{self, ClaimInput},
};
use crate::{
    App, claims,
    service_lines::{
        self,
        domain::requested::{Frame, LineRequest, in_currency},
    },
    visits::{self, store::NumberedVisit},
};
use dry_run::try_all;
use json_lines::JsonLinesError;
use report::{Outcome, Report};
use rows::ListedClaim;

/// The media type of JSON lines.
const JSON_LINES: &str = "application/x-ndjson";
/// Rows of a list, at most: a day of a large hospital.
const MOST_ROWS: usize = 5_000;

pub(crate) async fn import_claims(
    app: &App,
    call: &Call,
    pieces: Streaming<ImportClaimsRequest>,
) -> Result<ImportClaimsResponse> {
    let facility = call.caller.facility()?;
    let limits = app.imports.limits();
    let limits = Limits { rows: limits.rows.min(MOST_ROWS), ..limits };
    let read = move |list: ListFile| Ok(rows::read(&read_list(&list, limits)?, list.dry_run));
    let Held { value: (claims, rows), place: _place } =
        app.imports.take(facility, limits, pieces, |piece| (piece.dry_run, piece.file), read).await?;
    let mut report = Report::of(rows);

    // The same list again changes nothing, so each claim stands for itself and the request's key for none of them.
    let list = List { app, call: Call::by(call.caller.clone()), facility };
    let known = list.look_up(&claims).await?;
    let looked = claims.iter().map(|claim| list.look_at(claim, &known)).collect::<Result<Vec<_>>>()?;
    let outcomes =
        if report.is_of_dry_run() { try_all(&list, looked).await? } else { list.take_all(looked).await? };
    for (claim, outcome) in claims.iter().zip(outcomes) {
        report.note(claim, outcome);
    }
    Ok(report.into_response())
}

/// A list in any of its forms.
fn read_list(list: &ListFile, limits: Limits) -> Result<ReadList> {
    let bare = list.media_type.split(';').next().unwrap_or_default().trim();
    if !bare.eq_ignore_ascii_case(JSON_LINES) {
        return Ok(list.read(limits, rows::COLUMNS)?);
    }
    let mut bytes = Vec::new();
    (&list.file).read_to_end(&mut bytes).map_err(Error::internal)?;
    let table = json_lines::read(&bytes, limits.rows).map_err(|error| match error {
        JsonLinesError::Line(line) => {
            let message = format!("the list cannot be read: line {line} is no JSON object of texts");
            Error::new(SharedReason::FileUnreadable, message)
        }
        JsonLinesError::TooLong(most) => TableError::TooLarge(format!("{most} rows")).into(),
    })?;
    Ok(ReadList::of(table, rows::COLUMNS)?)
}

/// What is known of the visits and references that a list names.
struct Known {
    visits: Vec<NumberedVisit>,
    claims: Vec<Former>,
}

/// A facility's list.
pub(crate) struct List<'a> {
    pub(crate) app: &'a App,
    pub(crate) call: Call,
    facility: OrganizationId,
}

/// A claim of a list, looked at before anything is locked.
pub(crate) enum Looked<'a> {
    /// There is nothing to submit.
    Answered(Outcome),
    Fresh(Fresh<'a>),
}

/// A claim to submit.
pub(crate) struct Fresh<'a> {
    pub(crate) listed: &'a ListedClaim,
    pub(crate) visit: &'a NumberedVisit,
    lines: Vec<LineRequest>,
}

impl List<'_> {
    async fn look_up(&self, claims: &[ListedClaim]) -> Result<Known> {
        let numbers: Vec<&str> = claims.iter().map(|it| it.visit_number.as_str()).collect();
        let references: Vec<&str> = claims.iter().map(|it| it.reference.as_str()).collect();
        let mut reader = self.app.db.read(&self.call).await?;
        Ok(Known {
            visits: visits::store::list_numbered(&mut reader, self.facility, &numbers).await?,
            claims: claims::store::list_by_reference(&mut reader, self.facility, &references).await?,
        })
    }

    fn look_at<'l>(&self, listed: &'l ListedClaim, known: &'l Known) -> Result<Looked<'l>> {
        if listed.broken {
            return Ok(Looked::Answered(Outcome::Invalid(Vec::new())));
        }
        let Some(visit) = known.visits.iter().find(|it| it.number == listed.visit_number) else {
            let unknown = ("visit_number", "must be the number of a visit to this facility");
            let unknown = vec![(unknown.0.to_owned(), unknown.1.to_owned())];
            return Ok(Looked::Answered(Outcome::Invalid(unknown)));
        };
        let mut v = Violations::default();
        let lines = service_lines::view::parse(&mut v, listed.lines.clone());
        let (lines,) = match v.all((lines,)) {
            Ok(parsed) => parsed,
            Err(violations) => return outcome_of(violations.into()).map(Looked::Answered),
        };
        let fresh = Fresh { listed, visit, lines };
        match known.claims.iter().find(|it| fresh.is(it)) {
            Some(former) => self.known_before(former, &fresh, &HashSet::new()).map(Looked::Answered),
            None => Ok(Looked::Fresh(fresh)),
        }
    }

    async fn take_all(&self, looked: Vec<Looked<'_>>) -> Result<Vec<Outcome>> {
        let mut outcomes = Vec::with_capacity(looked.len());
        for looked in looked {
            outcomes.push(match looked {
                Looked::Answered(outcome) => outcome,
                Looked::Fresh(fresh) => self.take(&fresh).await?,
            });
        }
        Ok(outcomes)
    }

    /// Submits it, for itself.
    async fn take(&self, fresh: &Fresh<'_>) -> Result<Outcome> {
        let mut tx = self.app.db.begin_unkeyed(&self.call).await?;
        match self.write(&mut tx, fresh).await {
            Ok(claim) => {
                write::record_submitted(&mut tx, &self.call, &claim);
                tx.finish().await?;
                Ok(Outcome::Created { id: claim.id, number: claim.number, state: claim.state })
            }
            Err(
                error @ (WriteError::ReferenceTaken { .. }
                | WriteError::Refused(ClaimRefusal::Duplicate { .. })),
            ) => {
                drop(tx);
                let mut reader = self.app.db.read(&self.call).await?;
                self.refused(&mut reader, fresh, error, &HashSet::new()).await
            }
            Err(error) => outcome_of(error.into()),
        }
    }

    /// Writes it as submitted.
    pub(crate) async fn write(&self, tx: &mut Transaction, fresh: &Fresh<'_>) -> Result<Claim, WriteError> {
        let input = ClaimInput {
            lines: fresh.lines.clone(),
            documents: Vec::new(),
            reference: Some(fresh.listed.reference.clone()),
        };
        let place = (fresh.visit.id(), self.facility);
        Ok(write::write(self.app, tx, place, input, true).await?.claim)
    }

    /// What is answered when it cannot be submitted. Claims that were only `tried` are none that anybody could look for.
    pub(crate) async fn refused(
        &self,
        conn: &mut PgConnection,
        fresh: &Fresh<'_>,
        error: WriteError,
        tried: &HashSet<ClaimId>,
    ) -> Result<Outcome> {
        let reference = fresh.listed.reference.as_str();
        let (of, number) = match write::named_by(conn, (self.facility, Some(reference)), error).await {
            WriteError::Refused(ClaimRefusal::Duplicate { of, number }) => (of, number),
            error => return outcome_of(error.into()),
        };
        // Another list may have brought the very same meanwhile.
        let found = claims::store::list_by_reference(conn, self.facility, &[reference]).await?;
        match found.iter().find(|it| fresh.is(it)) {
            Some(former) => self.known_before(former, fresh, tried),
            None => Ok(duplicate((of, number), tried)),
        }
    }

    /// The claim that has the reference: the same again, or another.
    fn known_before(&self, former: &Former, fresh: &Fresh<'_>, tried: &HashSet<ClaimId>) -> Result<Outcome> {
        let last_day = chrono::NaiveDate::MAX;
        let (currency, first_day) = (former.currency()?, fresh.visit.service_date);
        if let Err(refusal) = in_currency(&fresh.lines, currency) {
            return Ok(Outcome::Refused { error: refusal.into(), by: None });
        }
        let frame = Frame { currency, first_day, last_day, latest: "must not be later" };
        let same = match service_lines::domain::requested::within_visit(fresh.lines.clone(), &frame, |_| true)
        {
            Ok(lines) => {
                former.visit_id == fresh.visit.visit_id
                    && write::content(self.app, lines.iter()) == former.content_hash
            }
            Err(_) => false,
        };
        if same {
            let state = State::find(&former.state);
            return Ok(Outcome::Unchanged { id: former.id(), number: former.number.clone(), state });
        }
        Ok(duplicate((former.id(), former.number.clone()), tried))
    }
}

/// Refused for another claim, which is named unless it was only tried.
fn duplicate((of, number): (ClaimId, String), tried: &HashSet<ClaimId>) -> Outcome {
    let by = (!tried.contains(&of)).then(|| (of, number.clone()));
    Outcome::Refused { error: ClaimRefusal::Duplicate { of, number }.into(), by }
}

impl Fresh<'_> {
    /// Whether that claim has its reference, with its payer.
    fn is(&self, former: &Former) -> bool {
        former.external_reference.as_deref() == Some(self.listed.reference.as_str())
            && self.visit.payer_id == Some(former.payer_id)
    }
}

/// A refusal is the claim's; a fault is the whole list's.
fn outcome_of(error: Error) -> Result<Outcome> {
    if !error.violations().is_empty() {
        return Ok(Outcome::Invalid(error.violations().to_vec()));
    }
    match error.kind() {
        Kind::Refused | Kind::Unprocessable | Kind::Conflict | Kind::NotFound => {
            Ok(Outcome::Refused { error, by: None })
        }
        _ => Err(error),
    }
}
