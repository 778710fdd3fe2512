//! Take a list of claims: each that is right is submitted, for itself, with an answer for every row.

use bytes::Bytes;
use careway_contract::visits::v1::{ImportClaimsRequest, ImportClaimsResponse};
use careway_kernel::{OrganizationId, Violations};
use careway_service::{
    Call, Error, Kind, Result,
    table::{self, Limits, Table, TableError},
};
use tonic::Streaming;

use super::{
    claim_list::{self, Columns, JsonLinesError, ListedClaim},
    claim_report::{Outcome, Report},
    claim_writing::{self, ClaimWish, Written},
    uploaded_list::{UploadedList, column_missing, gather},
    visit_callers::facility,
};
use crate::{
    App,
    api::care_line,
    claim_error::ClaimError,
    domain::{
        care::{self, AskedLine, Frame},
        claim::State,
    },
    store::{self, claim::Former, visit::NumberedVisit},
};

/// The media type of JSON lines.
const JSON_LINES: &str = "application/x-ndjson";
/// Rows of a list, at most: a day of a large hospital.
const MOST_ROWS: usize = 5_000;

pub(crate) async fn import_claims(
    app: &App,
    call: &Call,
    pieces: Streaming<ImportClaimsRequest>,
) -> Result<ImportClaimsResponse> {
    let facility = facility(call)?;
    let UploadedList { dry_run, media_type, bytes } =
        gather(pieces, |piece| (piece.dry_run, piece.file)).await?;
    let table = tokio::task::spawn_blocking(move || read(bytes, &media_type)).await;
    let table = table.map_err(Error::internal)??;
    let columns = Columns::find(&table).map_err(column_missing)?;
    let (claims, wrong) = columns.gather(&table);
    let mut report = Report::of(&table, wrong);
    drop(table);

    // The same list again changes nothing, so each claim stands for itself and the request's key for none of them.
    let list = List { app, call: Call::by(call.caller.clone()), facility, dry_run };
    let known = list.look_up(&claims).await?;
    for claim in claims {
        if claim.broken {
            report.reject(&claim, Vec::new());
            continue;
        }
        let outcome = list.take(&claim, &known).await?;
        report.note(&claim, outcome);
    }
    Ok(report.into_response(dry_run))
}

fn read(bytes: Bytes, media_type: &str) -> Result<Table> {
    let bare = media_type.split(';').next().unwrap_or_default().trim();
    if bare.eq_ignore_ascii_case(JSON_LINES) {
        return claim_list::read_json_lines(&bytes, MOST_ROWS).map_err(|error| match error {
            JsonLinesError::Line(line) => {
                let message = format!("the list cannot be read: line {line} is no JSON object of texts");
                Error::new(Kind::Invalid, "FILE_UNREADABLE", message)
            }
            JsonLinesError::TooLong(most) => TableError::TooLarge(format!("{most} rows")).into(),
        });
    }
    Ok(table::read(bytes, media_type, Limits { rows: MOST_ROWS, ..Limits::default() })?)
}

/// What is known of the visits and references that a list names.
struct Known {
    visits: Vec<NumberedVisit>,
    claims: Vec<Former>,
}

struct List<'a> {
    app: &'a App,
    call: Call,
    facility: OrganizationId,
    dry_run: bool,
}

impl List<'_> {
    async fn look_up(&self, claims: &[ListedClaim]) -> Result<Known> {
        let numbers: Vec<&str> = claims.iter().map(|it| it.visit_number.as_str()).collect();
        let references: Vec<&str> = claims.iter().map(|it| it.reference.as_str()).collect();
        let mut reader = self.app.db.read(&self.call).await?;
        Ok(Known {
            visits: store::visit::list_numbered(&mut reader, self.facility, &numbers).await?,
            claims: store::claim::list_by_reference(&mut reader, self.facility, &references).await?,
        })
    }

    async fn take(&self, listed: &ListedClaim, known: &Known) -> Result<Outcome> {
        let Some(visit) = known.visits.iter().find(|it| it.number == listed.visit_number) else {
            let unknown = ("visit_number", "must be the number of a visit to this facility");
            return Ok(Outcome::Invalid(vec![(unknown.0.to_owned(), unknown.1.to_owned())]));
        };
        let mut v = Violations::default();
        let lines = care_line::parse(&mut v, listed.lines.clone());
        let (lines,) = match v.all((lines,)) {
            Ok(parsed) => parsed,
            Err(violations) => return outcome_of(Err(violations.into())),
        };
        let former = known.claims.iter().find(|it| is_of(it, listed, visit));
        if let Some(former) = former {
            return self.known_before(former, lines, visit);
        }
        let wish = ClaimWish {
            lines: lines.clone(),
            documents: Vec::new(),
            reference: Some(listed.reference.clone()),
        };
        match self.submit(visit, wish).await {
            Err(error) if error.reason() == "DUPLICATE_CLAIM" => {
                // Another list may have brought the very same meanwhile.
                let mut reader = self.app.db.read(&self.call).await?;
                let names = [listed.reference.as_str()];
                let found = store::claim::list_by_reference(&mut reader, self.facility, &names).await?;
                match found.iter().find(|it| is_of(it, listed, visit)) {
                    Some(former) => self.known_before(former, lines, visit),
                    None => Ok(Outcome::Refused(error)),
                }
            }
            outcome => outcome_of(outcome),
        }
    }

    async fn submit(&self, visit: &NumberedVisit, wish: ClaimWish) -> Result<Outcome> {
        let reference = wish.reference.clone();
        let mut tx = self.app.db.begin(&self.call).await?;
        let place = (visit.id(), self.facility);
        match claim_writing::write(self.app, &mut tx, place, wish, true).await {
            Ok(Written { claim, .. }) if self.dry_run => Ok(Outcome::Tried(claim.state)),
            Ok(Written { claim, .. }) => {
                claim_writing::tell_submitted(&mut tx, &self.call, &claim);
                tx.finish().await?;
                Ok(Outcome::Created { id: claim.id, number: claim.number, state: claim.state })
            }
            Err(error) => {
                drop(tx);
                let named = (self.facility, reference.as_deref());
                Err(claim_writing::named(self.app, &self.call, named, error).await)
            }
        }
    }

    /// The claim that has the reference: the same again, or another.
    fn known_before(&self, former: &Former, lines: Vec<AskedLine>, visit: &NumberedVisit) -> Result<Outcome> {
        let last_day = chrono::NaiveDate::MAX;
        let (currency, first_day) = (former.currency()?, visit.service_date);
        let frame = Frame { currency, first_day, last_day, latest: "must not be later" };
        let same = match care::within_visit(lines, &frame, |_| true) {
            Ok(lines) => {
                former.visit_id == visit.visit_id
                    && claim_writing::content(self.app, lines.iter()) == former.content_hash
            }
            Err(_) => false,
        };
        if same {
            let state = State::find(&former.state);
            return Ok(Outcome::Unchanged { id: former.id(), number: former.number.clone(), state });
        }
        Ok(Outcome::Refused(ClaimError::Duplicate { of: former.id(), number: former.number.clone() }.into()))
    }
}

/// A refusal is the claim's; a fault is the whole list's.
fn outcome_of(outcome: Result<Outcome>) -> Result<Outcome> {
    match outcome {
        Err(error) if !error.violations().is_empty() => Ok(Outcome::Invalid(error.violations().to_vec())),
        Err(error) if matches!(error.kind(), Kind::Refused | Kind::Conflict | Kind::NotFound) => {
            Ok(Outcome::Refused(error))
        }
        outcome => outcome,
    }
}

fn is_of(former: &Former, listed: &ListedClaim, visit: &NumberedVisit) -> bool {
    former.external_reference.as_deref() == Some(listed.reference.as_str())
        && visit.payer_id == Some(former.payer_id)
}
