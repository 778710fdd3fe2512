//! API clients: secrets shown once, two of them living, scopes that never grow.

use careway_contract::identity::v1::{
    CreateApiClientRequest, CreateApiClientResponse, DeleteApiClientRequest, GetApiClientRequest,
    GetMeRequest, IssueClientTokenRequest, IssueClientTokenResponse, ListApiClientsRequest,
    RotateApiClientSecretRequest, organization::Kind,
};
use tonic::{Code, Status};

use crate::test_identity::{TestIdentity, ask, reason};

async fn create(identity: &TestIdentity, by: &str) -> CreateApiClientResponse {
    let message = CreateApiClientRequest {
        name: "HIS".to_owned(),
        scopes: vec!["visits.read".to_owned(), "benefits.read".to_owned()],
    };
    identity.api_clients().create_api_client(ask(message).by(by)).await.unwrap().into_inner()
}

async fn token(
    identity: &TestIdentity,
    id: &str,
    secret: &str,
    scope: &str,
) -> Result<IssueClientTokenResponse, Status> {
    let message = IssueClientTokenRequest {
        client_id: id.to_owned(),
        client_secret: secret.to_owned(),
        scope: scope.to_owned(),
    };
    Ok(identity.sessions().issue_client_token(ask(message).by_nobody()).await?.into_inner())
}

#[tokio::test]
async fn a_client_gets_tokens_for_what_it_may() {
    let identity = TestIdentity::start().await;
    let (facility, administrator) = identity.organization(Kind::Facility, "Facility").await;
    let created = create(&identity, &administrator.access_token).await;
    let (id, secret) = (created.api_client.unwrap().client_id, created.client_secret);
    let all = token(&identity, &id, &secret, "").await.unwrap();
    assert_eq!((all.scope.as_str(), all.expires_in_seconds), ("benefits.read visits.read", 600));
    let caller = identity.foundation.verifier.verify(&all.access_token).await.unwrap();
    assert_eq!(caller.organization().unwrap().to_string(), facility.organization_id);
    assert!(caller.may("visits.read") && caller.account().is_err());
    let me =
        identity.accounts().get_me(ask(GetMeRequest {}).by(&all.access_token)).await.unwrap().into_inner();
    assert_eq!((me.client_id, me.account), (id.clone(), None));

    assert_eq!(token(&identity, &id, &secret, "visits.read").await.unwrap().scope, "visits.read");
    let more = token(&identity, &id, &secret, "visits.start").await.unwrap_err();
    assert_eq!((more.code(), reason(&more)), (Code::OutOfRange, "INVALID_SCOPE".to_owned()));
    for (id, secret) in [(id.as_str(), "wrong"), ("not an id", &secret), (&facility.organization_id, &secret)]
    {
        assert_eq!(reason(&token(&identity, id, secret, "").await.unwrap_err()), "INVALID_CLIENT");
    }
}

#[tokio::test]
async fn a_name_and_scopes_that_are_wrong_are_told_together() {
    let identity = TestIdentity::start().await;
    let (_, administrator) = identity.organization(Kind::Facility, "Facility").await;
    let wrong = CreateApiClientRequest {
        name: String::new(),
        scopes: vec!["visits.read".to_owned(), "visits.see".to_owned(), String::new()],
    };
    let asked = ask(wrong).by(&administrator.access_token);
    let refused = identity.api_clients().create_api_client(asked).await.unwrap_err();
    let details = tonic_types::StatusExt::get_error_details(&refused);
    let told = &details.bad_request().unwrap().field_violations;
    let fields: Vec<_> = told.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["name", "scopes[1]", "scopes[2]"]);
}

#[tokio::test]
async fn a_secret_is_shown_once_and_not_kept_with_the_answer() {
    let identity = TestIdentity::start().await;
    let (_, administrator) = identity.organization(Kind::Facility, "Facility").await;
    let request = || {
        let message =
            CreateApiClientRequest { name: "HIS".to_owned(), scopes: vec!["visits.read".to_owned()] };
        ask(message).key("one-key-for-both-requests").by(&administrator.access_token)
    };
    let first = identity.api_clients().create_api_client(request()).await.unwrap().into_inner();
    let again = identity.api_clients().create_api_client(request()).await.unwrap().into_inner();
    assert_eq!(first.api_client, again.api_client);
    assert!(first.client_secret.len() == 43 && again.client_secret.is_empty());
}

#[tokio::test]
async fn two_secrets_live_until_the_old_one_dies() {
    let identity = TestIdentity::start().await;
    let (_, administrator) = identity.organization(Kind::Facility, "Facility").await;
    let by = &administrator.access_token;
    let created = create(&identity, by).await;
    let (id, first) = (created.api_client.unwrap().client_id, created.client_secret);
    let message = RotateApiClientSecretRequest { client_id: id.clone(), keep_previous_hours: Some(1) };
    let rotated =
        identity.api_clients().rotate_api_client_secret(ask(message).by(by)).await.unwrap().into_inner();
    token(&identity, &id, &first, "").await.unwrap();
    token(&identity, &id, &rotated.client_secret, "").await.unwrap();
    identity.clock.advance(std::time::Duration::from_secs(3600));
    assert_eq!(reason(&token(&identity, &id, &first, "").await.unwrap_err()), "INVALID_CLIENT");
    token(&identity, &id, &rotated.client_secret, "").await.unwrap();
}

#[tokio::test]
async fn a_deleted_client_is_out_within_seconds() {
    let identity = TestIdentity::start().await;
    let (_, administrator) = identity.organization(Kind::Facility, "Facility").await;
    let by = &administrator.access_token;
    let created = create(&identity, by).await;
    let (id, secret) = (created.api_client.unwrap().client_id, created.client_secret);
    let issued = token(&identity, &id, &secret, "").await.unwrap();
    let message = DeleteApiClientRequest { client_id: id.clone() };
    identity.api_clients().delete_api_client(ask(message).by(by)).await.unwrap();
    identity.hear_revocations().await;
    let me = identity.accounts().get_me(ask(GetMeRequest {}).by(&issued.access_token)).await;
    assert_eq!(me.unwrap_err().code(), Code::Unauthenticated);
    assert_eq!(reason(&token(&identity, &id, &secret, "").await.unwrap_err()), "INVALID_CLIENT");
    let listed =
        identity.api_clients().list_api_clients(ask(ListApiClientsRequest::default()).by(by)).await.unwrap();
    assert!(listed.into_inner().api_clients.is_empty());
}

#[tokio::test]
async fn clients_belong_to_their_organization() {
    let identity = TestIdentity::start().await;
    let (_, one) = identity.organization(Kind::Facility, "One").await;
    let (_, other) = identity.organization(Kind::Payer, "Other").await;
    let client_id = create(&identity, &one.access_token).await.api_client.unwrap().client_id;
    let mut clients = identity.api_clients();
    let get = GetApiClientRequest { client_id: client_id.clone() };
    assert_eq!(
        clients.get_api_client(ask(get).by(&other.access_token)).await.unwrap_err().code(),
        Code::NotFound
    );
    let delete = DeleteApiClientRequest { client_id };
    assert_eq!(
        clients.delete_api_client(ask(delete).by(&other.access_token)).await.unwrap_err().code(),
        Code::NotFound
    );
    let message = CreateApiClientRequest { name: "HIS".to_owned(), scopes: vec!["visits.start".to_owned()] };
    let refusal = clients.create_api_client(ask(message).by(&other.access_token)).await.unwrap_err();
    assert_eq!(reason(&refusal), "INVALID_SCOPE");
}
