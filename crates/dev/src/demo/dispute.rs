//! The patient leaves; and what happens when a member says "this was not me".

use anyhow::ensure;
use serde_json::json;

use super::{
    claim::Decided,
    people::{Patient, People},
    steps::Steps,
};

/// From the discharge to the settled dispute.
pub(super) async fn tell(
    steps: &mut Steps,
    people: &People,
    patient: &Patient,
    claim: &Decided,
) -> anyhow::Result<()> {
    steps.step("The patient leaves");
    let discharge = format!("{}/discharge", patient.visit);
    let discharged = steps.post(&people.desk.rest, &discharge, json!({}), 200).await?;
    ensure!(discharged.text("visit.state") == "DISCHARGED", "the visit should be over: {discharged}");
    steps.means("the visit is over; for the paperwork the facility sees the patient's data three days more");

    steps.step(
        "Suppose it was somebody else with the card: the member opens the link in the SMS of the admission",
    );
    let token = json!({"token": patient.dispute_token});
    let disputed = steps.post(&people.anybody, "/v1/visit-disputes", token, 200).await?;
    let number = disputed.text("visitNumber");
    steps.means(format!("noted, without any sign-in; the claims of visit {number} are frozen from now on"));

    steps.step(format!("{} wants to take the claim back, and cannot any more", people.clerk.name()));
    let recall = json!({"reason": "Sent for the wrong visit"});
    let refused = steps.post(&people.clerk.rest, &format!("{}/recall", claim.path), recall, 409).await?;
    ensure!(refused.reason() == "VISIT_DISPUTED", "the claim should be frozen: {refused}");

    steps.step(format!(
        "{} of {} has called the member: it was them after all",
        people.officer.name(),
        people.officer.organization
    ));
    let resolve = format!("{}/dispute/resolve", patient.visit);
    steps.post(&people.officer.rest, &resolve, json!({"outcome": "DISMISSED"}), 200).await?;
    let thawed = steps.get(&people.officer.rest, &claim.path, 200).await?;
    ensure!(thawed.at("claim.frozen") != true, "the claim should go on: {}", thawed);
    steps.means(format!("the dispute is settled, and claim {} goes on", thawed.text("claim.number")));
    Ok(())
}
