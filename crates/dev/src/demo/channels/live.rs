//! Both sign the joint test, and the call centre takes the clinic live.

use anyhow::ensure;
use serde_json::json;

use super::people::{Clinic, People};
use crate::demo::steps::Steps;

/// The last two of the eight steps, with the connection's path and the test's.
pub(super) async fn go(
    steps: &mut Steps,
    people: &mut People,
    clinic: &Clinic,
    (connection, test): (&str, &str),
) -> anyhow::Result<()> {
    steps.step("Seventh of eight: both sides sign the test");
    for side in [&clinic.rest, &people.editor.rest] {
        steps.post(side, &format!("{test}/sign"), json!({}), 200).await?;
    }

    steps.step("Eighth of eight: the call centre's administrator takes the clinic live");
    let go_live = format!("{connection}/go-live");
    steps.post(&people.editor.rest, &go_live, json!({}), 403).await?;
    steps.means("an editor sets up and tests; going live is the administrator's");
    let live = steps.post(&people.administrator.rest, &go_live, json!({}), 200).await?;
    ensure!(live.text("connection.state") == "LIVE", "it should be live: {}", live.body);
    loop {
        let changed = people.told(steps, "ConnectionChanged", connection).await?;
        if changed["to"] == "LIVE" {
            break;
        }
    }
    steps.reads(&people.onboarding.about("activă").await?);
    steps.means("the connection is live: what is ticked can be booked");
    Ok(())
}
