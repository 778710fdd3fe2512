//! Organizations: who makes them, who sees how much of them.

use careway_contract::identity::v1::{
    CreateOrganizationRequest, GetOrganizationRequest, ListOrganizationsRequest, Organization,
    OrganizationCode, ResolveOrganizationRequest, UpdateOrganizationRequest, organization::Kind,
    organization::Status, organization_code::Kind as CodeKind, resolve_organization_request::By,
};
use prost_types::FieldMask;
use tonic::Code;

use crate::test_identity::{OPERATOR, TestIdentity, ask, reason};

fn code(value: &str) -> OrganizationCode {
    OrganizationCode { kind: CodeKind::Agency.into(), value: value.to_owned() }
}

fn agency(name: &str, codes: Vec<OrganizationCode>) -> CreateOrganizationRequest {
    CreateOrganizationRequest {
        kind: Kind::Agency.into(),
        name: name.to_owned(),
        country: "VN".to_owned(),
        time_zone: "Asia/Ho_Chi_Minh".to_owned(),
        locale: "vi".to_owned(),
        codes,
    }
}

#[tokio::test]
async fn a_code_is_one_organizations() {
    let identity = TestIdentity::start().await;
    let operator = identity.sign_in(OPERATOR).await.access_token;
    let mut organizations = identity.organizations();
    let first =
        organizations.create_organization(ask(agency("Bình An", vec![code("bi0902i")])).by(&operator)).await;
    let first = first.unwrap().into_inner().organization.unwrap();
    assert_eq!((first.codes[0].value.as_str(), first.version), ("BI0902I", Some(1)));

    let second =
        organizations.create_organization(ask(agency("Hòa Bình", vec![code("BI0902I")])).by(&operator)).await;
    let refusal = second.unwrap_err();
    assert_eq!((refusal.code(), reason(&refusal)), (Code::AlreadyExists, "CODE_TAKEN".to_owned()));

    let by = By::Code(code("BI0902I"));
    let message = ResolveOrganizationRequest { by: Some(by) };
    let resolved =
        organizations.resolve_organization(identity.foundation.identity.request(message)).await.unwrap();
    assert_eq!(resolved.into_inner().organization.unwrap().organization_id, first.organization_id);
}

#[tokio::test]
async fn everything_wrong_is_told_at_once() {
    use tonic_types::StatusExt as _;
    let identity = TestIdentity::start().await;
    let operator = identity.sign_in(OPERATOR).await.access_token;
    let message =
        CreateOrganizationRequest { codes: vec![code("a?b")], ..CreateOrganizationRequest::default() };
    let refusal = identity.organizations().create_organization(ask(message).by(&operator)).await.unwrap_err();
    let details = refusal.get_error_details();
    let mut fields: Vec<_> =
        details.bad_request().unwrap().field_violations.iter().map(|it| it.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["codes[0].value", "country", "kind", "name", "timeZone"]);
}

#[tokio::test]
async fn payers_and_facilities_see_each_others_face_and_nobody_else() {
    let identity = TestIdentity::start().await;
    let (payer, payer_admin) = identity.organization(Kind::Payer, "Payer").await;
    let (facility, facility_admin) = identity.organization(Kind::Facility, "Facility").await;
    let (agency, agency_admin) = identity.organization(Kind::Agency, "Agency").await;
    let get = async |who: &str, what: &Organization| {
        let message = GetOrganizationRequest { organization_id: what.organization_id.clone() };
        identity
            .organizations()
            .get_organization(ask(message).by(who))
            .await
            .map(|it| it.into_inner().organization.unwrap())
    };

    let face = get(&facility_admin.access_token, &payer).await.unwrap();
    assert_eq!((face.name.as_str(), face.time_zone.as_str(), face.version), ("Payer", "", None));
    let own = get(&facility_admin.access_token, &facility).await.unwrap();
    assert_eq!((own.time_zone.as_str(), own.status()), ("Africa/Kigali", Status::Active));
    assert_eq!(get(&payer_admin.access_token, &agency).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(get(&agency_admin.access_token, &payer).await.unwrap_err().code(), Code::NotFound);

    let list = async |who: &str, token: &str| {
        let message =
            ListOrganizationsRequest { page_size: 1, page_token: token.to_owned(), ..Default::default() };
        identity.organizations().list_organizations(ask(message).by(who)).await.unwrap().into_inner()
    };
    let first = list(&facility_admin.access_token, "").await;
    let second = list(&facility_admin.access_token, &first.next_page_token).await;
    assert_eq!(
        (first.organizations[0].name.as_str(), second.organizations[0].name.as_str()),
        ("Facility", "Payer")
    );
    assert!(second.next_page_token.is_empty());
    assert_eq!(list(&agency_admin.access_token, "").await.organizations[0].name, "Agency");
}

#[tokio::test]
async fn only_operators_change_organizations_one_version_at_a_time() {
    let identity = TestIdentity::start().await;
    let (payer, payer_admin) = identity.organization(Kind::Payer, "Payer").await;
    let operator = identity.sign_in(OPERATOR).await.access_token;
    let message = UpdateOrganizationRequest {
        organization_id: payer.organization_id.clone(),
        name: "New name".to_owned(),
        update_mask: Some(FieldMask { paths: vec!["name".to_owned()] }),
        ..UpdateOrganizationRequest::default()
    };
    let mut organizations = identity.organizations();
    let denied = organizations
        .update_organization(ask(message.clone()).version(1).by(&payer_admin.access_token))
        .await;
    assert_eq!(denied.unwrap_err().code(), Code::PermissionDenied);
    let changed =
        organizations.update_organization(ask(message.clone()).version(1).by(&operator)).await.unwrap();
    let changed = changed.into_inner().organization.unwrap();
    assert_eq!(
        (changed.name.as_str(), changed.country.as_str(), changed.version),
        ("New name", "RW", Some(2))
    );
    let stale = organizations.update_organization(ask(message).version(1).by(&operator)).await.unwrap_err();
    assert_eq!(stale.code(), Code::Aborted);
}

#[tokio::test]
async fn a_suspended_organization_is_out_within_seconds() {
    let identity = TestIdentity::start().await;
    let (payer, payer_admin) = identity.organization(Kind::Payer, "Payer").await;
    let operator = identity.sign_in(OPERATOR).await.access_token;
    let message = UpdateOrganizationRequest {
        organization_id: payer.organization_id.clone(),
        status: Status::Suspended.into(),
        update_mask: Some(FieldMask { paths: vec!["status".to_owned()] }),
        ..UpdateOrganizationRequest::default()
    };
    identity.organizations().update_organization(ask(message).version(1).by(&operator)).await.unwrap();
    identity.hear_revocations().await;

    let mine = GetOrganizationRequest { organization_id: payer.organization_id };
    let refused = identity.organizations().get_organization(ask(mine).by(&payer_admin.access_token)).await;
    assert_eq!(refused.unwrap_err().code(), Code::Unauthenticated);
    let refused =
        identity.try_sign_in("admin@payer.example", crate::test_identity::PASSWORD).await.unwrap_err();
    assert_eq!(reason(&refused), "CREDENTIALS_REJECTED");
}

#[tokio::test]
async fn an_operator_cannot_suspend_the_platform() {
    let identity = TestIdentity::start().await;
    let operator = identity.sign_in(OPERATOR).await;
    let message = UpdateOrganizationRequest {
        organization_id: operator.organization.unwrap().organization_id,
        status: Status::Suspended.into(),
        update_mask: Some(FieldMask { paths: vec!["status".to_owned()] }),
        ..UpdateOrganizationRequest::default()
    };
    let request = ask(message).version(1).by(&operator.access_token);
    let refused = identity.organizations().update_organization(request).await.unwrap_err();
    assert_eq!(reason(&refused), "OWN_ORGANIZATION");
}

#[tokio::test]
async fn without_a_caller_every_table_is_empty() {
    use sqlx::{AssertSqlSafe, Connection, PgConnection};
    let identity = TestIdentity::start().await;
    let (_, administrator) = identity.organization(Kind::Facility, "Facility").await;
    identity.invite(&administrator.access_token, "waiting@facility.example", "CLINICIAN", "").await;
    let mut nobody = PgConnection::connect(&identity.setup.database.url_app).await.unwrap();
    let mut everybody = PgConnection::connect(&identity.setup.database.url_admin).await.unwrap();
    for table in
        ["organization", "account", "membership", "invitation", "session", "refresh_token", "signing_key"]
    {
        let count = || AssertSqlSafe(format!("select count(*) from {table}"));
        let seen: i64 = sqlx::query_scalar(count()).fetch_one(&mut nobody).await.unwrap();
        let there: i64 = sqlx::query_scalar(count()).fetch_one(&mut everybody).await.unwrap();
        assert!(seen == 0 && there > 0, "{table}: {seen} of {there}");
    }
    let unprotected = "select count(*) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace \
        and not (relrowsecurity and relforcerowsecurity) and relname not like '%migrations'";
    assert_eq!(identity.count(unprotected).await, 0);
}
