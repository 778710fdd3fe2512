//! Accounts: invitations, roles, disabling, passwords.

use careway_contract::identity::v1::{
    AcceptInvitationRequest, CompletePasswordResetRequest, CreateAccountRequest, CreateInvitationRequest,
    DisableAccountRequest, EnableAccountRequest, GetAccountRequest, GetMeRequest, ListAccountsRequest,
    RefreshSessionRequest, RequestPasswordResetRequest, UpdateAccountRequest, account::Status,
    organization::Kind,
};
use prost_types::FieldMask;
use tonic::Code;

use crate::test_identity::{OPERATOR, PASSWORD, TestIdentity, ask, reason};

fn account(email: &str, role: &str) -> CreateAccountRequest {
    CreateAccountRequest {
        email: email.to_owned(),
        name: "Aline Uwase".to_owned(),
        roles: vec![role.to_owned()],
    }
}

#[tokio::test]
async fn an_invited_person_chooses_a_password_and_works() {
    let identity = TestIdentity::start().await;
    let (_, administrator) = identity.organization(Kind::Facility, "Facility").await;
    let by = &administrator.access_token;
    let mut accounts = identity.accounts();
    let invited =
        accounts.create_account(ask(account("Desk@Facility.example", "FRONT_DESK")).by(by)).await.unwrap();
    let invited = invited.into_inner().account.unwrap();
    assert_eq!((invited.email.as_str(), invited.status()), ("desk@facility.example", Status::Invited));
    let mail = &identity.sent_to("desk@facility.example")[0];
    assert_eq!((mail.template.as_str(), mail.values["organization"].as_str()), ("invitation", "Facility"));

    let weak = AcceptInvitationRequest {
        token: identity.token_sent_to("desk@facility.example"),
        password: "short".to_owned(),
        ..AcceptInvitationRequest::default()
    };
    assert_eq!(
        accounts.accept_invitation(ask(weak).by_nobody()).await.unwrap_err().code(),
        Code::InvalidArgument
    );
    assert_eq!(identity.accept("desk@facility.example").await, invited.account_id);
    let get = GetAccountRequest { account_id: invited.account_id };
    let active = accounts.get_account(ask(get).by(by)).await.unwrap().into_inner().account.unwrap();
    assert_eq!((active.status(), active.roles), (Status::Active, vec!["FRONT_DESK".to_owned()]));
    assert_eq!(identity.sign_in("desk@facility.example").await.roles, ["FRONT_DESK"]);
}

#[tokio::test]
async fn a_link_is_good_once_and_replaced_by_the_next() {
    let identity = TestIdentity::start().await;
    let (_, administrator) = identity.organization(Kind::Facility, "Facility").await;
    let first_id =
        identity.invite(&administrator.access_token, "desk@facility.example", "FRONT_DESK", "").await;
    let replaced = identity.token_sent_to("desk@facility.example");
    let second_id =
        identity.invite(&administrator.access_token, "desk@facility.example", "CLINICIAN", "").await;
    assert_eq!(first_id, second_id);
    let current = identity.token_sent_to("desk@facility.example");
    identity.accept("desk@facility.example").await;
    for token in [replaced, current, "made up".to_owned()] {
        let message = AcceptInvitationRequest { token, password: PASSWORD.to_owned(), ..Default::default() };
        let refusal = identity.accounts().accept_invitation(ask(message).by_nobody()).await.unwrap_err();
        assert_eq!(reason(&refusal), "LINK_REJECTED");
    }
    let again = account("desk@facility.example", "CLINICIAN");
    let refusal =
        identity.accounts().create_account(ask(again).by(&administrator.access_token)).await.unwrap_err();
    assert_eq!(reason(&refusal), "ALREADY_MEMBER");
}

#[tokio::test]
async fn inviting_does_not_tell_who_is_known_elsewhere() {
    let identity = TestIdentity::start().await;
    let (_, one) = identity.organization(Kind::Facility, "One").await;
    let (_, other) = identity.organization(Kind::Facility, "Other").await;
    identity.staff(&one.access_token, "known@hospital.example", "CLINICIAN").await;
    let mut answers = Vec::new();
    for email in ["known@hospital.example", "stranger@hospital.example"] {
        let request = ask(account(email, "CLINICIAN")).by(&other.access_token);
        let mut answer =
            identity.accounts().create_account(request).await.unwrap().into_inner().account.unwrap();
        assert!(answer.created_at.is_some() && !answer.account_id.is_empty());
        (answer.account_id, answer.email, answer.created_at) = (String::new(), String::new(), None);
        answers.push(answer);
    }
    assert_eq!(answers[0], answers[1]);

    // The one who is known keeps account and password; the invited id leads to the account from then on.
    let invited = account("known@hospital.example", "CLINICIAN");
    let invited = identity.accounts().create_account(ask(invited).by(&other.access_token)).await.unwrap();
    let invited = invited.into_inner().account.unwrap().account_id;
    let known = identity.accept("known@hospital.example").await;
    assert_ne!(known, invited);
    let get = GetAccountRequest { account_id: invited };
    let found = identity.accounts().get_account(ask(get).by(&other.access_token)).await.unwrap().into_inner();
    assert_eq!(found.account.unwrap().account_id, known);
    assert_eq!(identity.sign_in("known@hospital.example").await.organizations.len(), 2);
}

#[tokio::test]
async fn a_repeated_key_invites_once() {
    let identity = TestIdentity::start().await;
    let (_, administrator) = identity.organization(Kind::Facility, "Facility").await;
    let request = || {
        let message = account("desk@facility.example", "FRONT_DESK");
        ask(message).key("one-key-for-both-requests").by(&administrator.access_token)
    };
    let first = identity.accounts().create_account(request()).await.unwrap();
    let second = identity.accounts().create_account(request()).await.unwrap();
    assert_eq!(second.metadata().get("idempotency-replayed").unwrap(), "true");
    assert_eq!(first.into_inner(), second.into_inner());
    assert_eq!(identity.sent_to("desk@facility.example").len(), 1);
}

#[tokio::test]
async fn other_organizations_accounts_do_not_exist() {
    let identity = TestIdentity::start().await;
    let (_, one) = identity.organization(Kind::Facility, "One").await;
    let (_, other) = identity.organization(Kind::Facility, "Other").await;
    let account_id = one.account.unwrap().account_id;
    let mut accounts = identity.accounts();
    let get = accounts
        .get_account(ask(GetAccountRequest { account_id: account_id.clone() }).by(&other.access_token));
    assert_eq!(get.await.unwrap_err().code(), Code::NotFound);
    let disable = DisableAccountRequest { account_id: account_id.clone() };
    let disabled = accounts.disable_account(ask(disable).by(&other.access_token)).await;
    assert_eq!(disabled.unwrap_err().code(), Code::NotFound);
    let change = UpdateAccountRequest {
        account_id,
        name: "Somebody else".to_owned(),
        update_mask: Some(FieldMask { paths: vec!["name".to_owned()] }),
        ..UpdateAccountRequest::default()
    };
    let changed = accounts.update_account(ask(change).version(1).by(&other.access_token)).await;
    assert_eq!(changed.unwrap_err().code(), Code::NotFound);
    let listed =
        accounts.list_accounts(ask(ListAccountsRequest::default()).by(&other.access_token)).await.unwrap();
    assert_eq!(listed.into_inner().accounts.len(), 1);
}

#[tokio::test]
async fn roles_fit_the_kind_and_their_giver() {
    let identity = TestIdentity::start().await;
    let (payer, administrator) = identity.organization(Kind::Payer, "Payer").await;
    let misfit = ask(account("a@payer.example", "FRONT_DESK")).by(&administrator.access_token);
    assert_eq!(identity.accounts().create_account(misfit).await.unwrap_err().code(), Code::InvalidArgument);

    let operator = identity.sign_in(OPERATOR).await.access_token;
    let officer = CreateInvitationRequest {
        email: "a@payer.example".to_owned(),
        name: "A".to_owned(),
        roles: vec!["BENEFITS_OFFICER".to_owned()],
        organization_id: payer.organization_id,
    };
    let refusal =
        identity.accounts().create_invitation(ask(officer.clone()).by(&operator)).await.unwrap_err();
    assert_eq!(reason(&refusal), "ROLE_NOT_ALLOWED");

    let (_, other) = identity.organization(Kind::Payer, "Other").await;
    let refusal =
        identity.accounts().create_invitation(ask(officer).by(&other.access_token)).await.unwrap_err();
    assert_eq!(refusal.code(), Code::NotFound);
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let identity = TestIdentity::start().await;
    let (_, administrator) = identity.organization(Kind::Facility, "Facility").await;
    let by = &administrator.access_token;
    let account_id = administrator.account.unwrap().account_id;
    let mut accounts = identity.accounts();
    let disable = || DisableAccountRequest { account_id: account_id.clone() };
    let refusal = accounts.disable_account(ask(disable()).by(by)).await.unwrap_err();
    assert_eq!(
        (refusal.code(), reason(&refusal)),
        (Code::FailedPrecondition, "LAST_ADMINISTRATOR".to_owned())
    );
    let step_down = UpdateAccountRequest {
        account_id: account_id.clone(),
        roles: vec!["CLINICIAN".to_owned()],
        update_mask: Some(FieldMask { paths: vec!["roles".to_owned()] }),
        ..UpdateAccountRequest::default()
    };
    let refusal = accounts.update_account(ask(step_down.clone()).version(1).by(by)).await.unwrap_err();
    assert_eq!(reason(&refusal), "LAST_ADMINISTRATOR");

    identity.staff(by, "second@facility.example", "ADMINISTRATOR").await;
    let changed = accounts.update_account(ask(step_down).version(1).by(by)).await.unwrap().into_inner();
    assert_eq!(changed.account.unwrap().roles, ["CLINICIAN"]);
}

#[tokio::test]
async fn two_administrators_cannot_disable_each_other_at_once() {
    let identity = TestIdentity::start().await;
    let (_, first) = identity.organization(Kind::Facility, "Facility").await;
    let second = identity.staff(&first.access_token, "second@facility.example", "ADMINISTRATOR").await;
    let disable = async |by: &str, account_id: String| {
        identity.accounts().disable_account(ask(DisableAccountRequest { account_id }).by(by)).await.is_ok()
    };
    let (one, other) = tokio::join!(
        disable(&first.access_token, second.account.unwrap().account_id),
        disable(&second.access_token, first.account.unwrap().account_id),
    );
    assert!(one != other);
}

#[tokio::test]
async fn a_disabled_person_is_out_within_seconds_and_only_there() {
    let identity = TestIdentity::start().await;
    let (_, one) = identity.organization(Kind::Facility, "Alpha").await;
    let (_, other) = identity.organization(Kind::Facility, "Beta").await;
    let here = identity.staff(&one.access_token, "both@hospital.example", "CLINICIAN").await;
    identity.invite(&other.access_token, "both@hospital.example", "CLINICIAN", "").await;
    identity.accept("both@hospital.example").await;
    let account_id = here.account.unwrap().account_id;
    let disable = DisableAccountRequest { account_id: account_id.clone() };
    identity.accounts().disable_account(ask(disable).by(&one.access_token)).await.unwrap();
    identity.hear_revocations().await;

    let me = identity.accounts().get_me(ask(GetMeRequest {}).by(&here.access_token)).await;
    assert_eq!(me.unwrap_err().code(), Code::Unauthenticated);
    let refresh = RefreshSessionRequest { refresh_token: here.refresh_token };
    let refused = identity.sessions().refresh_session(ask(refresh).by_nobody()).await.unwrap_err();
    assert_eq!(reason(&refused), "SESSION_ENDED");
    assert_eq!(identity.sign_in("both@hospital.example").await.organization.unwrap().name, "Beta");

    let enable = EnableAccountRequest { account_id };
    identity.accounts().enable_account(ask(enable).by(&one.access_token)).await.unwrap();
    assert_eq!(identity.sign_in("both@hospital.example").await.organization.unwrap().name, "Alpha");
}

#[tokio::test]
async fn a_password_reset_ends_every_session() {
    let identity = TestIdentity::start().await;
    let (_, administrator) = identity.organization(Kind::Facility, "Facility").await;
    let known = RequestPasswordResetRequest { email: "admin@facility.example".to_owned() };
    let unknown = RequestPasswordResetRequest { email: "nobody@facility.example".to_owned() };
    let mut accounts = identity.accounts();
    let one = accounts.request_password_reset(ask(known).by_nobody()).await.unwrap().into_inner();
    let other = accounts.request_password_reset(ask(unknown).by_nobody()).await.unwrap().into_inner();
    assert_eq!(one, other);
    identity.mails_to("admin@facility.example", 2).await;
    assert!(identity.sent_to("nobody@facility.example").is_empty());

    let token = identity.token_sent_to("admin@facility.example");
    let complete = |password: &str| {
        ask(CompletePasswordResetRequest { token: token.clone(), password: password.to_owned() }).by_nobody()
    };
    accounts.complete_password_reset(complete("ikirenga cy'ubumenyi")).await.unwrap();
    identity.hear_revocations().await;
    let me = accounts.get_me(ask(GetMeRequest {}).by(&administrator.access_token)).await;
    assert_eq!(me.unwrap_err().code(), Code::Unauthenticated);
    assert!(identity.try_sign_in("admin@facility.example", PASSWORD).await.is_err());
    let session = identity.try_sign_in("admin@facility.example", "ikirenga cy'ubumenyi").await.unwrap();
    accounts.get_me(ask(GetMeRequest {}).by(&session.access_token)).await.unwrap();
    let again = accounts.complete_password_reset(complete("another long password")).await.unwrap_err();
    assert_eq!(reason(&again), "LINK_REJECTED");
}

#[tokio::test]
async fn an_old_reset_link_is_refused() {
    let identity = TestIdentity::start().await;
    let message = RequestPasswordResetRequest { email: OPERATOR.to_owned() };
    identity.accounts().request_password_reset(ask(message).by_nobody()).await.unwrap();
    identity.mails_to(OPERATOR, 1).await;
    identity.clock.advance(std::time::Duration::from_secs(3600));
    let message = CompletePasswordResetRequest {
        token: identity.token_sent_to(OPERATOR),
        password: "a new long password".to_owned(),
    };
    let refusal = identity.accounts().complete_password_reset(ask(message).by_nobody()).await.unwrap_err();
    assert_eq!(reason(&refusal), "LINK_REJECTED");
}
