//! Sessions: signing in, the next tokens, switching, signing out.

use careway_contract::identity::v1::{
    CreateSessionRequest, EndSessionRequest, GetMeRequest, RefreshSessionRequest, RefreshSessionResponse,
    SwitchSessionRequest, organization::Kind,
};
use tonic::{Code, Status};

use crate::test_identity::{OPERATOR, PASSWORD, TestIdentity, ask, reason};

async fn refresh(identity: &TestIdentity, token: &str) -> Result<RefreshSessionResponse, Status> {
    let message = RefreshSessionRequest { refresh_token: token.to_owned() };
    Ok(identity.sessions().refresh_session(ask(message).by_nobody()).await?.into_inner())
}

async fn me(identity: &TestIdentity, token: &str) -> Result<String, Status> {
    let me = identity.accounts().get_me(ask(GetMeRequest {}).by(token)).await?.into_inner();
    Ok(me.organization.unwrap().name)
}

#[tokio::test]
async fn every_wrong_way_in_is_one_refusal() {
    let identity = TestIdentity::start().await;
    let (_, administrator) = identity.organization(Kind::Facility, "Facility").await;
    let clerk = identity.staff(&administrator.access_token, "clerk@facility.example", "CLAIMS_CLERK").await;
    let disable = careway_contract::identity::v1::DisableAccountRequest {
        account_id: clerk.account.unwrap().account_id,
    };
    identity.accounts().disable_account(ask(disable).by(&administrator.access_token)).await.unwrap();

    let mut refusals = Vec::new();
    for (email, password) in [
        ("nobody@facility.example", PASSWORD),
        ("admin@facility.example", "not the password"),
        ("clerk@facility.example", PASSWORD),
    ] {
        let refusal = identity.try_sign_in(email, password).await.unwrap_err();
        refusals.push((
            refusal.code(),
            reason(&refusal),
            refusal.message().to_owned(),
            refusal.details().to_vec(),
        ));
    }
    assert_eq!((refusals[0].0, refusals[0].1.as_str()), (Code::Unauthenticated, "CREDENTIALS_REJECTED"));
    assert!(refusals.iter().all(|refusal| *refusal == refusals[0]));
}

#[tokio::test]
async fn a_token_says_who_and_what_for() {
    let identity = TestIdentity::start().await;
    let (facility, administrator) = identity.organization(Kind::Facility, "Facility").await;
    let service = identity.staff(&administrator.access_token, "desk@facility.example", "FRONT_DESK").await;
    assert_eq!(
        (service.expires_in_seconds, service.roles.as_slice()),
        (600, ["FRONT_DESK".to_owned()].as_slice())
    );
    let caller = identity.foundation.verifier.verify(&service.access_token).await.unwrap();
    assert_eq!(caller.organization().unwrap().to_string(), facility.organization_id);
    assert_eq!(caller.account().unwrap().to_string(), service.account.unwrap().account_id);
    assert!(caller.may("visits.start") && !caller.may("accounts.manage"));
    assert!(service.permissions.iter().all(|permission| caller.may(permission)));
    assert_eq!(me(&identity, &service.access_token).await.unwrap(), "Facility");
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_a_copy_ends_the_session() {
    let identity = TestIdentity::start().await;
    let first = identity.sign_in(OPERATOR).await;
    let second = refresh(&identity, &first.refresh_token).await.unwrap();
    assert_ne!(second.refresh_token, first.refresh_token);
    assert_eq!(me(&identity, &second.access_token).await.unwrap(), "Careway");

    let copy = refresh(&identity, &first.refresh_token).await.unwrap_err();
    assert_eq!((copy.code(), reason(&copy)), (Code::Unauthenticated, "SESSION_ENDED".to_owned()));
    assert_eq!(reason(&refresh(&identity, &second.refresh_token).await.unwrap_err()), "SESSION_ENDED");
    identity.hear_revocations().await;
    assert_eq!(me(&identity, &second.access_token).await.unwrap_err().code(), Code::Unauthenticated);
    let told = "select count(*) from outbox where type = 'careway.identity.v1.SessionEnded'";
    assert_eq!(identity.count(told).await, 1);
}

#[tokio::test]
async fn of_two_refreshes_at_once_one_is_a_copy() {
    let identity = TestIdentity::start().await;
    let session = identity.sign_in(OPERATOR).await;
    let (one, other) =
        tokio::join!(refresh(&identity, &session.refresh_token), refresh(&identity, &session.refresh_token));
    assert_eq!(i32::from(one.is_ok()) + i32::from(other.is_ok()), 1);
    let next = one.or(other).unwrap();
    assert_eq!(reason(&refresh(&identity, &next.refresh_token).await.unwrap_err()), "SESSION_ENDED");
}

#[tokio::test]
async fn an_idle_session_dies_and_an_old_one_too() {
    let identity = TestIdentity::start().await;
    let hours = |hours: u64| std::time::Duration::from_secs(hours * 3600);
    let idle = identity.sign_in(OPERATOR).await;
    identity.clock.advance(hours(12));
    assert_eq!(reason(&refresh(&identity, &idle.refresh_token).await.unwrap_err()), "SESSION_ENDED");

    let mut token = identity.sign_in(OPERATOR).await.refresh_token;
    for _ in 0..65 {
        identity.clock.advance(hours(11));
        token = refresh(&identity, &token).await.unwrap().refresh_token;
    }
    identity.clock.advance(hours(6));
    assert_eq!(reason(&refresh(&identity, &token).await.unwrap_err()), "SESSION_ENDED");
}

#[tokio::test]
async fn signing_out_is_heard_within_seconds() {
    let identity = TestIdentity::start().await;
    let session = identity.sign_in(OPERATOR).await;
    let other = identity.sign_in(OPERATOR).await;
    identity.sessions().end_session(ask(EndSessionRequest {}).by(&session.access_token)).await.unwrap();
    identity.hear_revocations().await;
    assert_eq!(me(&identity, &session.access_token).await.unwrap_err().code(), Code::Unauthenticated);
    assert_eq!(reason(&refresh(&identity, &session.refresh_token).await.unwrap_err()), "SESSION_ENDED");
    assert_eq!(me(&identity, &other.access_token).await.unwrap(), "Careway");
}

#[tokio::test]
async fn a_person_of_two_organizations_chooses_and_switches() {
    let identity = TestIdentity::start().await;
    let (first, first_admin) = identity.organization(Kind::Facility, "Alpha").await;
    let (second, second_admin) = identity.organization(Kind::Facility, "Beta").await;
    identity.staff(&first_admin.access_token, "both@hospital.example", "CLINICIAN").await;
    identity.invite(&second_admin.access_token, "both@hospital.example", "FRONT_DESK", "").await;
    identity.accept("both@hospital.example").await;

    let session = identity.sign_in("both@hospital.example").await;
    assert_eq!(session.organization.unwrap().name, "Alpha");
    let names: Vec<_> = session.organizations.iter().map(|organization| organization.name.as_str()).collect();
    assert_eq!(names, ["Alpha", "Beta"]);
    let chosen = CreateSessionRequest {
        email: "both@hospital.example".to_owned(),
        password: PASSWORD.to_owned(),
        organization_id: second.organization_id.clone(),
        ..CreateSessionRequest::default()
    };
    let chosen = identity.sessions().create_session(ask(chosen).by_nobody()).await.unwrap().into_inner();
    assert_eq!(
        (chosen.organization.unwrap().name.as_str(), chosen.roles[0].as_str()),
        ("Beta", "FRONT_DESK")
    );

    let message = SwitchSessionRequest { organization_id: second.organization_id };
    let switched = identity
        .sessions()
        .switch_session(ask(message).by(&session.access_token))
        .await
        .unwrap()
        .into_inner();
    identity.hear_revocations().await;
    assert_eq!(me(&identity, &switched.access_token).await.unwrap(), "Beta");
    assert_eq!(me(&identity, &session.access_token).await.unwrap_err().code(), Code::Unauthenticated);

    let message = SwitchSessionRequest { organization_id: first.organization_id };
    let stranger = identity.sessions().switch_session(ask(message).by(&second_admin.access_token)).await;
    assert_eq!(stranger.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn nothing_secret_is_kept_readable() {
    let identity = TestIdentity::start().await;
    let session = identity.sign_in(OPERATOR).await;
    refresh(&identity, &session.refresh_token).await.unwrap();
    let plain = "select count(*) from account where password_hash not like '$argon2id$%'";
    assert_eq!(identity.count(plain).await, 0);
    assert_eq!(identity.count("select count(*) from refresh_token where length(digest) = 32").await, 2);
    assert_eq!(identity.count("select count(*) from idempotency_record where answer is not null").await, 0);
}
