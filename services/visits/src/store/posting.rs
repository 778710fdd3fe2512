//! The benefit ledger, written: entries are only added, balances are their sums.
//!
//! The database's own functions post, because only they may: the app role has no right to write entries or balances.
//! Each call is one statement and takes its locks in one order; a transaction should make one call per kind, for two
//! calls could meet another transaction's the other way round.

use careway_kernel::CoverageId;
use careway_service::{Error, Kind, OnConstraint, Result};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::domain::{
    ledger::{Account, Standing},
    posting::{Cause, Posting},
};

/// A posting as `benefit_posting` has it.
#[derive(serde::Serialize)]
struct PostingJson<'a> {
    account: &'a str,
    scope: &'static str,
    period: &'static str,
    period_key: &'a str,
    starts_on: String,
    ends_on: String,
    unit: &'static str,
    amount: i64,
    most: Option<i64>,
    cause_kind: Option<&'static str>,
    cause_id: Option<Uuid>,
    reservation_id: Option<Uuid>,
}

impl<'a> PostingJson<'a> {
    fn of_account(account: &'a Account) -> Self {
        let bound =
            |day: Option<NaiveDate>, open: &str| day.map_or_else(|| open.to_owned(), |day| day.to_string());
        let days = account.window.days;
        Self {
            account: account.code.as_str(),
            scope: account.scope.as_str(),
            period: account.period.as_str(),
            period_key: &account.window.key,
            starts_on: bound(days.map(|(first, _)| first), "-infinity"),
            ends_on: bound(days.map(|(_, last)| last), "infinity"),
            unit: account.unit.as_str(),
            amount: 0,
            most: None,
            cause_kind: None,
            cause_id: None,
            reservation_id: None,
        }
    }
}

impl<'a> From<&'a Posting> for PostingJson<'a> {
    fn from(posting: &'a Posting) -> Self {
        Self {
            amount: posting.amount,
            most: posting.most,
            cause_kind: Some(posting.cause.kind()),
            cause_id: Some(posting.cause.id()),
            reservation_id: posting.reservation,
            ..Self::of_account(&posting.account)
        }
    }
}

/// Locks the accounts and tells what stands on each, in their order: what adjudication reckons with before it posts.
pub(crate) async fn lock_balances(
    conn: &mut PgConnection,
    coverage: CoverageId,
    accounts: &[Account],
) -> Result<Vec<Standing>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        scope: String,
        account: String,
        period_key: String,
        unit: String,
        used: i64,
        reserved: i64,
    }
    let keys: Vec<PostingJson<'_>> = accounts.iter().map(PostingJson::of_account).collect();
    let rows: Vec<Row> = sqlx::query_as("select * from benefit_balances($1, $2)")
        .bind(coverage.uuid())
        .bind(Json(keys))
        .fetch_all(conn)
        .await?;
    let standing = |account: &Account| {
        let row = rows.iter().find(|row| {
            row.account == account.code.as_str()
                && row.scope == account.scope.as_str()
                && row.period_key == account.window.key
                && row.unit == account.unit.as_str()
        });
        row.map_or_else(Standing::default, |row| Standing { used: row.used, reserved: row.reserved })
    };
    Ok(accounts.iter().map(standing).collect())
}

/// Holds what a pre-authorization approved: all of it or nothing. How many entries were made; repeated, none.
pub(crate) async fn reserve(
    conn: &mut PgConnection,
    coverage: CoverageId,
    at: DateTime<Utc>,
    postings: &[Posting],
) -> Result<i32> {
    take(conn, "RESERVE", coverage, at, postings).await
}

/// Takes what a claim was paid, from its reservation first: all of it or nothing.
pub(crate) async fn commit(
    conn: &mut PgConnection,
    coverage: CoverageId,
    at: DateTime<Utc>,
    postings: &[Posting],
) -> Result<i32> {
    take(conn, "COMMIT", coverage, at, postings).await
}

async fn take(
    conn: &mut PgConnection,
    kind: &'static str,
    coverage: CoverageId,
    at: DateTime<Utc>,
    postings: &[Posting],
) -> Result<i32> {
    let postings: Vec<PostingJson<'_>> = postings.iter().map(Into::into).collect();
    sqlx::query_scalar("select benefit_take($1, $2, $3, $4)")
        .bind(coverage.uuid())
        .bind(kind)
        .bind(at)
        .bind(Json(postings))
        .fetch_one(conn)
        .await
        .on_constraint("benefit_balance_within_limit", || {
            Error::new(Kind::Refused, "LIMIT_EXCEEDED", "The benefit has not that much left.")
        })
}

/// Gives back what is left of a reservation.
pub(crate) async fn release(conn: &mut PgConnection, at: DateTime<Utc>, cause: Cause) -> Result<i32> {
    let made = sqlx::query_scalar("select benefit_release($1, $2, $3)");
    Ok(made.bind(cause.kind()).bind(cause.id()).bind(at).fetch_one(conn).await?)
}

/// Takes a claim's line back; what it drew on is reserved again, unless it was released meanwhile.
pub(crate) async fn reverse(conn: &mut PgConnection, at: DateTime<Utc>, cause: Cause) -> Result<i32> {
    let made = sqlx::query_scalar("select benefit_reverse($1, $2, $3)");
    Ok(made.bind(cause.kind()).bind(cause.id()).bind(at).fetch_one(conn).await?)
}

/// How many balances are not the sum of their entries: none, ever.
pub(crate) async fn count_differences(conn: &mut PgConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("select count(*) from benefit_difference").fetch_one(conn).await?)
}

#[cfg(test)]
#[path = "posting_tests.rs"]
mod tests;
