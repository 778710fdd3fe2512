//! A company that is not in the network yet fills in the interest form, and is let in.

use anyhow::Context;
use serde_json::json;

use super::people::People;
use crate::demo::{people::Mailbox, steps::Steps};

/// From the form to the invitation.
pub(super) async fn join(steps: &mut Steps, people: &People) -> anyhow::Result<()> {
    let address = format!("rehana{}@nirnoy.example", people.serial);
    let mut mail = Mailbox::of(&people.inbox, &address)?;
    steps.step("A company that is not in the network yet fills in the interest form");
    let form = json!({
        "organizationName": "Nirnoy Appointments", "country": "BD", "contactName": "Rehana Akter", "email": address,
        "message": "We book appointments for 40,000 employees.", "language": "en",
    });
    steps.post(&people.anybody, "/v1/interest-forms", form, 202).await?;
    steps.means("every address is answered the same; nothing happens before the link of a mail is followed");
    let link = mail.next().await?;
    steps.reads(&link);
    let token = link.token().context("a mail without a link")?;
    steps.post(&people.anybody, "/v1/interest-forms/confirm", json!({"token": token}), 200).await?;

    steps.step("A lead of support lets it in");
    let lead = &people.lead.rest;
    let waiting = steps.get(lead, "/v1/interest-forms?state=SUBMITTED", 200).await?;
    let ours = waiting.list("interestForms").iter().find(|form| form["email"] == *address);
    let id = ours.and_then(|form| form["interestFormId"].as_str()).context("a form that was confirmed")?;
    let accepted = json!({
        "kind": "PARTNER", "timeZone": "Asia/Dhaka",
        "codes": [{"kind": "MERCHANT", "value": format!("BD-NIRNOY-{}", people.serial)}],
    });
    let form = steps.post(lead, &format!("/v1/interest-forms/{id}/accept"), accepted, 200).await?;
    anyhow::ensure!(form.at("interestForm.state") == "ACCEPTED", "it should be accepted: {form}");
    let invitation = mail.about("/invitation").await?;
    steps.reads(&invitation);
    steps.means("whoever wrote the form is its first administrator, and invites everybody else");
    Ok(())
}
