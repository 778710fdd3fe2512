//! What is answered to a list of claims, row by row.

use std::collections::BTreeMap;

use careway_contract::visits::v1::{
    ImportClaimsResponse,
    import_claims_response::{Problem, Row, row},
};
use careway_kernel::ClaimId;
use careway_service::{
    Error, count,
    table::{self, RowReport},
};

use super::rows::ListedClaim;
use crate::claims::{domain::State, view};

/// What became of one claim of a list.
pub(crate) enum Outcome {
    Created {
        id: ClaimId,
        number: String,
        state: State,
    },
    /// It would be taken.
    Tried(State),
    Unchanged {
        id: ClaimId,
        number: String,
        state: Option<State>,
    },
    /// Fields of the claim, and what they must be.
    Invalid(Vec<(String, String)>),
    /// With the claim that stands in the way, if it has a name.
    Refused {
        error: Error,
        by: Option<(ClaimId, String)>,
    },
}

/// The report on a list's rows, and what their claims came to.
pub(crate) struct Report {
    rows: table::Report,
    answers: BTreeMap<u32, Answer>,
    claims: usize,
    created: usize,
    unchanged: usize,
}

/// What is told of a row's claim.
#[derive(Default)]
struct Answer {
    named: Option<(ClaimId, String)>,
    state: Option<State>,
    /// Told of the claim's first row.
    refused: Option<Error>,
}

impl Report {
    /// Begins with the rows that are wrong by themselves.
    pub(crate) fn of(rows: table::Report) -> Self {
        Self { rows, answers: BTreeMap::new(), claims: 0, created: 0, unchanged: 0 }
    }

    pub(crate) fn is_of_dry_run(&self) -> bool {
        self.rows.dry_run
    }

    pub(crate) fn note(&mut self, claim: &ListedClaim, outcome: Outcome) {
        use table::Outcome::{Created, Rejected, Unchanged};
        self.claims += 1;
        match outcome {
            Outcome::Created { id, number, state } => {
                self.created += 1;
                self.set(claim, Created, Some((id, number)), Some(state));
            }
            Outcome::Tried(state) => {
                self.created += 1;
                self.set(claim, Created, None, Some(state));
            }
            Outcome::Unchanged { id, number, state } => {
                self.unchanged += 1;
                self.set(claim, Unchanged, Some((id, number)), state);
            }
            Outcome::Invalid(violations) => {
                self.set(claim, Rejected, None, None);
                self.rows.reject(claim.problems(&violations));
            }
            Outcome::Refused { error, by } => {
                self.set(claim, Rejected, by, None);
                if let Some(first) = claim.rows.first().and_then(|row| self.answers.get_mut(row)) {
                    first.refused = Some(error);
                }
            }
        }
    }

    fn set(
        &mut self,
        claim: &ListedClaim,
        outcome: table::Outcome,
        named: Option<(ClaimId, String)>,
        state: Option<State>,
    ) {
        for row in &claim.rows {
            self.rows.note(*row, outcome);
            self.answers.insert(*row, Answer { named: named.clone(), state, refused: None });
        }
    }

    pub(crate) fn into_response(mut self) -> ImportClaimsResponse {
        let rows = self.rows.rows().map(|row| told(row, self.answers.remove(&row.row).unwrap_or_default()));
        ImportClaimsResponse {
            rows: rows.collect(),
            dry_run: self.rows.dry_run,
            claims: count(self.claims),
            created: count(self.created),
            unchanged: count(self.unchanged),
            rejected: count(self.claims - self.created - self.unchanged),
            unknown_columns: self.rows.unknown_columns,
        }
    }
}

/// A row of the answer. A reason is a refusal's.
fn told(report: RowReport<'_>, Answer { named, state, refused }: Answer) -> Row {
    let outcome = match report.outcome {
        table::Outcome::Created | table::Outcome::Updated => row::Outcome::Created,
        table::Outcome::Unchanged => row::Outcome::Unchanged,
        table::Outcome::Rejected => row::Outcome::Rejected,
    };
    let cells = report.problems.iter().map(|problem| Problem {
        column: problem.column.to_owned(),
        message: problem.message.clone(),
        ..Problem::default()
    });
    let refused = refused.iter().map(|error| Problem {
        reason: error.reason().to_owned(),
        message: error.message().to_owned(),
        ..Problem::default()
    });
    let (id, number) = named.map_or_else(Default::default, |(id, number)| (id.to_string(), number));
    Row {
        row: report.row.cast_signed(),
        outcome: outcome.into(),
        claim_id: id,
        claim_number: number,
        state: state.map_or(0, |state| view::state(state).into()),
        problems: cells.chain(refused).collect(),
    }
}
