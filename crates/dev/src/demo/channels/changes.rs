//! After the synchronisation: a new price waits for the call centre's word, a new duration does not.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::{
    booking::Booked,
    joint_test::availability,
    offer::{self, Offer},
    people::{Clinic, People},
};
use crate::demo::{
    steps::Steps,
    words::{instant, money},
};

/// A price becomes dearer: one notice, one acknowledgement. What is booked keeps its price.
pub(super) async fn price(
    steps: &mut Steps,
    people: &People,
    clinic: &Clinic,
    (connection, offer, booked): (&str, &Offer, &Booked),
) -> anyhow::Result<()> {
    let (rest, agent) = (&clinic.rest, &people.agent.rest);
    steps.step("The price becomes dearer: the call centre does not know, and goes on selling at the old one");
    let dearer = json!({
        "channelId": clinic.channel, "percent": "10", "rounding": {"to": "1.00", "mode": "HALF_UP"},
    });
    let edited = steps.post(rest, "/v1/prices/bulk-edit", dearer, 200).await?;
    offer::shows(steps, &edited);
    let changes = steps.get(rest, &format!("{connection}/changes"), 200).await?;
    ensure!(changes.text("changes.0.state") == "UNTOLD", "nobody was told: {}", changes.body);
    let free = steps.get(agent, &availability(&offer.service), 200).await?;
    ensure!(free.text("price.amount") == "140.00", "it should be sold as before: {}", free.body);
    steps.means(format!("the change is UNTOLD; it is sold at {}", money(free.at("price"))));

    steps.step("The clinic tells, the call centre acknowledges, and only then it is in force");
    let told = json!({"changeIds": [changes.at("changes.0.changeId")]});
    steps.post(rest, &format!("{connection}/notices"), told, 200).await?;
    people.told(steps, "PriceNoticeSent", connection).await?;
    let waiting = steps.get(&people.editor.rest, "/v1/channel/notices?state=TOLD", 200).await?;
    let ours = waiting.list("notices").iter().find(|it| it["serviceId"] == offer.service.as_str());
    let notice = ours.and_then(|it| it["noticeId"].as_str()).context("the notice is not listed")?;
    steps.post(&people.editor.rest, &format!("/v1/notices/{notice}/acknowledge"), json!({}), 200).await?;
    people.told(steps, "NoticeAcknowledged", connection).await?;
    let free = agent.get(&availability(&offer.service)).await?.ok()?;
    let kept = agent.get(&booked.path).await?.ok()?;
    ensure!(
        (free.text("price.amount"), kept.text("booking.price.amount")) == ("154.00", "140.00"),
        "a price is in force, and a booking keeps its own: {} {}",
        free.body,
        kept.body
    );
    steps.means(format!(
        "from now on it is sold at {}; what was booked before keeps its price of {}",
        money(free.at("price")),
        money(kept.at("booking.price"))
    ));
    Ok(())
}

/// The examination takes longer: in force at once, and told by itself.
pub(super) async fn duration(
    steps: &mut Steps,
    people: &People,
    clinic: &Clinic,
    (offer, booked): (&Offer, &Booked),
) -> anyhow::Result<()> {
    steps.step(
        "The examination takes longer: that is in force at once, and the call centre is told by itself",
    );
    let mut longer = offer::described(&offer.resources, 45);
    if let Some(fields) = longer.as_object_mut() {
        fields.remove("code");
    }
    let changed = steps.set(&clinic.rest, &format!("/v1/services/{}", offer.service), longer).await?;
    let met = changed.list("bookings");
    ensure!(met.len() == 1 && met[0]["bookingId"] == booked.id.as_str(), "one is met: {}", changed.body);
    let row = |it: &Value| {
        let fits = if it["fits"] == true { "yes" } else { "no: it would clash with others" };
        [instant(&it["start"]), fits.to_owned()]
    };
    steps.shows(
        ["BOOKED BEFORE", "WOULD THERE BE ROOM FOR IT TO TAKE AS LONG?"],
        met.iter().map(row).collect(),
    );
    let told = people.system.next("ServiceDurationChanged", |data| data["test"] != true).await?;
    steps.told(&told);
    let data = &told.data;
    ensure!(data["fromMinutes"] == 30 && data["toMinutes"] == 45, "it should say so: {data}");
    let (free, kept) = (
        people.agent.rest.get(&availability(&offer.service)).await?.ok()?,
        people.agent.rest.get(&booked.path).await?.ok()?,
    );
    ensure!(
        *free.at("durationMinutes") == 45 && *kept.at("booking.durationMinutes") == 30,
        "what is booked keeps its duration: {}",
        kept.body
    );
    steps.means("slots are of 45 minutes now; what was booked keeps its 30, and the clinic decides");
    Ok(())
}
