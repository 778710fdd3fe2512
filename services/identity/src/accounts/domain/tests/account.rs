//! Who may grant what, and what an account becomes.

use careway_service::OrganizationKind::Facility;
use uuid::Uuid;

use super::super::*;

fn account(roles: &[&str]) -> Account {
    Account {
        id: AccountId::from_uuid(Uuid::from_u128(1)),
        organization: OrganizationId::from_uuid(Uuid::from_u128(2)),
        email: Email::parse("aline@hospital.example").unwrap(),
        name: Names::parse("Aline").unwrap(),
        roles: roles.iter().map(|&role| role.to_owned()).collect(),
        status: Status::Active,
        totp_enabled: false,
        version: 1,
        created_at: "2026-03-01T08:00:00Z".parse().unwrap(),
    }
}

fn roles(names: &[&str]) -> Roles {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    Roles::parse(Facility, &names).unwrap()
}

fn administrator() -> Grantor {
    Grantor::new(Facility, &account(&["ADMINISTRATOR"]))
}

#[test]
fn the_last_administrator_stays() {
    let last = account(&["ADMINISTRATOR"]);
    assert_eq!(last.clone().disable(&administrator(), 0), Err(Refusal::LastAdministrator));
    let stepped = last.clone().change(None, Some(roles(&["CLINICIAN"])), &administrator(), 0);
    assert_eq!(stepped, Err(Refusal::LastAdministrator));
    assert_eq!(last.disable(&administrator(), 1).unwrap().status, Status::Disabled);
}

#[test]
fn nobody_gives_or_takes_what_they_do_not_hold() {
    let held = |permissions: &[&'static str]| Grantor {
        kind: Facility,
        permissions: permissions.iter().copied().collect(),
    };
    let clerk = held(&["accounts.manage", "visits.read"]);
    let promoted = account(&["CLINICIAN"]).change(None, Some(roles(&["ADMINISTRATOR"])), &clerk, 1);
    assert_eq!(promoted, Err(Refusal::RoleNotAllowed));
    assert_eq!(account(&["ADMINISTRATOR"]).disable(&clerk, 1), Err(Refusal::RoleNotAllowed));
    let named = Names::parse("Aline Uwase").unwrap();
    let renamed = account(&["ADMINISTRATOR"]).change(Some(named.clone()), None, &clerk, 0).unwrap();
    assert_eq!((renamed.name, renamed.version), (named, 2));
}

#[test]
fn who_is_no_administrator_any_more_grants_nothing() {
    let demoted = Grantor::new(Facility, &account(&["SUPERVISOR"]));
    let mut disabled = account(&["ADMINISTRATOR"]);
    disabled.status = Status::Disabled;
    let disabled = Grantor::new(Facility, &disabled);
    for former in [demoted, disabled] {
        assert_eq!(former.may_change(&[], &["CLINICIAN".to_owned()]), Err(Refusal::RoleNotAllowed));
        assert_eq!(former.check("api-clients.manage"), Err(Refusal::RoleNotAllowed));
        let name = Names::parse("Aline Uwase").ok();
        assert_eq!(account(&["CLINICIAN"]).change(name, None, &former, 1), Err(Refusal::RoleNotAllowed));
    }
}

#[test]
fn an_operator_invites_the_first_administrator_elsewhere_and_nobody_else() {
    let operator = Account { roles: vec!["OPERATOR".to_owned()], ..account(&[]) };
    let operator = Grantor::new(OrganizationKind::Platform, &operator);
    assert_eq!(operator.may_invite_elsewhere(Facility, &roles(&["ADMINISTRATOR"])), Ok(()));
    let clinician = operator.may_invite_elsewhere(Facility, &roles(&["CLINICIAN"]));
    assert_eq!(clinician, Err(Refusal::RoleNotAllowed));
    let stranger = administrator().may_invite_elsewhere(Facility, &roles(&["ADMINISTRATOR"]));
    assert_eq!(stranger, Err(Refusal::RoleNotAllowed));
}

#[test]
fn disabling_and_enabling_twice_change_nothing_more() {
    let disabled = account(&["CLINICIAN"]).disable(&administrator(), 0).unwrap();
    assert_eq!(disabled.clone().disable(&administrator(), 0).unwrap(), disabled);
    let enabled = disabled.enable(&administrator()).unwrap();
    assert_eq!((enabled.status, enabled.version), (Status::Active, 3));
    assert_eq!(enabled.clone().enable(&administrator()).unwrap(), enabled);
}

#[test]
fn an_invited_person_is_not_changed() {
    let mut invited = account(&["CLINICIAN"]);
    invited.status = Status::Invited;
    assert_eq!(invited.clone().enable(&administrator()), Err(Refusal::InvitationPending));
    assert_eq!(invited.change(None, None, &administrator(), 0), Err(Refusal::InvitationPending));
}
