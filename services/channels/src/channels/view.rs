//! Channels as the contract shows them.

use careway_contract::channels::v1 as proto;
use careway_service::version;

use super::store::Channel;

pub(crate) fn channel(channel: &Channel) -> proto::Channel {
    let profile = channel.profile.as_ref();
    proto::Channel {
        channel_id: channel.id.to_string(),
        name: channel.name.clone(),
        onboarding_address: profile.map(|profile| profile.onboarding_address.clone()).unwrap_or_default(),
        language: profile.map(|profile| profile.language.as_str().to_owned()).unwrap_or_default(),
        version: Some(version(profile.map_or(0, |profile| profile.version))),
    }
}
