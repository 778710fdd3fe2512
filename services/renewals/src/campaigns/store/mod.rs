//! The tables of campaigns, of whom they remind, and of what was reminded of.

pub(super) mod plan;
pub(super) mod preview;
pub(super) mod queue;
pub(super) mod recipient;
pub(super) mod reminder;
mod row;

use careway_kernel::{CampaignId, OrganizationId};
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::{Campaign, Kind, PauseReason, State, TemplateVersion, approval::Signature};
use row::CampaignRow;

/// Which campaigns an agency or an authority sees, newest first.
#[derive(Debug, Clone)]
pub(super) struct CampaignFilter {
    pub(super) party: OrganizationId,
    pub(super) agency: Option<OrganizationId>,
    pub(super) state: Option<State>,
    /// Older than this one.
    pub(super) before: Option<CampaignId>,
    pub(super) limit: i64,
}

/// A new campaign.
pub(super) async fn insert_campaign(conn: &mut PgConnection, campaign: &Campaign) -> Result<()> {
    let content = &campaign.content;
    sqlx::query(
        "insert into reminder_campaign (campaign_id, authority_id, agency_id, name, kind, channel, steps,
            due_template_id, due_template_version, lapsed_template_id, lapsed_template_version, starts_at,
            most_segments, budget, state, author_id, created_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
    )
    .bind(campaign.id.uuid())
    .bind(campaign.authority.uuid())
    .bind(campaign.agency.uuid())
    .bind(&content.name)
    .bind(content.kind.as_str())
    .bind(content.channel.as_str())
    .bind(content.steps.as_slice())
    .bind(id_of(content.due))
    .bind(version_of(content.due))
    .bind(id_of(content.lapsed))
    .bind(version_of(content.lapsed))
    .bind(content.starts_at)
    .bind(content.most_segments)
    .bind(content.budget)
    .bind(campaign.state.as_str())
    .bind(campaign.author)
    .bind(campaign.created_at)
    .bind(campaign.version)
    .execute(conn)
    .await?;
    Ok(())
}

/// What a command or the clock changed of a campaign. What it used up is counted where it is sent.
pub(super) async fn update_campaign(conn: &mut PgConnection, campaign: &Campaign) -> Result<()> {
    save_campaign(conn, campaign, None).await
}

/// The same, and what was held back of it in the queue is due now.
pub(super) async fn update_released(
    conn: &mut PgConnection,
    campaign: &Campaign,
    now: DateTime<Utc>,
) -> Result<()> {
    save_campaign(conn, campaign, Some(now)).await
}

async fn save_campaign(
    conn: &mut PgConnection,
    campaign: &Campaign,
    released_at: Option<DateTime<Utc>>,
) -> Result<()> {
    let content = &campaign.content;
    let [submission, approval] = [campaign.submission, campaign.approval];
    sqlx::query(
        "with released as (
             update message m set due_at = $24
             where $24::timestamptz is not null and m.state in ('QUEUED', 'HELD') and m.priority = 3 and m.due_at > $24
               and exists (select from reminder_recipient r where r.message_id = m.message_id and r.campaign_id = $1))
         update reminder_campaign set name = $2, kind = $3, channel = $4, steps = $5, due_template_id = $6,
            due_template_version = $7, lapsed_template_id = $8, lapsed_template_version = $9, starts_at = $10,
            most_segments = $11, budget = $12, state = $13, pause_reason = $14, submitted_by = $15,
            submitted_recipients = $16, approved_by = $17, approved_recipients = $18, rejection = $19,
            next_run_at = $20, planned_on = $21, ended_at = $22, version = $23
         where campaign_id = $1",
    )
    .bind(campaign.id.uuid())
    .bind(&content.name)
    .bind(content.kind.as_str())
    .bind(content.channel.as_str())
    .bind(content.steps.as_slice())
    .bind(id_of(content.due))
    .bind(version_of(content.due))
    .bind(id_of(content.lapsed))
    .bind(version_of(content.lapsed))
    .bind(content.starts_at)
    .bind(content.most_segments)
    .bind(content.budget)
    .bind(campaign.state.as_str())
    .bind(campaign.pause.map(PauseReason::as_str))
    .bind(submission.map(|it| it.by))
    .bind(submission.map(|it| it.recipients))
    .bind(approval.map(|it| it.by))
    .bind(approval.map(|it| it.recipients))
    .bind(&campaign.rejection)
    .bind(campaign.next_run_at)
    .bind(campaign.planned_on)
    .bind(campaign.ended_at)
    .bind(campaign.version)
    .bind(released_at)
    .execute(conn)
    .await?;
    Ok(())
}

fn id_of(template: Option<TemplateVersion>) -> Option<Uuid> {
    template.map(|it| it.id.uuid())
}

fn version_of(template: Option<TemplateVersion>) -> Option<i64> {
    template.map(|it| it.version)
}

macro_rules! select {
    ($rest:literal) => {
        sqlx::query_as::<_, CampaignRow>(concat!("select * from reminder_campaign ", $rest))
    };
}

/// A campaign of the agency or for the authority.
pub(super) async fn find_campaign(
    conn: &mut PgConnection,
    party: OrganizationId,
    id: CampaignId,
) -> Result<Option<Campaign>> {
    let row = select!("where campaign_id = $1 and (agency_id = $2 or authority_id = $2)");
    read(row.bind(id.uuid()).bind(party.uuid()).fetch_optional(conn).await?)
}

/// The same, locked.
pub(super) async fn lock_campaign(
    conn: &mut PgConnection,
    party: OrganizationId,
    id: CampaignId,
) -> Result<Option<Campaign>> {
    let row = select!("where campaign_id = $1 and (agency_id = $2 or authority_id = $2) for update");
    read(row.bind(id.uuid()).bind(party.uuid()).fetch_optional(conn).await?)
}

/// A page of campaigns.
pub(super) async fn list_campaigns(
    conn: &mut PgConnection,
    filter: &CampaignFilter,
) -> Result<Vec<Campaign>> {
    let rows = select!(
        "where (agency_id = $1 or authority_id = $1) and ($2::uuid is null or agency_id = $2)
           and ($3::text is null or state = $3) and ($4::uuid is null or campaign_id < $4)
         order by campaign_id desc limit $5"
    )
    .bind(filter.party.uuid())
    .bind(filter.agency.map(OrganizationId::uuid))
    .bind(filter.state.map(State::as_str))
    .bind(filter.before.map(CampaignId::uuid))
    .bind(filter.limit);
    rows.fetch_all(conn).await?.into_iter().map(TryInto::try_into).collect()
}

/// One that the clock has something for, and nobody else is at: approved, or its time has come. Locked.
pub(super) async fn lock_due(
    conn: &mut PgConnection,
    state: State,
    now: DateTime<Utc>,
) -> Result<Option<Campaign>> {
    let row = select!(
        "where state = $1 and (state = 'APPROVED' or next_run_at <= $2)
         order by next_run_at limit 1 for update skip locked"
    );
    read(row.bind(state.as_str()).bind(now).fetch_optional(conn).await?)
}

/// Campaigns that remind, and those that plan once and have planned.
pub(super) async fn list_running(conn: &mut PgConnection) -> Result<Vec<Campaign>> {
    let rows = select!("where state = 'RUNNING' order by campaign_id").fetch_all(conn).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// One by its id, for the clock; none when somebody is at it. Locked.
pub(super) async fn lock_free(conn: &mut PgConnection, id: CampaignId) -> Result<Option<Campaign>> {
    let row = select!("where campaign_id = $1 for update skip locked");
    read(row.bind(id.uuid()).fetch_optional(conn).await?)
}

/// One by its id, whoever is at it. Locked.
pub(super) async fn lock_any(conn: &mut PgConnection, id: CampaignId) -> Result<Option<Campaign>> {
    read(select!("where campaign_id = $1 for update").bind(id.uuid()).fetch_optional(conn).await?)
}

/// A campaign that its organization's reader is told of.
pub(super) async fn find_any(conn: &mut PgConnection, id: CampaignId) -> Result<Option<Campaign>> {
    read(select!("where campaign_id = $1").bind(id.uuid()).fetch_optional(conn).await?)
}

fn read(row: Option<CampaignRow>) -> Result<Option<Campaign>> {
    row.map(TryInto::try_into).transpose()
}

/// The kinds that a column may hold.
fn kind(text: &str) -> Result<Kind> {
    careway_service::one_of("reminder_campaign.kind", text, &Kind::ALL, Kind::as_str)
}

/// Who took responsibility for how many.
fn signature(by: Option<Uuid>, recipients: Option<i64>) -> Option<Signature> {
    Some(Signature { by: by?, recipients: recipients? })
}
