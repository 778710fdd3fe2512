//! Plan a campaign's day: everybody on the list whose card is at a step, a page at a time, each page in a transaction of its
//! own. A process that dies in the middle leaves the rest to another; nobody is planned twice.

use careway_kernel::CampaignId;
use careway_service::Result;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    domain::{
        Campaign, State, plan,
        steps::{Listed, StepRange, reach},
    },
    events,
    store::{
        self,
        plan::{Place, PlannedPage},
    },
};
use crate::{App, renewal_settings::domain::RenewalSettings};

/// How many cards a page has.
const PAGE: i64 = 20_000;

/// The zone of an organization; UTC until identity told where it is.
pub(super) fn zone(name: Option<&str>) -> Tz {
    name.and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC)
}

/// How far the list reaches, by the authority's settings.
fn listed(place: &Place) -> Listed {
    let standard = RenewalSettings::default();
    Listed {
        ahead: place.window_days.unwrap_or(standard.window_days),
        behind: place.lapsed_days.unwrap_or(standard.lapsed_days),
    }
}

/// Which cards are at which step where the agency is.
pub(super) fn ranges(campaign: &Campaign, place: &Place, now: DateTime<Utc>) -> Vec<StepRange> {
    let today = plan::day(now, zone(place.time_zone.as_deref()));
    campaign.content.steps.ranges(today, listed(place))
}

/// Plans a campaign whose time has come; whether there was one.
pub(super) async fn plan_next(app: &App) -> Result<bool> {
    let mut tx = app.db.begin_system("campaigns.plan").await?;
    let now = tx.now();
    let Some(campaign) = store::lock_due(&mut tx, State::Running, now).await? else { return Ok(false) };
    let place = store::plan::get_place(&mut tx, campaign.id).await?;
    let ranges = ranges(&campaign, &place, now);
    let zone = zone(place.time_zone.as_deref());
    let today = plan::day(now, zone);
    // What was left of another day is begun anew.
    let cursor = store::plan::find_cursor(&mut tx, campaign.id).await?;
    let begun = cursor.filter(|_| campaign.planned_on == Some(today));
    if begun.is_none() {
        let days = store::plan::list_days(&mut tx, campaign.id, reach(now.date_naive())).await?;
        let recipients = plan::recipients(&ranges, &days);
        if !campaign.may_plan(recipients) {
            let paused = campaign.pause_for_approval(recipients)?;
            store::update_campaign(&mut tx, &paused).await?;
            events::changed(&mut tx, &paused);
            tx.finish().await?;
            return Ok(true);
        }
    }
    let from = begun.or_else(|| Some((ranges.iter().map(|range| range.first).min()?, Uuid::nil())));
    let page = match from {
        Some(from) => store::plan::insert_page(&mut tx, &campaign, &ranges, from, now, PAGE).await?,
        None => None,
    };
    match page.filter(|page| page.cards == PAGE) {
        Some(PlannedPage { last_day, participant_id, .. }) => {
            let at_work = Campaign { planned_on: Some(today), ..campaign };
            store::update_campaign(&mut tx, &at_work).await?;
            store::plan::update_cursor(&mut tx, at_work.id, Some((last_day, participant_id))).await?;
        }
        None => finish_day(&mut tx, campaign, today, plan::next_day(now, zone)).await?,
    }
    tx.finish().await?;
    Ok(true)
}

async fn finish_day(
    conn: &mut PgConnection,
    campaign: Campaign,
    today: NaiveDate,
    again_at: DateTime<Utc>,
) -> Result<()> {
    let id: CampaignId = campaign.id;
    store::update_campaign(conn, &campaign.planned(today, again_at)).await?;
    store::plan::update_cursor(conn, id, None).await
}
