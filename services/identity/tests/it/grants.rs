//! Who grants is judged by what holds now: not by the token of before, and not by a program made meanwhile.

use careway_contract::identity::v1::{
    CreateAccountRequest, CreateApiClientRequest, CreateApiClientResponse, CreateInvitationRequest,
    DisableAccountRequest, EnableAccountRequest, GetAccountRequest, GetApiClientRequest, GetMeRequest,
    GetOrganizationRequest, IssueClientTokenRequest, RefreshSessionRequest, RotateApiClientSecretRequest,
    UpdateAccountRequest, organization::Kind,
};
use prost_types::FieldMask;
use tonic::{Code, Status};

use crate::test_identity::{TestIdentity, ask, reason};

fn roles(account_id: &str, roles: &[&str]) -> UpdateAccountRequest {
    UpdateAccountRequest {
        account_id: account_id.to_owned(),
        roles: roles.iter().map(|&role| role.to_owned()).collect(),
        update_mask: Some(FieldMask { paths: vec!["roles".to_owned()] }),
        ..UpdateAccountRequest::default()
    }
}

fn client(scopes: &[&str]) -> CreateApiClientRequest {
    CreateApiClientRequest {
        name: "HIS".to_owned(),
        scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
    }
}

async fn client_token(identity: &TestIdentity, id: &str, secret: &str) -> Result<String, Status> {
    let message = IssueClientTokenRequest {
        client_id: id.to_owned(),
        client_secret: secret.to_owned(),
        scope: String::new(),
    };
    let issued = identity.sessions().issue_client_token(ask(message).by_nobody()).await?;
    Ok(issued.into_inner().access_token)
}

#[tokio::test]
async fn the_token_of_before_grants_nothing() {
    let identity = TestIdentity::start().await;
    let (_, first) = identity.organization(Kind::Facility, "Facility").await;
    let second = identity.staff(&first.access_token, "second@facility.example", "ADMINISTRATOR").await;
    let clinician = identity.staff(&first.access_token, "doctor@facility.example", "CLINICIAN").await;
    let (own, other) = (second.account.unwrap().account_id, clinician.account.unwrap().account_id);
    let made = ask(client(&["visits.read"])).by(&second.access_token);
    let made = identity.api_clients().create_api_client(made).await;
    let client_id = made.unwrap().into_inner().api_client.unwrap().client_id;

    // Nobody has heard yet: the token still says that its holder may.
    let demote = "with demoted as (update membership set roles = '{SUPERVISOR}' where account_id = \
                  (select account_id from account where email = 'second@facility.example') returning 1) \
                  select count(*) from demoted";
    assert_eq!(identity.count(demote).await, 1);
    let by = second.access_token.as_str();
    let (mut accounts, mut clients) = (identity.accounts(), identity.api_clients());
    let account = CreateAccountRequest {
        email: "new@facility.example".to_owned(),
        name: "New".to_owned(),
        roles: vec!["CLINICIAN".to_owned()],
    };
    let invitation = CreateInvitationRequest {
        email: account.email.clone(),
        name: account.name.clone(),
        roles: account.roles.clone(),
        organization_id: String::new(),
    };
    let rename = UpdateAccountRequest {
        account_id: other.clone(),
        name: "Renamed".to_owned(),
        update_mask: Some(FieldMask { paths: vec!["name".to_owned()] }),
        ..UpdateAccountRequest::default()
    };
    let disable = DisableAccountRequest { account_id: other.clone() };
    let enable = EnableAccountRequest { account_id: other.clone() };
    let rotate = RotateApiClientSecretRequest { client_id, keep_previous_hours: None };
    let refused = [
        accounts.update_account(ask(roles(&own, &["ADMINISTRATOR"])).version(1).by(by)).await.err(),
        accounts.update_account(ask(rename).version(1).by(by)).await.err(),
        accounts.create_account(ask(account).by(by)).await.err(),
        accounts.create_invitation(ask(invitation).by(by)).await.err(),
        accounts.disable_account(ask(disable).by(by)).await.err(),
        accounts.enable_account(ask(enable).by(by)).await.err(),
        clients.create_api_client(ask(client(&["visits.read"])).by(by)).await.err(),
        clients.rotate_api_client_secret(ask(rotate).by(by)).await.err(),
    ];
    for (index, refusal) in refused.into_iter().enumerate() {
        let refusal = refusal.unwrap_or_else(|| panic!("command {index} was taken"));
        let told = (refusal.code(), reason(&refusal));
        assert_eq!(told, (Code::PermissionDenied, "ROLE_NOT_ALLOWED".to_owned()), "command {index}");
    }
    assert!(identity.sent_to("new@facility.example").is_empty(), "who may not invite sends no mail");
}

#[tokio::test]
async fn losing_a_role_ends_the_sessions_and_gaining_one_does_not() {
    let identity = TestIdentity::start().await;
    let (_, first) = identity.organization(Kind::Facility, "Facility").await;
    let second = identity.staff(&first.access_token, "second@facility.example", "CLINICIAN").await;
    let id = second.account.unwrap().account_id;
    let change = async |version: i32, names: &[&str]| {
        let request = ask(roles(&id, names)).version(version).by(&first.access_token);
        identity.accounts().update_account(request).await.unwrap();
        identity.hear_revocations().await;
    };
    let me = async |token: &str| identity.accounts().get_me(ask(GetMeRequest {}).by(token)).await;
    change(1, &["CLINICIAN", "SUPERVISOR"]).await;
    me(&second.access_token).await.unwrap();
    change(2, &["SUPERVISOR"]).await;
    assert_eq!(me(&second.access_token).await.unwrap_err().code(), Code::Unauthenticated);
    let refresh = RefreshSessionRequest { refresh_token: second.refresh_token };
    let refused = identity.sessions().refresh_session(ask(refresh).by_nobody()).await.unwrap_err();
    assert_eq!(reason(&refused), "SESSION_ENDED");
    assert_eq!(identity.sign_in("second@facility.example").await.roles, ["SUPERVISOR"]);
    let ended = "select count(*) from session where end_reason = 'ROLES_CHANGED'";
    assert_eq!(identity.count(ended).await, 1);
}

#[tokio::test]
async fn a_disabled_makers_client_is_out_until_somebody_answers_for_it() {
    let identity = TestIdentity::start().await;
    let (_, first) = identity.organization(Kind::Facility, "Facility").await;
    let second = identity.staff(&first.access_token, "second@facility.example", "ADMINISTRATOR").await;
    let maker = second.account.unwrap().account_id;
    let mut clients = identity.api_clients();
    let made = clients.create_api_client(ask(client(&["visits.read"])).by(&second.access_token)).await;
    let CreateApiClientResponse { api_client, client_secret } = made.unwrap().into_inner();
    let made = api_client.unwrap();
    assert_eq!(made.created_by, maker);
    let kept = clients.create_api_client(ask(client(&["visits.read"])).by(&first.access_token)).await;
    let kept = kept.unwrap().into_inner();
    let token = client_token(&identity, &made.client_id, &client_secret).await.unwrap();

    let disable = DisableAccountRequest { account_id: maker.clone() };
    identity.accounts().disable_account(ask(disable).by(&first.access_token)).await.unwrap();
    identity.hear_revocations().await;
    let me = identity.accounts().get_me(ask(GetMeRequest {}).by(&token)).await;
    assert_eq!(me.unwrap_err().code(), Code::Unauthenticated);
    let refused = client_token(&identity, &made.client_id, &client_secret).await.unwrap_err();
    assert_eq!(reason(&refused), "INVALID_CLIENT");
    client_token(&identity, &kept.api_client.unwrap().client_id, &kept.client_secret).await.unwrap();

    // The maker's return does not bring it back: somebody takes it over by a new secret, which the maker does not know.
    let enable = EnableAccountRequest { account_id: maker };
    identity.accounts().enable_account(ask(enable).by(&first.access_token)).await.unwrap();
    assert!(client_token(&identity, &made.client_id, &client_secret).await.is_err());
    let get = GetApiClientRequest { client_id: made.client_id.clone() };
    let shown = clients.get_api_client(ask(get).by(&first.access_token)).await.unwrap().into_inner();
    assert!(shown.api_client.unwrap().disabled_at.is_some());
    let rotate =
        RotateApiClientSecretRequest { client_id: made.client_id.clone(), keep_previous_hours: None };
    let rotated = clients.rotate_api_client_secret(ask(rotate).by(&first.access_token)).await.unwrap();
    let rotated = rotated.into_inner();
    client_token(&identity, &made.client_id, &rotated.client_secret).await.unwrap();
    assert!(client_token(&identity, &made.client_id, &client_secret).await.is_err());
    let rotated = rotated.api_client.unwrap();
    assert_eq!((rotated.created_by, rotated.disabled_at), (first.account.unwrap().account_id, None));
}

#[tokio::test]
async fn no_client_gets_what_is_for_persons() {
    let identity = TestIdentity::start().await;
    let (_, first) = identity.organization(Kind::Facility, "Facility").await;
    let by = &first.access_token;
    for scope in ["accounts.manage", "api-clients.manage"] {
        let refusal =
            identity.api_clients().create_api_client(ask(client(&["visits.read", scope])).by(by)).await;
        assert_eq!(reason(&refusal.unwrap_err()), "INVALID_SCOPE", "{scope}");
    }
    let made = identity.api_clients().create_api_client(ask(client(&["visits.read"])).by(by)).await.unwrap();
    let made = made.into_inner();
    // A client that is older than the rule.
    let widen = "with widened as (update api_client set scopes = '{accounts.manage,visits.read}' returning 1) \
                 select count(*) from widened";
    assert_eq!(identity.count(widen).await, 1);
    let id = made.api_client.unwrap().client_id;
    let token = client_token(&identity, &id, &made.client_secret).await.unwrap();
    let caller = identity.foundation.verifier.verify(&token).await.unwrap();
    assert!(caller.may("visits.read") && !caller.may("accounts.manage"));
}

#[tokio::test]
async fn what_cannot_be_an_id_names_nothing() {
    let identity = TestIdentity::start().await;
    let (_, first) = identity.organization(Kind::Facility, "Facility").await;
    let (by, bad) = (&first.access_token, "no-id".to_owned());
    let (mut accounts, mut clients) = (identity.accounts(), identity.api_clients());
    let account = accounts.get_account(ask(GetAccountRequest { account_id: bad.clone() }).by(by)).await;
    let change = accounts.update_account(ask(roles("no-id", &["CLINICIAN"])).version(1).by(by)).await;
    let client = clients.get_api_client(ask(GetApiClientRequest { client_id: bad.clone() }).by(by)).await;
    let rotate = RotateApiClientSecretRequest { client_id: bad.clone(), keep_previous_hours: None };
    let rotate = clients.rotate_api_client_secret(ask(rotate).by(by)).await;
    let organization = GetOrganizationRequest { organization_id: bad };
    let organization = identity.organizations().get_organization(ask(organization).by(by)).await;
    let refused = [account.err(), change.err(), client.err(), rotate.err(), organization.err()];
    for refusal in refused {
        assert_eq!(refusal.expect("refused").code(), Code::NotFound);
    }
}
