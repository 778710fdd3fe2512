//! Show whom a campaign would remind today, whom it would leave out and why, what it would cost, and what some would read.

use std::collections::{BTreeMap, btree_map::Entry};

use careway_contract::{
    renewals::v1::{
        PreviewCampaignRequest, PreviewCampaignResponse,
        preview_campaign_response::{LeftOut, Row},
    },
    types::v1::Money,
};
use careway_kernel::{CampaignId, Violations};
use careway_service::{AuditEntry, Call, Error, Result, count, money, path_id};
use chrono::NaiveDate;
use sqlx::PgConnection;

use super::{
    composing::{self, Card},
    domain::{
        Campaign, State,
        steps::is_lapsed,
        suppression::{Contact, Facts, Reachable, Suppression, suppression},
    },
    plan, store,
    store::{
        plan::Place,
        preview::{Candidate, Group},
    },
};
use crate::{App, participants::domain::ContactResult, templates::shown_preview};

const STANDARD_ROWS: i32 = 10;
const MOST_ROWS: i32 = 50;

pub(crate) async fn preview_campaign(
    app: &App,
    call: &Call,
    request: PreviewCampaignRequest,
) -> Result<PreviewCampaignResponse> {
    let party = call.caller.organization()?;
    let id: CampaignId = path_id("campaign", &request.campaign_id)?;
    let rows = if request.rows == 0 { STANDARD_ROWS } else { request.rows };
    let mut v = Violations::default();
    v.check("rows", (1..=MOST_ROWS).contains(&rows), format!("must be 1 to {MOST_ROWS}"));
    v.finish()?;

    let response = {
        let mut reader = app.db.read(call).await?;
        let campaign =
            store::find_campaign(&mut reader, party, id).await?.ok_or(Error::not_found("campaign"))?;
        let now = app.clock.now();
        let place = store::plan::get_place(&mut reader, campaign.id).await?;
        let ranges = plan::ranges(&campaign, &place, now);
        let groups = store::preview::list_groups(&mut reader, &campaign, &ranges).await?;
        let shown = store::preview::list_candidates(&mut reader, &campaign, &ranges, rows.into()).await?;
        // The first rows may all be left out: what a reminder costs is asked of those who get one.
        let reminded: Vec<_> = groups.iter().filter(|group| left_out(group).is_none()).collect();
        let sample =
            store::preview::list_of_groups(&mut reader, &campaign, &ranges, &reminded, MOST_ROWS.into())
                .await?;
        let rows = read(&mut reader, &campaign, &place, shown).await?;
        let read = read(&mut reader, &campaign, &place, sample).await?;
        let costs: Vec<i64> =
            read.iter().filter(|(row, _)| row.reason.is_empty()).map(|(_, cost)| (*cost).into()).collect();
        let segments = segments_of_all(&groups, &costs);
        let cost = app.routes.highest_cost(segments).filter(|cost| !cost.is_zero()).map(money);
        response(&groups, rows.into_iter().map(|(row, _)| row).collect(), segments, cost)
    };
    app.audit.read(call, AuditEntry { action: "campaign.preview", ..AuditEntry::default() }).await?;
    Ok(response)
}

/// Why a group would be left out.
fn left_out(group: &Group) -> Option<Suppression> {
    beforehand(group.step, group.result, group.contact, group.opted_out, group.taken)
}

/// Why somebody would be left out, as far as it is known beforehand.
fn beforehand(
    step: i32,
    result: ContactResult,
    contact: Contact,
    opted_out: bool,
    taken: bool,
) -> Option<Suppression> {
    let today = NaiveDate::default();
    suppression(&Facts {
        campaign: State::Running,
        step,
        last_day: today,
        today,
        gone: result.is_gone(),
        renewed: false,
        in_list: true,
        opted_out,
        reachable: Reachable::of(contact, result),
        first_of_step: !taken,
        later_step: false,
    })
}

/// What some of them would read, with its segments; or why they would read nothing.
async fn read(
    conn: &mut PgConnection,
    campaign: &Campaign,
    place: &Place,
    candidates: Vec<Candidate>,
) -> Result<Vec<(Row, i32)>> {
    let content = &campaign.content;
    let mut templates = BTreeMap::new();
    let mut rows = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let lapsed = is_lapsed(candidate.step);
        let template = match templates.entry(lapsed) {
            Entry::Occupied(found) => found.into_mut(),
            Entry::Vacant(place) => {
                place.insert(composing::get_template(conn, content, candidate.step).await?)
            }
        };
        let Candidate { step, result, contact, opted_out, taken, .. } = &candidate;
        let mut reason = beforehand(*step, *result, *contact, *opted_out, *taken);
        let card = Card {
            bhxh_number: candidate.bhxh_number.clone(),
            full_name: candidate.full_name.clone(),
            last_day: candidate.last_day,
            agency_code: place.agency_code.clone(),
            agency_name: place.agency_name.clone().unwrap_or_default(),
        };
        let composed = composing::compose(template, content.most_segments, &card)?;
        let (preview, segments) = match &composed {
            Ok(composed) => (Some(shown_preview(composed)), composing::segments(composed)),
            Err(refusal) => {
                reason = reason.or(Some(*refusal));
                (None, 0)
            }
        };
        let row = Row {
            participant_id: candidate.participant_id.to_string(),
            full_name: candidate.full_name,
            last_day: candidate.last_day.to_string(),
            step: candidate.step,
            preview,
            reason: reason.map(|reason| reason.as_str().to_owned()).unwrap_or_default(),
        };
        rows.push((row, segments));
    }
    Ok(rows)
}

/// What all who are reminded use up, at the average of some.
fn segments_of_all(groups: &[Group], costs: &[i64]) -> i64 {
    let reminded = groups.iter().filter(|group| left_out(group).is_none());
    let reminded: i64 = reminded.map(|group| group.recipients).sum();
    let read = i64::try_from(costs.len()).unwrap_or(i64::MAX).max(1);
    costs.iter().sum::<i64>().saturating_mul(reminded) / read
}

/// How many there are, how many of them are left out for which reason, and what the others cost.
fn response(groups: &[Group], rows: Vec<Row>, segments: i64, cost: Option<Money>) -> PreviewCampaignResponse {
    let mut reasons: BTreeMap<&'static str, i64> = BTreeMap::new();
    for group in groups {
        if let Some(reason) = left_out(group) {
            *reasons.entry(reason.as_str()).or_default() += group.recipients;
        }
    }
    let left_out = |(reason, recipients): (&str, i64)| LeftOut {
        reason: reason.to_owned(),
        recipients: count(recipients),
    };
    PreviewCampaignResponse {
        recipients: count(groups.iter().map(|group| group.recipients).sum::<i64>()),
        left_out: reasons.into_iter().map(left_out).collect(),
        rows,
        segments: count(segments),
        cost,
    }
}
