//! What becomes of a reminder whose message was taken for sending: words and recipient as they are now, or that it is not to be
//! sent, or not yet. Asked again, because it was put off or a process died, it counts once.

use careway_contract::renewals::v1::{GetNoticeResponse, NoticeWords};
use careway_kernel::CampaignId;
use careway_service::{Error, Result, Transaction, timestamp};
use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::{
    composing::{self, Card},
    domain::{
        Campaign, PauseReason, State,
        pace::{CAP, Pace, Window, end_of_day, pace},
        plan,
        steps::true_until,
        suppression::{Facts, Reachable, Suppression, suppression},
    },
    events,
    plan::zone,
    store::{self, reminder::Reminder},
};
use crate::{App, contact_keys::Column, messages::Channel, templates::domain::Composed};

/// How long a paused campaign's reminders wait before they ask again; resumed, they are due at once.
const WHILE_PAUSED: Duration = Duration::minutes(10);

/// What becomes of it.
enum Answer {
    Words(Box<NoticeWords>),
    Suppressed(Suppression),
    Held(DateTime<Utc>),
}

/// The notice of a reminder.
pub(super) async fn reminder_notice(app: &App, recipient: Uuid) -> Result<GetNoticeResponse> {
    let mut tx = app.db.begin_system("campaigns.reminder").await?;
    let reminder = store::reminder::lock_reminder(&mut tx, recipient).await?;
    let reminder = reminder.ok_or(Error::not_found("reminder"))?;
    let answer = match reminder.reason.as_deref().and_then(Suppression::parse) {
        Some(reason) if reminder.state == "SUPPRESSED" => Answer::Suppressed(reason),
        _ => decide(app, &mut tx, recipient, &reminder).await?,
    };
    if let Answer::Suppressed(reason) = &answer {
        store::queue::update_suppressed(&mut tx, &[recipient], reason.as_str()).await?;
        if *reason == Suppression::Cancelled {
            store::reminder::delete_key(&mut tx, recipient).await?;
        }
    }
    tx.finish().await?;
    Ok(match answer {
        Answer::Words(words) => GetNoticeResponse { words: Some(*words), ..Default::default() },
        Answer::Suppressed(reason) => {
            GetNoticeResponse { suppressed: reason.as_str().to_owned(), ..Default::default() }
        }
        Answer::Held(until) => GetNoticeResponse { held_until: Some(timestamp(until)), ..Default::default() },
    })
}

async fn decide(app: &App, tx: &mut Transaction, recipient: Uuid, reminder: &Reminder) -> Result<Answer> {
    let now = tx.now();
    let campaign = store::find_any(tx, CampaignId::from_uuid(reminder.campaign_id)).await?;
    let campaign = campaign.ok_or(Error::not_found("campaign"))?;
    let zone = zone(reminder.time_zone.as_deref());
    let ends = end_of_day(true_until(reminder.step, reminder.last_day), zone);
    match suppression(&facts(&campaign, reminder, now, zone)) {
        // It was put off until its words ended: that is a failure, and no reason to leave somebody out.
        Some(Suppression::TooLate) if reminder.segments.is_some() => {
            let words = NoticeWords { expires_at: Some(timestamp(ends)), ..Default::default() };
            return Ok(Answer::Words(Box::new(words)));
        }
        Some(reason) => return Ok(Answer::Suppressed(reason)),
        None if campaign.state != State::Running => return Ok(Answer::Held(now + WHILE_PAUSED)),
        None => {}
    }
    let Some(contact_index) = &reminder.contact_index else {
        return Ok(Answer::Suppressed(Suppression::NoContact));
    };
    let template = composing::get_template(tx, &campaign.content, reminder.step).await?;
    let composed = match composing::compose(&template, campaign.content.most_segments, &card(reminder))? {
        Ok(composed) => composed,
        Err(reason) => return Ok(Answer::Suppressed(reason)),
    };
    let sent = store::reminder::lock_sent(tx, contact_index, now - CAP.within, recipient).await?;
    match pace(now, Window::of(zone), CAP, &sent, Some(ends)) {
        Pace::Send => {}
        Pace::Held(until) => return Ok(Answer::Held(until)),
        Pace::Expired => return Ok(Answer::Suppressed(Suppression::TooLate)),
    }
    let segments = composing::segments(&composed);
    if !store::reminder::insert_sent(tx, recipient, contact_index, segments, now).await? {
        pause(tx, campaign).await?;
        return Ok(Answer::Held(now + WHILE_PAUSED));
    }
    let to = to(app, campaign.content.channel, reminder)?;
    let language = template.language.as_str().to_owned();
    let words = words(
        app,
        recipient,
        composed,
        NoticeWords { to, language, expires_at: Some(timestamp(ends)), ..Default::default() },
    );
    Ok(Answer::Words(Box::new(words)))
}

fn facts(campaign: &Campaign, reminder: &Reminder, now: DateTime<Utc>, zone: chrono_tz::Tz) -> Facts {
    Facts {
        campaign: campaign.state,
        step: reminder.step,
        last_day: reminder.last_day,
        today: plan::day(now, zone),
        gone: reminder.result.is_gone(),
        renewed: reminder.renewed,
        in_list: reminder.in_list,
        opted_out: reminder.opted_out,
        reachable: Reachable::of(reminder.contact, reminder.result),
        first_of_step: reminder.first_of_step,
        later_step: reminder.later_step,
    }
}

fn card(reminder: &Reminder) -> Card {
    Card {
        bhxh_number: reminder.bhxh_number.clone(),
        full_name: reminder.full_name.clone(),
        last_day: reminder.last_day,
        agency_code: reminder.agency_code.clone().unwrap_or_default(),
        agency_name: reminder.agency_name.clone().unwrap_or_default(),
    }
}

/// The number or the address, opened.
fn to(app: &App, channel: Channel, reminder: &Reminder) -> Result<String> {
    let (column, sealed) = match channel {
        Channel::Email => (Column::Email, &reminder.email),
        Channel::Sms if reminder.mobile.is_some() => (Column::Mobile, &reminder.mobile),
        Channel::Sms => (Column::Phone, &reminder.phone),
    };
    let sealed =
        sealed.as_deref().ok_or_else(|| Error::internal(anyhow::anyhow!("a contact without its value")))?;
    app.contact_keys.open(column, reminder.participant_id, sealed)
}

/// The words; of a mail with the address that ends reminders.
fn words(app: &App, recipient: Uuid, composed: Composed, words: NoticeWords) -> NoticeWords {
    match composed {
        Composed::Sms(rendered) => NoticeWords { text: rendered.sent().text.clone(), ..words },
        Composed::Email { subject, text } => {
            let token = app.unsubscribe_tokens.issue(recipient);
            let unsubscribe_url = format!("{}{}", app.unsubscribe_url, token.expose());
            NoticeWords { subject, text, unsubscribe_url, ..words }
        }
    }
}

/// The budget is used up.
async fn pause(tx: &mut Transaction, campaign: Campaign) -> Result<()> {
    let Some(campaign) = store::lock_any(tx, campaign.id).await? else { return Ok(()) };
    // Somebody else may have paused it meanwhile.
    if campaign.state == State::Running {
        let paused = campaign.pause(PauseReason::Budget)?;
        store::update_campaign(tx, &paused).await?;
        events::changed(tx, &paused);
    }
    Ok(())
}
