//! Channels, contracts and declarations of consent over gRPC.

use careway_contract::channels::v1::*;
use careway_service::{Kind, OrganizationKind};
use careway_testing::{Person, refusal};

use crate::test_channels::TestChannels;

#[tokio::test]
async fn the_other_side_confirms_a_contract_and_no_two_overlap() {
    let service = TestChannels::run().await;
    let request = CreateChannelContractRequest {
        partner_id: service.provider.organization.to_string(),
        number: "GA-1".to_owned(),
        from: service.day(0),
        to: String::new(),
        currency: "RON".to_owned(),
    };
    let made =
        service.contracts().create_channel_contract(service.by(&service.channel, request.clone())).await;
    let contract = made.unwrap().into_inner().channel_contract.unwrap();
    assert_eq!(contract.state(), channel_contract::State::Proposed);
    let again =
        service.contracts().create_channel_contract(service.by(&service.channel, request.clone())).await;
    assert_eq!(refusal(again).reason(), "CHANNEL_CONTRACT_OVERLAPS");
    let wrong =
        CreateChannelContractRequest { partner_id: service.channel.organization.to_string(), ..request };
    let wrong = service.contracts().create_channel_contract(service.by(&service.channel, wrong)).await;
    assert_eq!(refusal(wrong).kind(), Kind::Invalid);

    let confirm = ConfirmChannelContractRequest { contract_id: contract.contract_id.clone() };
    let own =
        service.contracts().confirm_channel_contract(service.by(&service.channel, confirm.clone())).await;
    assert_eq!(refusal(own).reason(), "OWN_CONTRACT");
    let both =
        service.contracts().confirm_channel_contract(service.by(&service.provider, confirm.clone())).await;
    let both = both.unwrap().into_inner().channel_contract.unwrap();
    assert_eq!((both.state(), both.version), (channel_contract::State::Confirmed, 2));
    let twice =
        service.contracts().confirm_channel_contract(service.by(&service.provider, confirm.clone())).await;
    assert_eq!(refusal(twice).reason(), "CONTRACT_CONFIRMED");

    let get = GetChannelContractRequest { contract_id: contract.contract_id };
    service.contracts().get_channel_contract(service.by(&service.support, get.clone())).await.unwrap();
    let stranger = Person::of(OrganizationKind::Facility, &service.clock);
    let hidden = service.contracts().get_channel_contract(service.by(&stranger, get)).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
    let hidden = service.contracts().confirm_channel_contract(service.by(&stranger, confirm)).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
    let list = ListChannelContractsRequest::default();
    let list = service.contracts().list_channel_contracts(service.by(&service.channel, list)).await.unwrap();
    assert_eq!(list.into_inner().channel_contracts.len(), 1);
}

#[tokio::test]
async fn a_channel_says_where_it_is_written_to() {
    let service = TestChannels::run().await;
    service.profile().await;
    let stale = SetChannelProfileRequest {
        channel_id: service.channel.organization.to_string(),
        onboarding_address: "other@assistance.example".to_owned(),
        language: "en".to_owned(),
    };
    let refused =
        service.channels().set_channel_profile(service.by_at(&service.channel, 0, stale.clone())).await;
    assert_eq!(refusal(refused).kind(), Kind::Stale);
    service.channels().set_channel_profile(service.by_at(&service.channel, 1, stale.clone())).await.unwrap();
    let stranger = Person::of(OrganizationKind::Channel, &service.clock);
    let refused = service.channels().set_channel_profile(service.by_at(&stranger, 2, stale)).await;
    assert_eq!(refusal(refused).kind(), Kind::NotFound);
    let list =
        service.channels().list_channels(service.by(&service.provider, ListChannelsRequest::default())).await;
    let listed = list.unwrap().into_inner().channels;
    assert_eq!(listed[0].onboarding_address, "other@assistance.example");
    let get = GetChannelRequest { channel_id: listed[0].channel_id.clone() };
    let found =
        service.channels().get_channel(service.by(&service.provider, get)).await.unwrap().into_inner();
    assert_eq!(found.channel.unwrap().version, Some(2));
}

#[tokio::test]
async fn declarations_follow_each_other() {
    let service = TestChannels::run().await;
    let first = service.consent(&service.day(0), "A").await;
    assert_eq!((first.consent_version, first.texts[0].text_hash.len()), (1, 64));
    let texts = vec![ConsentText { language: "en".to_owned(), text: "B".to_owned(), ..Default::default() }];
    let same_day = PublishConsentRequest { from: service.day(0), texts: texts.clone() };
    let refused = service.consents().publish_consent(service.by(&service.support, same_day)).await;
    assert_eq!(refusal(refused).reason(), "CONSENT_DATE_TAKEN");
    let past = PublishConsentRequest { from: service.day(-3), texts };
    let refused = service.consents().publish_consent(service.by(&service.support, past)).await;
    assert_eq!(refusal(refused).kind(), Kind::Invalid);
    service.consent(&service.day(1), "B").await;
    let page = ListConsentsRequest { page_size: 1, ..Default::default() };
    let page =
        service.consents().list_consents(service.by(&service.provider, page)).await.unwrap().into_inner();
    assert_eq!(page.consents[0].consent_version, 2);
    let next = ListConsentsRequest { page_size: 1, page_token: page.next_page_token };
    let next =
        service.consents().list_consents(service.by(&service.provider, next)).await.unwrap().into_inner();
    assert_eq!(next.consents[0].consent_version, 1);
}
