//! What an earlier demo left of the same patient is taken back, so that the same care can be claimed again.

use careway_standalone::seed::Answer;
use serde_json::{Value, json};

use super::{
    claim::REFERENCE,
    people::{Patient, People},
    steps::Steps,
    words::text,
};

/// Recalls the claims of earlier demos, and cancels what they were allowed before; without a word where there are none.
pub(super) async fn take_back(steps: &mut Steps, people: &People, patient: &Patient) -> anyhow::Result<()> {
    let clerk = &people.clerk.rest;
    let claims = format!("/v1/claims?memberNumber={}", patient.member.member_number);
    let claims = clerk.get(&claims).await?.ok()?;
    let left: Vec<_> = claims.list("claims").iter().filter(|claim| is_left(claim)).collect();
    if left.is_empty() {
        return Ok(());
    }
    steps.step(
        "An earlier demo claimed the same care: its claim is taken back, and all is as if it had never been",
    );
    for claim in left {
        let recall = format!("/v1/claims/{}/recall", text(&claim["claimId"]));
        steps.post(clerk, &recall, json!({"reason": "Another demo begins"}), 200).await?;
        let asked = format!("/v1/preauthorizations?visitId={}", text(&claim["visitId"]));
        for id in allowed(&clerk.get(&asked).await?.ok()?) {
            let cancel = format!("/v1/preauthorizations/{id}/cancel");
            steps.post(clerk, &cancel, json!({"reason": "Another demo begins"}), 200).await?;
        }
    }
    Ok(())
}

/// Whether a demo wrote this claim, and it still stands.
fn is_left(claim: &Value) -> bool {
    let stands = ["IN_REVIEW", "APPROVED", "PARTIALLY_APPROVED"].iter().any(|state| claim["state"] == *state);
    stands && text(&claim["externalReference"]).starts_with(REFERENCE)
}

fn allowed(asked: &Answer) -> Vec<String> {
    let holds = |it: &&Value| ["APPROVED", "PARTIALLY_APPROVED"].iter().any(|state| it["state"] == *state);
    asked.list("preauthorizations").iter().filter(holds).map(|it| text(&it["preauthorizationId"])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_demo_wrote_and_nobody_has_paid_is_taken_back() {
        let claim =
            |reference: &str, state: &str| is_left(&json!({"externalReference": reference, "state": state}));
        assert!(
            claim("DEMO-V26-0001234-13", "PARTIALLY_APPROVED") && claim("DEMO-V26-0001234-13", "IN_REVIEW")
        );
        assert!(!claim("DEMO-V26-0001234-13", "PAID") && !claim("DEMO-V26-0001234-13", "RECALLED"));
        assert!(!claim("INV-2026-0193", "APPROVED"));
    }
}
