//! What is answered to a list of claims, row by row.

use std::collections::BTreeMap;

use careway_contract::visits::v1::{
    ImportClaimsResponse,
    import_claims_response::{Problem, Row, row},
};
use careway_kernel::ClaimId;
use careway_service::{Error, table::Table};

use super::rows::{ListedClaim, RowProblem};
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

#[derive(Default)]
pub(crate) struct Report {
    rows: BTreeMap<u32, Row>,
    claims: usize,
    created: usize,
    unchanged: usize,
}

impl Report {
    /// Every row, with what is wrong with it by itself.
    pub(crate) fn of(table: &Table, wrong: Vec<RowProblem>) -> Self {
        let mut report = Self::default();
        for row in &table.rows {
            let number = i32::try_from(row.number).unwrap_or(i32::MAX);
            report.rows.insert(row.number, Row { row: number, ..Default::default() });
        }
        for problem in &wrong {
            if let Some(row) = report.rows.get_mut(&problem.row) {
                row.set_outcome(row::Outcome::Rejected);
            }
        }
        report.add(wrong);
        report
    }

    pub(crate) fn note(&mut self, claim: &ListedClaim, outcome: Outcome) {
        match outcome {
            Outcome::Created { id, number, state } => {
                self.created += 1;
                self.set(claim, row::Outcome::Created, Some((id, number)), Some(state));
            }
            Outcome::Tried(state) => {
                self.created += 1;
                self.set(claim, row::Outcome::Created, None, Some(state));
            }
            Outcome::Unchanged { id, number, state } => {
                self.unchanged += 1;
                self.set(claim, row::Outcome::Unchanged, Some((id, number)), state);
            }
            Outcome::Invalid(violations) => self.reject(claim, claim.problems(&violations)),
            Outcome::Refused { error, by } => {
                self.set(claim, row::Outcome::Rejected, by, None);
                let problem = Problem {
                    reason: error.reason().to_owned(),
                    message: error.message().to_owned(),
                    ..Default::default()
                };
                if let Some(first) = claim.rows.first().and_then(|row| self.rows.get_mut(row)) {
                    first.problems.push(problem);
                }
            }
        }
    }

    /// The claim is not taken.
    pub(crate) fn reject(&mut self, claim: &ListedClaim, problems: Vec<RowProblem>) {
        self.set(claim, row::Outcome::Rejected, None, None);
        self.add(problems);
    }

    fn set(
        &mut self,
        claim: &ListedClaim,
        outcome: row::Outcome,
        named: Option<(ClaimId, String)>,
        state: Option<State>,
    ) {
        self.claims += 1;
        for number in &claim.rows {
            let Some(row) = self.rows.get_mut(number) else { continue };
            row.set_outcome(outcome);
            row.state = state.map_or(0, |state| view::state(state).into());
            if let Some((id, number)) = &named {
                row.claim_id = id.to_string();
                row.claim_number.clone_from(number);
            }
        }
    }

    fn add(&mut self, problems: Vec<RowProblem>) {
        for RowProblem { row, column, message } in problems {
            if let Some(row) = self.rows.get_mut(&row) {
                row.problems.push(Problem { column: column.to_owned(), message, ..Default::default() });
            }
        }
    }

    pub(crate) fn into_response(self, dry_run: bool) -> ImportClaimsResponse {
        let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
        ImportClaimsResponse {
            dry_run,
            claims: count(self.claims),
            created: count(self.created),
            unchanged: count(self.unchanged),
            rejected: count(self.claims - self.created - self.unchanged),
            rows: self.rows.into_values().collect(),
        }
    }
}
