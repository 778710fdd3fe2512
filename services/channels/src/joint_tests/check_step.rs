//! Have Careway do its part of a step, before anything is locked: ask the channel's system whether it is well, tell it of a
//! duration, or see whether it refuses what Careway did not sign.

use careway_contract::channels::v1::{CheckTestStepRequest, CheckTestStepResponse};
use careway_kernel::{ConnectionId, JointTestId, ServiceId, id_at};
use careway_service::{Call, Error, Keyed, Result, path_id};
use serde_json::json;
use uuid::Uuid;

use super::trial::Trial;
use crate::{
    App,
    connections::{
        change::Change,
        domain::{Connection, joint_test::TestStep},
        store, view,
    },
    event_types::webhook_body,
    parties,
};

/// How much longer an examination takes in what is told for the test.
const LONGER: i32 = 5;
const DURATION_CHANGED: &str = "careway.channels.v1.ServiceDurationChanged";

pub(crate) async fn check_test_step(
    app: &App,
    call: &Call,
    request: CheckTestStepRequest,
) -> Keyed<CheckTestStepResponse> {
    let id: ConnectionId = path_id("connection", &request.connection_id)?;
    let test: JointTestId = path_id("test", &request.test_id)?;
    let step = TestStep::ALL.into_iter().find(|step| step.as_str() == request.step);
    let step = step.ok_or(Error::not_found("step"))?;
    if !step.is_asked() {
        let words = "must be DURATION_RECEIVED, HEALTH or SIGNATURE: the others are seen when they are done";
        return Err(Error::violation("step", words).into());
    }
    app.db.replayed(call).await?;
    let found = {
        let mut reader = app.db.read(call).await?;
        store::find_connection(&mut reader, parties::scope(&call.caller)?, id).await?
    };
    let tested = found.ok_or(Error::not_found("connection"))?;
    if tested.test.as_ref().is_none_or(|found| found.id != test) {
        return Err(Error::not_found("test").into());
    }
    let seen = if tested.running_test().is_some() { is_seen(app, call, &tested, step).await? } else { false };

    let (mut tx, mut change) = Change::begin(app, call, &request.connection_id).await?;
    if change.connection.running_test() != Some(test) {
        return Err(change.connection.not_testing().into());
    }
    if seen {
        change.connection.see(step);
    }
    let connection = change.keep_by(&mut tx, call, "check-step", step.as_str().to_owned()).await?;
    tx.commit(CheckTestStepResponse { connection: Some(view::connection(&connection)), green: seen }).await
}

async fn is_seen(app: &App, call: &Call, tested: &Connection, step: TestStep) -> Result<bool> {
    if step == TestStep::Health {
        let url = tested.set_up.as_ref().and_then(|set_up| app.outbound.parse(&set_up.health_url).ok());
        return Ok(match url {
            Some(url) => app.outbound.in_time_for(call).is_well(&url).await,
            None => false,
        });
    }
    let Some(trial) = Trial::of(app, tested.channel).await? else { return Ok(false) };
    let Some((service, _)) = tested.ticked().next() else { return Ok(false) };
    let event = id_at(app.clock.now());
    let body = told(app, tested, service, event, LONGER);
    let taken = trial.takes(app, call, event, &body).await?;
    if !taken || step == TestStep::DurationReceived {
        return Ok(taken);
    }
    let event = id_at(app.clock.now());
    let (signed, sent) =
        (told(app, tested, service, event, LONGER), told(app, tested, service, event, 2 * LONGER));
    trial.refuses(app, call, (event, &sent), &signed).await
}

/// That an examination takes longer, said to be a test.
fn told(app: &App, tested: &Connection, service: ServiceId, event: Uuid, longer: i32) -> Vec<u8> {
    let data = json!({
        "connectionId": tested.id.to_string(), "serviceId": service.to_string(), "noticeId": event.to_string(),
        "fromMinutes": LONGER, "toMinutes": LONGER + longer, "test": true,
    });
    let subject = (tested.id.uuid(), tested.version);
    webhook_body(DURATION_CHANGED, app.clock.now(), data, Some(tested.provider), subject)
}
