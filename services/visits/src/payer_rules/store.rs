//! Payers' rules for visits, pre-authorizations and claims.

use careway_kernel::{Currency, Money, OrganizationId};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::domain::{ClaimRules, MedicalFileSharing};

/// From columns, or from a document of them.
#[derive(sqlx::FromRow, serde::Deserialize)]
pub(crate) struct RulesRow {
    automatic_up_to: Option<i64>,
    automatic_currency: Option<String>,
    submission_deadline_day: i32,
    resubmissions_most: i32,
    appeal_days: i32,
    preauthorization_urgent_hours: i32,
    preauthorization_standard_hours: i32,
    information_hours: i32,
    preauthorization_valid_days: i32,
    medical_file_sharing: String,
    version: i64,
}

/// The rules a payer set, as far as the caller may read them: its own, or those of a payer it has, or had, a contract
/// with.
pub(crate) async fn find_claim_rules(
    conn: &mut PgConnection,
    payer: OrganizationId,
) -> Result<Option<ClaimRules>> {
    let row: Option<RulesRow> = sqlx::query_as("select * from payer_claim_rules where payer_id = $1")
        .bind(payer.uuid())
        .fetch_optional(conn)
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// Sets a payer's rules, unless those that stand are not of the version before: then nothing is set.
pub(crate) async fn upsert_claim_rules(
    conn: &mut PgConnection,
    payer: OrganizationId,
    rules: &ClaimRules,
    now: DateTime<Utc>,
) -> Result<bool> {
    let set = sqlx::query(
        "insert into payer_claim_rules as r (payer_id, automatic_up_to, automatic_currency, submission_deadline_day,
            resubmissions_most, appeal_days, preauthorization_urgent_hours, preauthorization_standard_hours,
            information_hours, preauthorization_valid_days, medical_file_sharing, version, updated_at)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
         where $12 = 1 or exists (select from payer_claim_rules where payer_id = $1)
         on conflict (payer_id) do update set automatic_up_to = excluded.automatic_up_to,
            automatic_currency = excluded.automatic_currency,
            submission_deadline_day = excluded.submission_deadline_day,
            resubmissions_most = excluded.resubmissions_most, appeal_days = excluded.appeal_days,
            preauthorization_urgent_hours = excluded.preauthorization_urgent_hours,
            preauthorization_standard_hours = excluded.preauthorization_standard_hours,
            information_hours = excluded.information_hours,
            preauthorization_valid_days = excluded.preauthorization_valid_days,
            medical_file_sharing = excluded.medical_file_sharing, version = excluded.version,
            updated_at = excluded.updated_at
         where r.version = excluded.version - 1",
    )
    .bind(payer.uuid())
    .bind(rules.automatic_up_to.map(|it| it.minor))
    .bind(rules.automatic_up_to.map(|it| it.currency.code()))
    .bind(i32::from(rules.submission_deadline_day))
    .bind(i32::from(rules.resubmissions_most))
    .bind(i32::from(rules.appeal_days))
    .bind(i32::from(rules.preauthorization_urgent_hours))
    .bind(i32::from(rules.preauthorization_standard_hours))
    .bind(i32::from(rules.information_hours))
    .bind(i32::from(rules.preauthorization_valid_days))
    .bind(rules.medical_file_sharing.as_str())
    .bind(rules.version)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(set.rows_affected() == 1)
}

/// A payer's rules for visits: hours until an admission notice is due, and their version; none while the defaults hold.
pub(crate) async fn find_visit_rules(
    conn: &mut PgConnection,
    payer: OrganizationId,
) -> Result<Option<(i32, i64)>> {
    let row =
        sqlx::query_as("select admission_notice_hours, version from payer_visit_rules where payer_id = $1")
            .bind(payer.uuid())
            .fetch_optional(conn)
            .await?;
    Ok(row)
}

/// Sets a payer's rules for visits, unless those that stand are not of the version before: then nothing is set.
pub(crate) async fn upsert_visit_rules(
    conn: &mut PgConnection,
    payer: OrganizationId,
    admission_notice_hours: i32,
    version: i64,
    now: DateTime<Utc>,
) -> Result<bool> {
    let set = sqlx::query(
        "insert into payer_visit_rules as r (payer_id, admission_notice_hours, version, updated_at) \
         select $1, $2, $3, $4 where $3 = 1 or exists (select from payer_visit_rules where payer_id = $1) \
         on conflict (payer_id) do update set admission_notice_hours = excluded.admission_notice_hours, \
         version = excluded.version, updated_at = excluded.updated_at where r.version = excluded.version - 1",
    )
    .bind(payer.uuid())
    .bind(admission_notice_hours)
    .bind(version)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(set.rows_affected() == 1)
}

impl TryFrom<RulesRow> for ClaimRules {
    type Error = Error;

    fn try_from(row: RulesRow) -> Result<Self> {
        let currency = row.automatic_currency.as_deref().map(Currency::parse).transpose();
        let currency = currency.map_err(Error::internal)?;
        Ok(Self {
            automatic_up_to: currency
                .zip(row.automatic_up_to)
                .map(|(currency, minor)| Money::new(currency, minor)),
            submission_deadline_day: small(row.submission_deadline_day)?,
            resubmissions_most: small(row.resubmissions_most)?,
            appeal_days: small(row.appeal_days)?,
            preauthorization_urgent_hours: small(row.preauthorization_urgent_hours)?,
            preauthorization_standard_hours: small(row.preauthorization_standard_hours)?,
            information_hours: small(row.information_hours)?,
            preauthorization_valid_days: small(row.preauthorization_valid_days)?,
            medical_file_sharing: one_of(
                "payer_claim_rules.medical_file_sharing",
                &row.medical_file_sharing,
                &MedicalFileSharing::ALL,
                MedicalFileSharing::as_str,
            )?,
            version: row.version,
        })
    }
}

/// A number that the database's own check bounds.
fn small<T: TryFrom<i32>>(number: i32) -> Result<T>
where
    T::Error: std::error::Error + Send + Sync + 'static,
{
    T::try_from(number).map_err(Error::internal)
}
