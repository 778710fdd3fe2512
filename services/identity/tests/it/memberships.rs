//! Who people are for the other services: the sender of a mail, the people of an organization, a partner let in.

use careway_contract::identity::v1::{
    DisableAccountRequest, ListMembershipsRequest, ListMembershipsResponse, Membership, OrganizationCode,
    RegisterPartnerRequest, ResolveMailSenderRequest, UpdateOrganizationRequest, account::Status,
    organization, organization::Kind, organization_code::Kind as CodeKind,
};
use prost_types::FieldMask;
use tonic::{Code, Status as Refusal};
use uuid::Uuid;

use crate::test_identity::{OPERATOR, TestIdentity, ask, reason};

async fn sender(identity: &TestIdentity, address: &str) -> Vec<Membership> {
    let message = ResolveMailSenderRequest { address: address.to_owned() };
    let asked = identity.foundation.identity.request(message);
    identity.accounts().resolve_mail_sender(asked).await.unwrap().into_inner().memberships
}

async fn people(identity: &TestIdentity, request: ListMembershipsRequest) -> Vec<Membership> {
    let asked = identity.foundation.identity.request(request);
    let ListMembershipsResponse { memberships } =
        identity.accounts().list_memberships(asked).await.unwrap().into_inner();
    memberships
}

fn may(membership: &Membership, permission: &str) -> bool {
    membership.permissions.iter().any(|held| held == permission)
}

fn registration(form: Uuid, code: &str) -> RegisterPartnerRequest {
    RegisterPartnerRequest {
        interest_form_id: form.to_string(),
        kind: Kind::Partner.into(),
        name: "Shondhan".to_owned(),
        country: "BD".to_owned(),
        time_zone: "Asia/Dhaka".to_owned(),
        locale: "bn".to_owned(),
        codes: vec![OrganizationCode { kind: CodeKind::Merchant.into(), value: code.to_owned() }],
        email: "tanvir@shondhan.example".to_owned(),
        contact_name: "Tanvir Rahman".to_owned(),
    }
}

async fn register(identity: &TestIdentity, request: RegisterPartnerRequest) -> Result<String, Refusal> {
    let asked = identity.foundation.identity.request(request);
    Ok(identity.accounts().register_partner(asked).await?.into_inner().organization_id)
}

#[tokio::test]
async fn the_sender_of_a_mail_is_what_they_are_now() {
    let identity = TestIdentity::start().await;
    let (partner, admin) = identity.organization(Kind::Partner, "Shondhan").await;
    let (channel, elsewhere) = identity.organization(Kind::Channel, "Global").await;
    identity.staff(&admin.access_token, "mina@shondhan.example", "EDITOR").await;
    identity.invite(&elsewhere.access_token, "mina@shondhan.example", "READER", "").await;
    identity.accept("mina@shondhan.example").await;

    let found = sender(&identity, " Mina@Shondhan.EXAMPLE").await;
    let by_place = |id: &str| found.iter().find(|membership| membership.organization_id == id).unwrap();
    let (first, second) = (by_place(&partner.organization_id), by_place(&channel.organization_id));
    assert_eq!(found.len(), 2);
    assert_eq!((first.name.as_str(), first.organization_kind()), ("Aline Uwase", Kind::Partner));
    assert!(may(first, "cases.write") && !may(first, "cases.handle"));
    assert!(may(second, "cases.read") && !may(second, "cases.write"));
    for nobody in ["nobody@shondhan.example", "no address", "", "mina@shondhan.example, x@y.example"] {
        assert!(sender(&identity, nobody).await.is_empty(), "{nobody}");
    }

    let disable = DisableAccountRequest { account_id: first.account_id.clone() };
    identity.accounts().disable_account(ask(disable).by(&admin.access_token)).await.unwrap();
    let operator = identity.sign_in(OPERATOR).await.access_token;
    let suspend = UpdateOrganizationRequest {
        organization_id: channel.organization_id.clone(),
        status: organization::Status::Suspended.into(),
        update_mask: Some(FieldMask { paths: vec!["status".to_owned()] }),
        ..UpdateOrganizationRequest::default()
    };
    let suspend = ask(suspend).version(1).by(&operator);
    identity.organizations().update_organization(suspend).await.unwrap();
    for membership in sender(&identity, "mina@shondhan.example").await {
        assert_eq!((membership.status(), membership.permissions.len()), (Status::Disabled, 0));
    }
}

#[tokio::test]
async fn people_are_found_by_account_and_by_what_they_may() {
    let identity = TestIdentity::start().await;
    let (partner, admin) = identity.organization(Kind::Partner, "Shondhan").await;
    let operator = identity.sign_in(OPERATOR).await;
    let agent = identity.staff(&operator.access_token, "agent@careway.example", "SUPPORT_AGENT").await;
    let lead = identity.staff(&operator.access_token, "lead@careway.example", "SUPPORT_LEAD").await;
    let ids = |found: Vec<Membership>| found.into_iter().map(|it| it.account_id).collect::<Vec<_>>();
    let account =
        |session: careway_contract::identity::v1::CreateSessionResponse| session.account.unwrap().account_id;
    let (admin, operator, agent, lead) = (account(admin), account(operator), account(agent), account(lead));

    let of_support = |permission: &str| ListMembershipsRequest {
        permission: permission.to_owned(),
        ..ListMembershipsRequest::default()
    };
    let handle = ids(people(&identity, of_support("cases.handle")).await);
    assert!([&operator, &agent, &lead].iter().all(|id| handle.contains(id)) && handle.len() == 3);
    let manage = ids(people(&identity, of_support("cases.manage")).await);
    assert!(manage.contains(&operator) && manage.contains(&lead) && manage.len() == 2);
    assert!(people(&identity, of_support("visits.start")).await.is_empty());

    let of_partner = |accounts: &[&String]| ListMembershipsRequest {
        organization_id: partner.organization_id.clone(),
        account_ids: accounts.iter().map(|&id| id.clone()).collect(),
        ..ListMembershipsRequest::default()
    };
    let known = people(&identity, of_partner(&[&admin, &agent])).await;
    assert_eq!(known[0].email, "admin@shondhan.example");
    assert_eq!(ids(known), [admin], "an agent of support is nobody of the partner");
}

#[tokio::test]
async fn an_interest_form_lets_one_partner_in() {
    let identity = TestIdentity::start().await;
    let form = Uuid::from_u128(1);
    let at_once = (0..8).map(|_| register(&identity, registration(form, "m-100")));
    let answers = futures::future::join_all(at_once).await;
    let organization = answers[0].clone().unwrap();
    assert!(answers.into_iter().all(|answer| answer.unwrap() == organization));
    assert_eq!(register(&identity, registration(form, "m-100")).await.unwrap(), organization);
    assert_eq!(identity.count("select count(*) from organization where kind = 'PARTNER'").await, 1);
    assert_eq!(identity.count("select count(*) from invitation where roles = '{ADMINISTRATOR}'").await, 1);

    let taken = register(&identity, registration(Uuid::from_u128(2), "M-100")).await.unwrap_err();
    assert_eq!((taken.code(), reason(&taken)), (Code::AlreadyExists, "CODE_TAKEN".to_owned()));
    let payer = RegisterPartnerRequest { kind: Kind::Payer.into(), ..registration(Uuid::from_u128(3), "x") };
    assert_eq!(register(&identity, payer).await.unwrap_err().code(), Code::InvalidArgument);
}

#[tokio::test]
async fn the_first_administrator_follows_the_link() {
    let identity = TestIdentity::start().await;
    let organization = register(&identity, registration(Uuid::from_u128(1), "m-100")).await.unwrap();
    identity.accept("tanvir@shondhan.example").await;
    let found = sender(&identity, "tanvir@shondhan.example").await;
    assert_eq!(
        (found[0].organization_id.as_str(), found[0].language.as_str()),
        (organization.as_str(), "bn")
    );
    assert_eq!(found[0].codes[0].value, "M-100");
    assert!(may(&found[0], "cases.write") && may(&found[0], "accounts.manage"));
}
