//! The table `channel_profile`, with the names that identity told.

use careway_kernel::{Language, OrganizationId};
use careway_service::{Error, Result};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// What a channel says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) onboarding_address: String,
    pub(crate) language: Language,
    pub(crate) version: i64,
}

/// A channel, with its profile once it has one.
#[derive(Debug, Clone)]
pub(crate) struct Channel {
    pub(crate) id: OrganizationId,
    pub(crate) name: String,
    pub(crate) profile: Option<Profile>,
}

#[derive(sqlx::FromRow)]
struct Row {
    organization_id: Uuid,
    name: String,
    onboarding_address: Option<String>,
    language: Option<String>,
    version: Option<i64>,
}

impl TryFrom<Row> for Channel {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let profile = match (row.onboarding_address, row.language, row.version) {
            (Some(onboarding_address), Some(language), Some(version)) => {
                let language = Language::parse(&language).map_err(Error::internal)?;
                Some(Profile { onboarding_address, language, version })
            }
            _ => None,
        };
        Ok(Self { id: OrganizationId::from_uuid(row.organization_id), name: row.name, profile })
    }
}

macro_rules! select_channel {
    ($rest:literal) => {
        concat!(
            "select o.organization_id, o.name, p.onboarding_address, p.language, p.version from organization_ref o
             left join channel_profile p on p.channel_id = o.organization_id where o.kind = 'CHANNEL' ",
            $rest
        )
    };
}

/// A channel.
pub(crate) async fn find_channel(conn: &mut PgConnection, id: OrganizationId) -> Result<Option<Channel>> {
    let row: Option<Row> = sqlx::query_as(select_channel!("and o.organization_id = $1"))
        .bind(id.uuid())
        .fetch_optional(conn)
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// A page of channels.
pub(crate) async fn list_channels(
    conn: &mut PgConnection,
    after: Option<OrganizationId>,
    limit: i64,
) -> Result<Vec<Channel>> {
    let rows: Vec<Row> = sqlx::query_as(select_channel!(
        "and ($1::uuid is null or o.organization_id > $1) order by o.organization_id limit $2"
    ))
    .bind(after.map(OrganizationId::uuid))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Keeps a profile in place of the version before it; false when that is not the one that is there.
pub(crate) async fn upsert_profile(
    conn: &mut PgConnection,
    channel: OrganizationId,
    profile: &Profile,
    now: DateTime<Utc>,
) -> Result<bool> {
    let kept = sqlx::query(
        "with replaced as (
            update channel_profile set onboarding_address = $2, language = $3, version = $4, updated_at = $5
            where channel_id = $1 and version = $4 - 1 returning channel_id),
         added as (
            insert into channel_profile (channel_id, onboarding_address, language, version, updated_at)
            select $1, $2, $3, $4, $5 where $4 = 1 on conflict (channel_id) do nothing returning channel_id)
         select channel_id from replaced union all select channel_id from added",
    )
    .bind(channel.uuid())
    .bind(&profile.onboarding_address)
    .bind(profile.language.as_str())
    .bind(profile.version)
    .bind(now)
    .fetch_optional(conn)
    .await?;
    Ok(kept.is_some())
}
