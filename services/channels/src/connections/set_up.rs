//! Set up the channel's side: its system is asked whether it is well before anything is locked.

use std::collections::BTreeMap;

use careway_contract::channels::v1::{SetUpConnectionRequest, SetUpConnectionResponse};
use careway_kernel::{ServiceId, Violations, text::Text};
use careway_service::{Call, Keyed};

use super::{
    change::Change,
    domain::{Contacts, SetUp},
    view,
};
use crate::App;

/// Services of a provider.
const MOST_CODES: usize = 2000;

pub(crate) async fn set_up_connection(
    app: &App,
    call: &Call,
    request: SetUpConnectionRequest,
) -> Keyed<SetUpConnectionResponse> {
    call.caller.channel()?;
    let mut v = Violations::default();
    let health_url = v.required("healthUrl", request.health_url.as_str(), |url| app.outbound.parse(url));
    v.check("codes", request.codes.len() <= MOST_CODES, "must be at most 2000");
    let codes = request.codes.iter().map(|(service, code)| {
        let service = v.field("codes", ServiceId::parse(service))?;
        let code =
            v.within("codes", |v| v.required(&service.to_string(), code.as_str(), Text::<50>::parse))?;
        Some((service, code.as_str().to_owned()))
    });
    let codes: Option<BTreeMap<_, _>> = codes.collect();
    let given = v.present("contacts", request.contacts).unwrap_or_default();
    let mut contact = |field: &str, text: &str| {
        let parsed = v.field(&format!("contacts.{field}"), Text::<200>::parse(text));
        parsed.map(|text| text.as_str().to_owned())
    };
    let technical = contact("technical", &given.technical);
    let emergency = contact("emergency", &given.emergency);
    let operations = contact("operations", &given.operations);
    let (health_url, codes, technical, emergency, operations) =
        v.all((health_url, codes, technical, emergency, operations))?;

    let endpoint_answered = app.outbound.in_time_for(call).is_well(&health_url).await;
    let contacts = Contacts { technical, emergency, operations };
    let set_up = SetUp { health_url: health_url.to_string(), endpoint_answered, contacts };
    let (mut tx, mut change) = Change::begin(app, call, &request.connection_id).await?;
    change.connection.set_up(set_up, &codes, &change.grounds)?;
    let connection = change.keep_by(&mut tx, call, "set-up", String::new()).await?;
    tx.commit(SetUpConnectionResponse { connection: Some(view::connection(&connection)) }).await
}
