//! The agency reminds whose card ends in a fortnight; whoever has renewed is reminded no more.

use careway_standalone::seed::{Answer, Message, until};
use serde_json::{Value, json};

use super::household::{Household, Office};
use crate::demo::steps::Steps;

/// A campaign that was sent: its path.
pub(super) struct Reminded {
    campaign: String,
}

/// The agent makes a campaign, looks at what it would say, and sends it.
pub(super) async fn send(
    steps: &mut Steps,
    office: &Office,
    household: &mut Household,
) -> anyhow::Result<Reminded> {
    let agent = &office.agent.rest;
    steps.step("The agent reminds everybody whose card ends in two weeks or less");
    let campaign = create(steps, office).await?;
    let preview = steps.post(agent, &format!("{campaign}/preview"), json!({"rows": 2}), 200).await?;
    steps.means(format!(
        "{} people would get {} segments; of each both texts are shown, and what makes the marked one dearer",
        preview.at("recipients"),
        preview.at("segments")
    ));
    left_out(steps, &preview);

    steps.step("It is sent");
    let mut sent = steps.post(agent, &format!("{campaign}/submit"), json!({}), 200).await?;
    if sent.text("campaign.state") == "AWAITING_APPROVAL" {
        steps.means("above 200 recipients a second person looks at it: the agency's administrator");
        let approve = format!("{campaign}/approve");
        sent = steps.post(&office.administrator.rest, &approve, json!({}), 200).await?;
    }
    steps.means(format!("the campaign is {}", sent.text("campaign.state")));

    steps.step("The phone of Trần Thị Hoà rings, unless it is night there");
    match household.ring(office, &campaign).await? {
        Some(sms) => steps.reads(&sms),
        None => steps.means(
            "between 22:00 and 07:00 there nobody's phone rings: the reminders are held until the morning",
        ),
    }
    Ok(Reminded { campaign })
}

/// What became of it, and that the household is in no further one.
pub(super) async fn end(steps: &mut Steps, office: &Office, reminded: &Reminded) -> anyhow::Result<()> {
    let agent = &office.agent.rest;
    steps.step("What became of the reminders?");
    let statistics = steps.get(agent, &format!("{}/statistics", reminded.campaign), 200).await?;
    let row = |it: &Value| {
        let [state, reason] = ["state", "reason"].map(|name| word(&it[name]).to_owned());
        [state, reason, it["step"].to_string(), it["recipients"].to_string()]
    };
    let counts = statistics.list("counts").iter().map(row).collect();
    steps.shows(["STATE", "REASON", "STEP", "HOW MANY"], counts);

    steps.step("Whoever has renewed is in no further one");
    let next = create(steps, office).await?;
    let preview = steps.post(agent, &format!("{next}/preview"), json!({"rows": 1}), 200).await?;
    left_out(steps, &preview);
    steps.post(agent, &format!("{next}/cancel"), json!({}), 200).await?;
    steps.means(
        "what was queued before the payment is looked at again when its turn comes, and not sent either",
    );
    Ok(())
}

/// A campaign of SMS; its path.
async fn create(steps: &Steps, office: &Office) -> anyhow::Result<String> {
    let asked = json!({
        "name": "In the last fortnight", "kind": "ONCE", "channel": "SMS", "steps": [-14, -7, -1, 0],
        "mostSegments": 3,
    });
    let made = steps.post(&office.agent.rest, "/v1/reminder-campaigns", asked, 201).await?;
    Ok(format!("/v1/reminder-campaigns/{}", made.text("campaign.campaignId")))
}

/// Who gets none, and why.
fn left_out(steps: &Steps, preview: &Answer) {
    let row = |it: &Value| [word(&it["reason"]).to_owned(), it["recipients"].to_string()];
    let rows: Vec<_> = preview.list("leftOut").iter().map(row).collect();
    if !rows.is_empty() {
        steps.shows(["LEFT OUT", "HOW MANY"], rows);
    }
}

impl Household {
    /// The first SMS; none while all that is left of the campaign is held.
    async fn ring(&mut self, office: &Office, campaign: &str) -> anyhow::Result<Option<Message>> {
        let held = format!("{campaign}/recipients?state=HELD&pageSize=1");
        until("the reminders are sent, or held", async || {
            if let Some(sms) = self.phone.find_next()? {
                return Ok(Some(Some(sms)));
            }
            let held = office.agent.rest.get(&held).await?.ok()?;
            Ok((!held.list("recipients").is_empty()).then_some(None))
        })
        .await
    }
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
