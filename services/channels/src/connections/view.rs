//! Connections as the contract shows them.

use careway_contract::channels::v1::{
    self as proto,
    connected_service::State as ServiceState,
    connection::{Cause as CauseMessage, State as StateMessage},
};
use careway_kernel::ServiceId;
use careway_service::{money, timestamp, version};

use super::{
    domain::{
        Cause, Connection, Delivery, EndCause, State,
        item::{Item, ItemState},
        joint_test::{JointTest, TestStep},
        missing::Missing,
    },
    store::ListedStep,
};

pub(crate) fn connection(connection: &Connection) -> proto::Connection {
    let set_up = connection.set_up.as_ref();
    proto::Connection {
        connection_id: connection.id.to_string(),
        provider_id: connection.provider.to_string(),
        channel_id: connection.channel.to_string(),
        state: state(connection.state).into(),
        causes: connection.causes.iter().map(|one| cause(*one).into()).collect(),
        end_cause: connection.end_cause.map_or("", EndCause::as_str).to_owned(),
        intent: connection.intent.map_or("", Delivery::as_str).to_owned(),
        services: connection.items.iter().map(|(id, one)| item(*id, one)).collect(),
        consent_version: connection.consent_version.unwrap_or_default(),
        health_url: set_up.map(|set_up| set_up.health_url.clone()).unwrap_or_default(),
        endpoint_answered: set_up.is_some_and(|set_up| set_up.endpoint_answered),
        contacts: set_up.map(|set_up| proto::Contacts {
            technical: set_up.contacts.technical.clone(),
            emergency: set_up.contacts.emergency.clone(),
            operations: set_up.contacts.operations.clone(),
        }),
        joint_test: connection.test.as_ref().map(joint_test),
        created_at: Some(timestamp(connection.created_at)),
        version: version(connection.version),
    }
}

fn joint_test(test: &JointTest) -> proto::JointTest {
    let step = |step: TestStep| proto::JointTestStep {
        step: step.as_str().to_owned(),
        green: test.green.contains(&step),
    };
    proto::JointTest {
        test_id: test.id.to_string(),
        meeting_at: Some(timestamp(test.meeting.at)),
        provider_person: test.meeting.of_provider.clone(),
        channel_person: test.meeting.of_channel.clone(),
        steps: TestStep::ALL.into_iter().map(step).collect(),
        provider_signed_at: test.provider_signed.as_ref().map(|signed| timestamp(signed.at)),
        channel_signed_at: test.channel_signed.as_ref().map(|signed| timestamp(signed.at)),
        passed_at: test.passed_at().map(timestamp),
    }
}

fn item(service: ServiceId, item: &Item) -> proto::ConnectedService {
    let state = match item.state {
        ItemState::Unpublished => ServiceState::Unpublished,
        ItemState::Notified => ServiceState::Notified,
        ItemState::Published => ServiceState::Published,
        ItemState::Withdrawn => ServiceState::Withdrawn,
    };
    proto::ConnectedService {
        service_id: service.to_string(),
        ticked: item.ticked,
        state: state.into(),
        code: item.code.clone().unwrap_or_default(),
        acknowledged_by_careway: item.system_knows,
        acknowledged_by_channel: item.channel_knows,
        shown_price: item.shown().map(|terms| money(terms.price)),
        shown_duration_minutes: item.shown().map(|terms| terms.minutes).unwrap_or_default(),
    }
}

pub(crate) fn lacking(missing: Missing) -> proto::Lacking {
    proto::Lacking {
        code: missing.code().to_owned(),
        service_id: missing.service().map(|service| service.to_string()).unwrap_or_default(),
        words: missing.words().to_owned(),
    }
}

pub(crate) fn step(step: &ListedStep) -> proto::ConnectionStep {
    proto::ConnectionStep {
        step: step.step.clone(),
        by: step.by.clone(),
        at: Some(timestamp(step.at)),
        state: state(step.state).into(),
        detail: step.detail.clone(),
    }
}

fn state(state: State) -> StateMessage {
    match state {
        State::Draft => StateMessage::Draft,
        State::IntentDeclared => StateMessage::IntentDeclared,
        State::Activated => StateMessage::Activated,
        State::Consented => StateMessage::Consented,
        State::SetUp => StateMessage::SetUp,
        State::Testing => StateMessage::Testing,
        State::Live => StateMessage::Live,
        State::Suspended => StateMessage::Suspended,
        State::Ended => StateMessage::Ended,
    }
}

/// A state that was given.
pub(crate) fn parse_state(given: StateMessage) -> Option<State> {
    State::ALL.into_iter().find(|known| state(*known) == given)
}

fn cause(cause: Cause) -> CauseMessage {
    match cause {
        Cause::ByProvider => CauseMessage::ByProvider,
        Cause::ByChannel => CauseMessage::ByChannel,
        Cause::ByPlatform => CauseMessage::ByPlatform,
        Cause::Health => CauseMessage::Health,
        Cause::Organization => CauseMessage::Organization,
        Cause::ConsentOutdated => CauseMessage::ConsentOutdated,
    }
}
