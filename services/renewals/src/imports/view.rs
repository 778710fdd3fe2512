//! Imports and their rows as the contract has them.

use careway_contract::renewals::v1::{
    Import as Message, ImportRow,
    import::{Kind, State},
    import_row,
};
use careway_service::timestamp;

use super::{
    domain::{Import, ImportKind, ImportState, Outcome},
    row_content::{Note, RowContent},
};

pub(super) fn import(import: &Import) -> Message {
    let counts = import.counts;
    Message {
        import_id: import.id.to_string(),
        kind: kind(import.kind).into(),
        state: state(import.state).into(),
        dry_run: import.dry_run,
        rows: import.rows_read,
        rows_done: counts.rows(),
        created: counts.created,
        updated: counts.updated,
        unchanged: counts.unchanged,
        rejected: counts.rejected,
        warned: counts.warned,
        passed_over: import.passed_over,
        unknown_columns: import.unknown_columns.clone(),
        begun_at: Some(timestamp(import.begun_at)),
        ended_at: import.ended_at.map(timestamp),
    }
}

pub(super) fn row(number: i32, outcome: Outcome, content: Option<RowContent>) -> ImportRow {
    let content = content.unwrap_or_default();
    ImportRow {
        row: number,
        outcome: outcome_of(outcome).into(),
        violations: content.violations.into_iter().map(note).collect(),
        warnings: content.warnings.into_iter().map(note).collect(),
    }
}

/// The outcome that is asked for; none for all.
pub(super) const fn asked(outcome: import_row::Outcome) -> Option<Outcome> {
    match outcome {
        import_row::Outcome::Unspecified => None,
        import_row::Outcome::Created => Some(Outcome::Created),
        import_row::Outcome::Updated => Some(Outcome::Updated),
        import_row::Outcome::Unchanged => Some(Outcome::Unchanged),
        import_row::Outcome::Rejected => Some(Outcome::Rejected),
    }
}

fn note(note: Note) -> import_row::Remark {
    import_row::Remark { column: note.column, reason: note.reason, message: note.message }
}

const fn kind(kind: ImportKind) -> Kind {
    match kind {
        ImportKind::Participants => Kind::Participants,
        ImportKind::Renewals => Kind::Renewals,
    }
}

const fn state(state: ImportState) -> State {
    match state {
        ImportState::Reading => State::Reading,
        ImportState::Taking => State::Taking,
        ImportState::Done => State::Done,
        ImportState::Failed => State::Failed,
    }
}

const fn outcome_of(outcome: Outcome) -> import_row::Outcome {
    match outcome {
        Outcome::Created => import_row::Outcome::Created,
        Outcome::Updated => import_row::Outcome::Updated,
        Outcome::Unchanged => import_row::Outcome::Unchanged,
        Outcome::Rejected => import_row::Outcome::Rejected,
    }
}
