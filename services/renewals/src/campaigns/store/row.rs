//! A campaign's row, shared by every statement that reads one.

use careway_kernel::{CampaignId, OrganizationId, TemplateId};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{kind, signature};
use crate::{
    campaigns::domain::{Campaign, CampaignContent, PauseReason, State, TemplateVersion, steps::Steps},
    messages::Channel,
};

#[derive(sqlx::FromRow)]
pub(super) struct CampaignRow {
    campaign_id: Uuid,
    authority_id: Uuid,
    agency_id: Uuid,
    name: String,
    kind: String,
    channel: String,
    steps: Vec<i32>,
    due_template_id: Option<Uuid>,
    due_template_version: Option<i64>,
    lapsed_template_id: Option<Uuid>,
    lapsed_template_version: Option<i64>,
    starts_at: Option<DateTime<Utc>>,
    most_segments: i32,
    budget: Option<i64>,
    state: String,
    pause_reason: Option<String>,
    author_id: Uuid,
    submitted_by: Option<Uuid>,
    submitted_recipients: Option<i64>,
    approved_by: Option<Uuid>,
    approved_recipients: Option<i64>,
    rejection: String,
    segments_used: i64,
    next_run_at: Option<DateTime<Utc>>,
    planned_on: Option<NaiveDate>,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    version: i64,
}

impl TryFrom<CampaignRow> for Campaign {
    type Error = Error;

    fn try_from(row: CampaignRow) -> Result<Self> {
        let template = |id: Option<Uuid>, version: Option<i64>| {
            Some(TemplateVersion { id: TemplateId::from_uuid(id?), version: version? })
        };
        let pause = row.pause_reason.as_deref();
        let pause = pause.map(|text| {
            one_of("reminder_campaign.pause_reason", text, &PauseReason::ALL, PauseReason::as_str)
        });
        Ok(Self {
            id: CampaignId::from_uuid(row.campaign_id),
            authority: OrganizationId::from_uuid(row.authority_id),
            agency: OrganizationId::from_uuid(row.agency_id),
            content: CampaignContent {
                name: row.name,
                kind: kind(&row.kind)?,
                channel: Channel::parse(&row.channel),
                steps: Steps::parse(&row.steps).map_err(|error| Error::internal(anyhow::anyhow!(error)))?,
                due: template(row.due_template_id, row.due_template_version),
                lapsed: template(row.lapsed_template_id, row.lapsed_template_version),
                starts_at: row.starts_at,
                most_segments: row.most_segments,
                budget: row.budget,
            },
            state: one_of("reminder_campaign.state", &row.state, &State::ALL, State::as_str)?,
            pause: pause.transpose()?,
            author: row.author_id,
            submission: signature(row.submitted_by, row.submitted_recipients),
            approval: signature(row.approved_by, row.approved_recipients),
            rejection: row.rejection,
            segments_used: row.segments_used,
            next_run_at: row.next_run_at,
            planned_on: row.planned_on,
            created_at: row.created_at,
            ended_at: row.ended_at,
            version: row.version,
        })
    }
}
