//! Support answers in the portal, the partner from its inbox; every update is mailed to those who take part.

use anyhow::ensure;
use careway_standalone::seed::Answer;
use serde_json::{Value, json};

use super::people::{Asked, People};
use crate::demo::{steps::Steps, words::text};

const NOTE: &str = "Look at the tariff of last week before answering.";

/// Support takes it and answers, the partner answers by mail; colleagues see it, others do not.
pub(super) async fn exchange(steps: &mut Steps, people: &mut People, case: &Asked) -> anyhow::Result<()> {
    let Asked { path, number, .. } = case;
    let messages = format!("{path}/messages");
    let agent = people.agent.rest.clone();
    steps.step("Support takes it, notes something for itself, and answers");
    steps.post(&agent, &format!("{path}/assign"), json!({}), 200).await?;
    steps.post(&agent, &messages, json!({"body": NOTE, "internal": true}), 200).await?;
    let asked = json!({"body": "Which clinic do you mean?"});
    steps.post(&agent, &messages, asked, 200).await?;
    let answer = people.requester.mail.about(number).await?;
    steps.reads(&answer);
    ensure!(!answer.text.contains(NOTE), "a note is support's alone");

    steps.step("The partner answers from the inbox");
    let id = answer.headers.get("Message-ID").cloned().unwrap_or_default();
    let mail = people.mail(case, "The one in Dhanmondi, every day since Sunday.").answering(&id);
    let became = people.deliver(steps, &mail, &case.answered_at).await?;
    ensure!(became.text("outcomes.0.caseId") == case.id, "it should be in the case: {}", became.body);

    steps.step("Whoever has access to the partner's account reads it all");
    let said = steps.get(&people.reader.rest, &messages, 200).await?;
    steps.shows(["WHO", "BY", "WHAT"], rows(&said));
    ensure!(said.list("messages").len() == 3, "the note should not be there: {}", said.body);
    steps.post(&people.reader.rest, &messages, json!({"body": "Hello"}), 403).await?;
    steps.means("a reader reads; an editor answers");

    steps.step("To another partner the case is not there");
    steps.get(&people.stranger.rest, path, 404).await?;
    Ok(())
}

/// Support waits for an answer, a colleague gives it, and it is solved.
pub(super) async fn solve(steps: &mut Steps, people: &mut People, case: &Asked) -> anyhow::Result<()> {
    let Asked { path, number, .. } = case;
    let agent = people.agent.rest.clone();
    steps.step("Support asks once more, and waits: the clock of the solution stands still");
    let question = json!({"message": "Is it the price with the report, or without?"});
    let waits = steps.post(&agent, &format!("{path}/wait"), question, 200).await?;
    ensure!(waits.at("case.dueAt").is_null(), "nothing is due of support: {waits}");
    steps.reads(&people.requester.mail.about(number).await?);

    steps.step("A colleague answers in the portal: support is at it again");
    let answer = json!({"body": "With the report."});
    let answered = steps.post(&people.colleague.rest, &format!("{path}/messages"), answer, 200).await?;
    ensure!(answered.text("case.state") == "IN_PROGRESS", "it should go on: {answered}");
    let told = people.requester.mail.about(number).await?;
    steps.means(format!("who asked reads it too: {}", told.subject.unwrap_or_default()));

    steps.step("Support solves it");
    let solution =
        json!({"message": "The price with the report was missing in the tariff; now it is there."});
    steps.post(&agent, &format!("{path}/solve"), solution, 200).await?;
    steps.reads(&people.requester.mail.about(number).await?);
    Ok(())
}

fn rows(said: &Answer) -> Vec<[String; 3]> {
    let row = |it: &Value| [text(&it["side"]), text(&it["channel"]), text(&it["body"])];
    said.list("messages").iter().map(row).collect()
}
