//! What cases say. What support does among itself is support's own, so that it reaches no partner.

use careway_contract::cases::v1 as proto;
use careway_events::{Fact, record};
use careway_kernel::CaseId;
use careway_service::{Transaction, timestamp, version};
use uuid::Uuid;

use super::domain::{
    notices::NoticeKind,
    step::{CaseEvent, Step},
};

/// Says what a step did.
pub(super) fn step_taken(tx: &mut Transaction, step: &Step) {
    for event in &step.events {
        record(tx, fact(step, event));
    }
}

/// Somebody is to be told of something by mail.
pub(crate) fn notice_raised(tx: &mut Transaction, id: Uuid, case: Option<CaseId>, kind: NoticeKind) {
    let case_id = case.map(|case| case.to_string()).unwrap_or_default();
    let kind = kind.as_str().to_owned();
    record(
        tx,
        Fact::new(proto::CaseNoticeRaised { case_notice_id: id.to_string(), case_id, kind }).about(id, 1),
    );
}

fn fact(step: &Step, event: &CaseEvent) -> Fact {
    let case = &step.case;
    let (case_id, organization_id) = (case.id.to_string(), case.organization.id.to_string());
    let (state, version) = (case.state.as_str().to_owned(), version(case.version));
    match event {
        CaseEvent::Opened => of_partner(
            step,
            Fact::new(proto::CaseOpened {
                case_id,
                number: case.number.clone(),
                organization_id,
                kind: case.kind.as_str().to_owned(),
                topic: case.topic.clone(),
                channel: case.channel.as_str().to_owned(),
                state,
                version,
            }),
        ),
        CaseEvent::FollowUpOpened => of_partner(
            step,
            Fact::new(proto::FollowUpOpened {
                case_id,
                number: case.number.clone(),
                organization_id,
                follow_up_of: case.follow_up_of.as_ref().map(|link| link.id.to_string()).unwrap_or_default(),
                state,
                version,
            }),
        ),
        CaseEvent::MessageAdded(message) => of_partner(
            step,
            Fact::new(proto::CaseMessageAdded {
                case_id,
                message_id: message.to_string(),
                organization_id,
                side: step.by.side.as_str().to_owned(),
                channel: step.by.channel.as_str().to_owned(),
                state,
                version,
            }),
        ),
        CaseEvent::Waiting => {
            of_partner(step, Fact::new(proto::CaseWaiting { case_id, organization_id, state, version }))
        }
        CaseEvent::Solved => {
            of_partner(step, Fact::new(proto::CaseSolved { case_id, organization_id, state, version }))
        }
        CaseEvent::Reopened => {
            of_partner(step, Fact::new(proto::CaseReopened { case_id, organization_id, state, version }))
        }
        CaseEvent::Closed => {
            of_partner(step, Fact::new(proto::CaseClosed { case_id, organization_id, state, version }))
        }
        CaseEvent::Changed(name) => {
            let changed = vec![(*name).to_owned()];
            of_partner(
                step,
                Fact::new(proto::CaseChanged { case_id, organization_id, changed, state, version }),
            )
        }
        CaseEvent::Due { measure, alarm, due_at } => {
            let fact = proto::CaseDue {
                case_id,
                measure: measure.as_str().to_owned(),
                alarm: alarm.as_str().to_owned(),
                due_at: due_at.map(timestamp),
            };
            Fact::new(fact).about(case.id.uuid(), case.version)
        }
        CaseEvent::Assigned(assignee) => {
            let fact = proto::CaseAssigned { case_id, assignee_id: assignee.to_string() };
            of_support(step, Fact::new(fact))
        }
        CaseEvent::NoteAdded(message) => {
            let fact = proto::CaseNoteAdded { case_id, message_id: message.to_string() };
            of_support(step, Fact::new(fact))
        }
    }
}

/// A fact of the case's organization; support is the other party to what it does itself.
fn of_partner(step: &Step, fact: Fact) -> Fact {
    let case = &step.case;
    let fact = fact.about(case.id.uuid(), case.version).of(case.organization.id);
    match step.acts_for.filter(|organization| *organization != case.organization.id) {
        Some(support) => fact.also(support),
        None => fact,
    }
}

/// A fact that is support's alone.
fn of_support(step: &Step, fact: Fact) -> Fact {
    let fact = fact.about(step.case.id.uuid(), step.case.version);
    match step.acts_for {
        Some(support) => fact.of(support),
        None => fact,
    }
}
