//! Feed the queue of messages: so many reminders stand in it at most, and every campaign has its share.

use careway_kernel::{CampaignId, MessageId};
use careway_service::Result;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::json;

use super::{
    domain::{State, pace, plan, recipient::room, steps::true_until, suppression::Suppression},
    plan::zone,
    store::{
        self,
        queue::{Planned, Queued},
    },
};
use crate::App;

/// How many are queued in one transaction.
const TOGETHER: i64 = 1000;

/// Fills the queue from every running campaign.
pub(super) async fn feed_all(app: &App) -> Result<()> {
    let feeding = {
        let mut reader = app.db.read(&careway_service::Call::system("campaigns.feed")).await?;
        store::queue::list_feeding(&mut reader).await?
    };
    let campaigns = feeding.len();
    for (campaign, queued) in feeding {
        let mut left = room(campaigns, queued);
        while left > 0 {
            let most = left.min(TOGETHER);
            if feed(app, campaign, most).await? < most {
                break;
            }
            left -= most;
        }
    }
    Ok(())
}

/// Queues some reminders of a campaign; how many were looked at.
async fn feed(app: &App, campaign: CampaignId, most: i64) -> Result<i64> {
    let mut tx = app.db.begin_system("campaigns.feed").await?;
    let now = tx.now();
    let campaign = store::lock_free(&mut tx, campaign).await?.filter(|it| it.state == State::Running);
    let Some(campaign) = campaign else { return Ok(0) };
    let planned = store::queue::lock_planned(&mut tx, campaign.id, most).await?;
    if planned.is_empty() {
        return Ok(0);
    }
    let looked_at = i64::try_from(planned.len()).unwrap_or(most);
    let place = store::plan::get_place(&mut tx, campaign.id).await?;
    let zone = zone(place.time_zone.as_deref());
    let today = plan::day(now, zone);
    let (in_time, late): (Vec<_>, Vec<_>) =
        planned.into_iter().partition(|it| today <= true_until(it.step, it.last_day));
    if !late.is_empty() {
        let late: Vec<_> = late.iter().map(|it| it.recipient_id).collect();
        store::queue::update_suppressed(&mut tx, &late, Suppression::TooLate.as_str()).await?;
    }
    if !in_time.is_empty() {
        let queued: Vec<_> = in_time.iter().map(|it| queued(app, it, zone, now)).collect();
        let (agency, channel) = (campaign.agency.uuid(), campaign.content.channel.as_str());
        store::queue::insert_queued(&mut tx, agency, channel, &queued, now).await?;
        tx.wake_after_commit(app.wakes.of(campaign.content.channel).clone());
    }
    tx.finish().await?;
    Ok(looked_at)
}

/// The message of a reminder. Whether its words are still true is asked when it is taken: it stays long enough to be asked.
fn queued(app: &App, planned: &Planned, zone: Tz, now: DateTime<Utc>) -> Queued {
    let until = pace::end_of_day(true_until(planned.step, planned.last_day), zone);
    Queued {
        recipient_id: planned.recipient_id,
        message_id: MessageId::new(&app.clock).uuid(),
        dedupe_key: format!("reminder:{}:{}", planned.recipient_id, planned.attempts + 1),
        about: json!({
            "context": "renewals",
            "kind": "REMINDER",
            "id": planned.recipient_id,
            "facility_id": "",
            "state": "",
            "reader": "named",
        }),
        expires_at: until.max(now) + KEPT_ASKING,
    }
}

/// For how long after its words have ended a message is asked for once more, however long nothing ran.
const KEPT_ASKING: chrono::Duration = chrono::Duration::days(90);
