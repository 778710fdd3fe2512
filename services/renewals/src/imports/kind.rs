//! What a kind of list is to the engine that stages and takes it.

use careway_kernel::CountryCode;
use careway_service::{
    Result, Transaction,
    table::{Columns, RowReader},
};
use chrono::NaiveDate;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    domain::{AgencyCodes, Counts, Import, ImportKind, Outcome, RowRefusal},
    row_content::Note,
};
use crate::App;

/// What rows are read by.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) agencies: AgencyCodes,
    /// Where phones without a prefix are of.
    pub(super) country: CountryCode,
    pub(super) today: NaiveDate,
}

/// A row that is right by itself, as it waits to be taken.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(super) struct Staged<L> {
    pub(super) row: u32,
    pub(super) listed: L,
    /// What is unusual about it.
    pub(super) warnings: Vec<Note>,
}

/// What became of a row when it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    As(Outcome),
    Not(RowRefusal),
}

/// A kind of list.
pub(super) trait ListKind: Send + Sync + 'static {
    /// What a row says.
    type Listed: Serialize + DeserializeOwned + std::hash::Hash + Send + Sync + 'static;
    const KIND: ImportKind;
    const COLUMNS: Columns;

    /// What a row says, unless something is wrong with it.
    fn read(row: &mut RowReader<'_>, known: &Known) -> Option<Self::Listed>;

    /// Puts whoever collects by now in the place of the agency that collected when the list was read.
    fn collect(listed: &mut Self::Listed, agencies: &AgencyCodes);

    /// The number that a list names a person by once.
    fn number(listed: &Self::Listed) -> &str;

    /// Takes rows, each as it is to be, and says of each what became of it. In a dry run it only says so.
    fn take(
        app: &App,
        tx: &mut Transaction,
        import: &Import,
        rows: &[Staged<Self::Listed>],
    ) -> impl Future<Output = Result<Vec<Taken>>> + Send;
}

impl Taken {
    pub(super) const fn outcome(self) -> Outcome {
        match self {
            Self::As(outcome) => outcome,
            Self::Not(_) => Outcome::Rejected,
        }
    }
}

/// The counts of some rows.
pub(super) fn counted(rows: impl Iterator<Item = (Outcome, bool)>) -> Counts {
    let mut counts = Counts::default();
    rows.for_each(|(outcome, is_warned)| counts.add(outcome, is_warned));
    counts
}
