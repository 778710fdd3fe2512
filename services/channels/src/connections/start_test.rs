//! Begin a joint test: who meets when. The step of the health address is seen at once.

use careway_contract::channels::v1::{StartJointTestRequest, StartJointTestResponse};
use careway_kernel::{JointTestId, Violations, text::Text};
use careway_service::{Call, Keyed, Result, instant, path_id};

use super::{
    change::Change,
    domain::joint_test::{Meeting, TestStep},
    store, view,
};
use crate::App;

pub(crate) async fn start_joint_test(
    app: &App,
    call: &Call,
    request: StartJointTestRequest,
) -> Keyed<StartJointTestResponse> {
    let mut v = Violations::default();
    let meeting_at = match request.meeting_at {
        None => Some(app.clock.now()),
        Some(given) => v.present("meetingAt", instant(given)),
    };
    let of_provider = v.required("providerPerson", request.provider_person.as_str(), Text::<200>::parse);
    let of_channel = v.required("channelPerson", request.channel_person.as_str(), Text::<200>::parse);
    let (at, of_provider, of_channel) = v.all((meeting_at, of_provider, of_channel))?;
    let meeting = Meeting {
        at,
        of_provider: of_provider.as_str().to_owned(),
        of_channel: of_channel.as_str().to_owned(),
    };
    let well = is_well(app, call, &request.connection_id).await?;

    let (mut tx, mut change) = Change::begin(app, call, &request.connection_id).await?;
    change.connection.start_test(JointTestId::new(&app.clock), meeting, &change.grounds)?;
    if well {
        change.connection.see(TestStep::Health);
    }
    let connection = change.keep_by(&mut tx, call, "test", String::new()).await?;
    tx.commit(StartJointTestResponse { connection: Some(view::connection(&connection)) }).await
}

/// Whether the channel's system answers, at the address that was set up.
async fn is_well(app: &App, call: &Call, id: &str) -> Result<bool> {
    let found = {
        let mut reader = app.db.read(call).await?;
        store::find_health_url(&mut reader, path_id("connection", id)?).await?
    };
    match found.as_deref().map(|url| app.outbound.parse(url)) {
        Some(Ok(url)) => Ok(app.outbound.in_time_for(call).is_well(&url).await),
        _ => Ok(false),
    }
}
