//! What an agent's change comes to.

use careway_kernel::{Clock, CountryCode, Email, Names, OrganizationId, ParticipantId, Redacted};

use super::super::{
    ContactResult, Contacts, Participant,
    change::{Changes, Field},
    contact::{PhoneUse, SmsContact, parse_mobile, parse_phone},
};

fn participant(contacts: Contacts) -> Participant {
    let clock = Clock::manual("2026-11-28T00:00:00Z".parse().unwrap());
    Participant {
        id: ParticipantId::new(&clock),
        authority: OrganizationId::new(&clock),
        agency: OrganizationId::new(&clock),
        agency_code: "BI0902I".to_owned(),
        bhxh_number: "7936491863".to_owned(),
        card_code: None,
        citizen_id: Some(Redacted::new("079150001234")),
        full_name: Names::parse("Trần Thị Hoà").unwrap(),
        birth: "1950".to_owned(),
        address: String::new(),
        household: String::new(),
        contacts,
        sms_contact: SmsContact::None,
        contact_differs: false,
        result: ContactResult::NotContacted,
        note: None,
        last_day: "2026-12-12".parse().unwrap(),
        member: None,
        version: 1,
        updated_at: clock.now(),
    }
}

fn changed(of: &Participant, changes: Changes) -> (Participant, Vec<Field>) {
    let (after, differing) = of.change(changes).unwrap();
    (after, differing.iter().map(|change| change.field).collect())
}

fn reachable() -> Contacts {
    Contacts {
        phone: Some(parse_phone("0383841234", CountryCode::VN).unwrap()),
        mobile: Some(parse_mobile("0912345678", CountryCode::VN).unwrap()),
        email: Some(Email::parse("hoa@example.com").unwrap()),
        mobile_suspect: true,
        email_suspect: true,
    }
}

#[test]
fn what_is_not_given_stays_and_what_is_the_same_is_no_change() {
    let before = participant(reachable());
    let (after, fields) = changed(&before, Changes::default());
    assert!(fields.is_empty());
    assert_eq!((after.version, &after.contacts), (1, &before.contacts));
    let same = Changes {
        phone: Some(Some(parse_phone("+84383841234", CountryCode::VN).unwrap())),
        mobile: Some(before.contacts.mobile.clone()),
        result: Some(ContactResult::NotContacted),
        ..Default::default()
    };
    assert!(changed(&before, same).1.is_empty());
}

#[test]
fn every_field_is_remembered_with_what_it_was() {
    let before = participant(reachable());
    let changes = Changes {
        phone: Some(None),
        mobile: Some(Some(parse_mobile("0987654321", CountryCode::VN).unwrap())),
        email: Some(None),
        result: Some(ContactResult::Promised),
        note: Some(Some(Redacted::new("Ring after six"))),
        ..Default::default()
    };
    let (after, differing) = before.change(changes).unwrap();
    assert_eq!(after.version, 2);
    let seen = differing.iter().map(|it| {
        let text = |text: &Option<Redacted>| text.as_ref().map_or("", |it| it.expose()).to_owned();
        (it.field.as_str(), text(&it.before), text(&it.after))
    });
    let expected = [
        ("phone", "+84383841234", ""),
        ("mobile", "+84912345678", "+84987654321"),
        ("email", "hoa@example.com", ""),
        ("result", "NOT_CONTACTED", "PROMISED"),
        ("note", "", "Ring after six"),
    ];
    let expected = expected.map(|(field, before, after)| (field, before.to_owned(), after.to_owned()));
    assert_eq!(seen.collect::<Vec<_>>(), expected);
    assert!(!format!("{differing:?} {after:?}").contains("0987654321"));
}

#[test]
fn another_number_or_address_is_not_suspect() {
    let before = participant(reachable());
    let mobile = Changes {
        mobile: Some(Some(parse_mobile("0987654321", CountryCode::VN).unwrap())),
        ..Default::default()
    };
    let (after, _) = changed(&before, mobile);
    assert!(!after.contacts.mobile_suspect && after.contacts.email_suspect);
    // Messages go to the mobile: what the phone is does not matter.
    let (after, _) = changed(&before, Changes { phone: Some(None), ..Default::default() });
    assert!(after.contacts.mobile_suspect);
    let (after, _) =
        changed(&before, Changes { mobile: Some(None), email: Some(None), ..Default::default() });
    assert!(!after.contacts.mobile_suspect && !after.contacts.email_suspect);
}

#[test]
fn only_what_looks_like_an_old_landline_is_confirmed_and_anew_for_each_number() {
    let before = participant(reachable());
    let confirm = |confirmed| Changes { phone_confirmed: Some(confirmed), ..Default::default() };
    let (confirmed, fields) = changed(&before, confirm(true));
    assert_eq!(fields, [Field::PhoneConfirmed]);
    let phone = |text| Some(Some(parse_phone(text, CountryCode::VN).unwrap()));
    let (other, fields) = changed(&confirmed, Changes { phone: phone("0393841234"), ..Default::default() });
    assert_eq!(fields, [Field::Phone, Field::PhoneConfirmed]);
    assert!(!other.contacts.phone.unwrap().confirmed);
    let both = Changes { phone: phone("0393841234"), ..confirm(true) };
    assert!(changed(&before, both).0.contacts.phone.unwrap().confirmed);
    let (landline, _) = changed(&before, Changes { phone: phone("02838123456"), ..Default::default() });
    assert_eq!(landline.contacts.phone.as_ref().unwrap().kind, PhoneUse::Landline);
    assert!(landline.change(confirm(true)).is_err() && landline.change(confirm(false)).is_ok());
    assert!(participant(Contacts::default()).change(confirm(true)).is_err());
}

#[test]
fn a_mobile_is_one() {
    for text in ["02838123456", "0912", "0912345678/0987654321"] {
        assert!(parse_mobile(text, CountryCode::VN).is_err(), "{text}");
    }
}
