//! Authorities' settings, each one document.

use careway_kernel::OrganizationId;
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};

use super::domain::RenewalSettings;

/// The authority's settings, as far as the caller may read them: its own, or those of an authority that appointed it; and
/// their version. The defaults and 0 while none were set.
pub(crate) async fn get_versioned(
    conn: &mut PgConnection,
    authority: OrganizationId,
) -> Result<(RenewalSettings, i64)> {
    let row: Option<(Json<RenewalSettings>, i64)> =
        sqlx::query_as("select settings, version from renewal_settings where authority_id = $1")
            .bind(authority.uuid())
            .fetch_optional(conn)
            .await?;
    Ok(row.map_or_else(Default::default, |(Json(settings), version)| (settings, version)))
}

/// Sets an authority's settings, unless those that stand are not of the version before: then nothing is set.
pub(crate) async fn upsert_settings(
    conn: &mut PgConnection,
    authority: OrganizationId,
    settings: &RenewalSettings,
    version: i64,
    now: DateTime<Utc>,
) -> Result<bool> {
    let set = sqlx::query(
        "insert into renewal_settings as s (authority_id, settings, version, updated_at)
         select $1, $2, $3, $4
         where $3 = 1 or exists (select from renewal_settings where authority_id = $1)
         on conflict (authority_id) do update set settings = excluded.settings, version = excluded.version,
            updated_at = excluded.updated_at
         where s.version = excluded.version - 1",
    )
    .bind(authority.uuid())
    .bind(Json(settings))
    .bind(version)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(set.rows_affected() == 1)
}
