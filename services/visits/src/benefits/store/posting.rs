//! Postings as the benefit ledger's own functions take them: the app role has no right to write entries or balances.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::benefits::domain::posting::Posting;

/// A posting as `benefit_posting` has it.
#[derive(serde::Serialize)]
pub(crate) struct PostingJson<'a> {
    account: &'a str,
    scope: &'static str,
    period: &'static str,
    period_key: &'a str,
    starts_on: String,
    ends_on: String,
    unit: &'static str,
    amount: i64,
    most: Option<i64>,
    cause_kind: &'static str,
    cause_id: Uuid,
    reservation_id: Option<Uuid>,
}

impl<'a> From<&'a Posting> for PostingJson<'a> {
    fn from(posting: &'a Posting) -> Self {
        let account = &posting.account;
        let days = account.window.days;
        let bound =
            |day: Option<NaiveDate>, open: &str| day.map_or_else(|| open.to_owned(), |day| day.to_string());
        Self {
            account: account.code.as_str(),
            scope: account.scope.as_str(),
            period: account.period.as_str(),
            period_key: &account.window.key,
            starts_on: bound(days.map(|(first, _)| first), "-infinity"),
            ends_on: bound(days.map(|(_, last)| last), "infinity"),
            unit: account.unit.as_str(),
            amount: posting.amount,
            most: posting.most,
            cause_kind: posting.cause.kind(),
            cause_id: posting.cause.id(),
            reservation_id: posting.reservation,
        }
    }
}
