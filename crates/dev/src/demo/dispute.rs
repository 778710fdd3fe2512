//! The patient leaves; and what happens when a member says "this was not me".

use anyhow::ensure;
use serde_json::json;

use super::{
    cast::{Cast, Patient},
    claim::Decided,
    story::Story,
};

/// From the discharge to the settled dispute.
pub(super) async fn tell(
    story: &mut Story,
    cast: &Cast,
    patient: &Patient,
    claim: &Decided,
) -> anyhow::Result<()> {
    story.step("The patient leaves");
    let discharge = format!("{}/discharge", patient.visit);
    let discharged = story.post(&cast.desk.rest, &discharge, json!({}), 200).await?;
    ensure!(discharged.text("visit.state") == "DISCHARGED", "the visit should be over: {discharged}");
    story.means("the visit is over; for the paperwork the facility sees the patient's data three days more");

    story.step(
        "Suppose it was somebody else with the card: the member opens the link in the SMS of the admission",
    );
    let token = json!({"token": patient.dispute_token});
    let disputed = story.post(&cast.anybody, "/v1/visit-disputes", token, 200).await?;
    let number = disputed.text("visitNumber");
    story.means(format!("noted, without any sign-in; the claims of visit {number} are frozen from now on"));

    story.step(format!("{} wants to take the claim back, and cannot any more", cast.clerk.name()));
    let recall = json!({"reason": "Sent for the wrong visit"});
    let refused = story.post(&cast.clerk.rest, &format!("{}/recall", claim.path), recall, 409).await?;
    ensure!(refused.reason() == "VISIT_DISPUTED", "the claim should be frozen: {refused}");

    story.step(format!(
        "{} of {} has called the member: it was them after all",
        cast.officer.name(),
        cast.officer.organization
    ));
    let resolve = format!("{}/dispute/resolve", patient.visit);
    story.post(&cast.officer.rest, &resolve, json!({"outcome": "DISMISSED"}), 200).await?;
    let thawed = story.get(&cast.officer.rest, &claim.path, 200).await?;
    ensure!(thawed.at("claim.frozen") != true, "the claim should go on: {}", thawed);
    story.means(format!("the dispute is settled, and claim {} goes on", thawed.text("claim.number")));
    Ok(())
}
