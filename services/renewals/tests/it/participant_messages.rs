//! The reminders to a participant, over gRPC: what became of each, for whoever has the participant.

use careway_contract::renewals::v1::*;
use careway_kernel::{CampaignId, MessageId, ParticipantId};
use careway_service::{Error, Kind};
use careway_testing::{Person, refusal};
use uuid::Uuid;

use crate::test_people::{TestPeople, made};

impl TestPeople {
    async fn messages_of(&self, by: &Person, id: ParticipantId) -> Result<Vec<ParticipantMessage>, Error> {
        let (mut all, mut page_token) = (Vec::new(), String::new());
        loop {
            let request =
                ListParticipantMessagesRequest { participant_id: id.to_string(), page_size: 1, page_token };
            let page =
                self.participants().list_participant_messages(self.by(by, request)).await?.into_inner();
            all.extend(page.messages);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(all);
            }
        }
    }

    /// A campaign of the agency has reminded the participant by SMS, and was to do so again.
    async fn remind(&self, agency: &Person, id: ParticipantId) -> MessageId {
        let message = MessageId::new(&self.clock);
        sqlx::query(
            "with campaign as (
                insert into reminder_campaign (campaign_id, authority_id, agency_id, name, kind, channel, steps,
                    most_segments, state, author_id, created_at, version)
                values ($1, $2, $3, 'c', 'STANDING', 'SMS', '{-14,-7}', 3, 'COMPLETED', $1, $6, 1)),
             message as (
                insert into message (message_id, organization_id, dedupe_key, channel, priority, template, state, due_at,
                    created_at, ended_at)
                values ($4, $3, $4::text, 'SMS', 3, 'reminder', 'ACCEPTED', $6, $6, $6))
             insert into reminder_recipient (recipient_id, campaign_id, participant_id, last_day, step, state, reason,
                message_id, planned_at)
             values ($7, $1, $5, '2026-12-12', -14, 'QUEUED', null, $4, $6),
                ($8, $1, $5, '2026-12-12', -7, 'SUPPRESSED', 'RENEWED', null, $6)",
        )
        .bind(CampaignId::new(&self.clock).uuid())
        .bind(self.authority.organization.uuid())
        .bind(agency.organization.uuid())
        .bind(message.uuid())
        .bind(id.uuid())
        .bind(self.clock.now())
        .bind(Uuid::from_u128(1))
        .bind(Uuid::from_u128(2))
        .execute(&self.admin)
        .await
        .unwrap();
        message
    }
}

#[tokio::test]
async fn whoever_has_a_participant_sees_what_became_of_the_reminders() {
    let people = TestPeople::start().await;
    let hoa = people.person(made("7936491863")).await;
    assert!(people.messages_of(&people.agency, hoa).await.unwrap().is_empty());
    let message = people.remind(&people.agency, hoa).await;
    let shown = people.messages_of(&people.agency, hoa).await.unwrap();
    let facts: Vec<_> = shown.iter().map(|it| (it.step, it.state.as_str(), it.reason.as_str())).collect();
    assert_eq!(facts, [(-7, "SUPPRESSED", "RENEWED"), (-14, "ACCEPTED", "")], "the latest first");
    assert_eq!(
        (shown[1].message_id.as_str(), shown[1].channel.as_str()),
        (message.to_string().as_str(), "SMS")
    );
    assert_eq!((shown[1].last_day.as_str(), shown[1].ended_at), ("2026-12-12", shown[1].planned_at));
    assert_eq!(people.messages_of(&people.authority, hoa).await.unwrap(), shown);
    for by in [&people.second_agency, &people.other_authority] {
        assert_eq!(refusal(people.messages_of(by, hoa).await).kind(), Kind::NotFound);
    }

    let request = HandOverAgencyRequest {
        agency_id: people.agency.organization.to_string(),
        successor_id: people.second_agency.organization.to_string(),
    };
    people.agencies().hand_over_agency(people.by(&people.authority, request)).await.unwrap();
    assert_eq!(people.messages_of(&people.second_agency, hoa).await.unwrap(), shown);
    assert_eq!(refusal(people.messages_of(&people.agency, hoa).await).kind(), Kind::NotFound);
}
