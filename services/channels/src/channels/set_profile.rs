//! Set the channel's own profile, whole.

use careway_contract::channels::v1::{SetChannelProfileRequest, SetChannelProfileResponse};
use careway_kernel::{Email, Language, OrganizationId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{
    store::{self, Profile},
    view,
};
use crate::App;

pub(crate) async fn set_channel_profile(
    app: &App,
    call: &Call,
    request: SetChannelProfileRequest,
) -> Keyed<SetChannelProfileResponse> {
    let own = call.caller.channel()?;
    let id: OrganizationId = path_id("channel", &request.channel_id)?;
    let mut v = Violations::default();
    let address = v.required("onboardingAddress", request.onboarding_address.as_str(), Email::parse);
    let language = v.optional("language", request.language.as_str(), Language::parse);
    let (address, language) = v.all((address, language))?;
    let version = call.expected_version()? + 1;
    if id != own {
        return Err(Error::not_found("channel").into());
    }

    let mut tx = app.db.begin(call).await?;
    let profile = Profile {
        onboarding_address: address.as_str().to_owned(),
        language: language.unwrap_or(Language::En),
        version,
    };
    let now = tx.now();
    if !store::upsert_profile(&mut tx, own, &profile, now).await? {
        return Err(Error::stale().into());
    }
    tx.audit(AuditEntry { action: "channel_profile.set", ..Default::default() });
    let channel = store::find_channel(&mut tx, own).await?.ok_or(Error::not_found("channel"))?;
    tx.commit(SetChannelProfileResponse { channel: Some(view::channel(&channel)) }).await
}
