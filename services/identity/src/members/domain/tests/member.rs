//! What changes, what a family is, what looks odd.

use crate::members::domain;

use domain::*;

fn now() -> DateTime<Utc> {
    "2026-03-01T08:00:00Z".parse().unwrap()
}

fn member_id(number: u128) -> MemberId {
    MemberId::from_uuid(Uuid::from_u128(number))
}

fn facts() -> Facts {
    let phone = |text| PhoneNumber::parse(text, CountryCode::RW).ok();
    Facts {
        number: MemberNumber::parse("RSSB-1").unwrap(),
        name: PersonName::stored("Aline", "Uwase").unwrap(),
        birth_date: NaiveDate::from_ymd_opt(1990, 4, 12).unwrap(),
        sex: Sex::Female,
        phone: None,
        mobile: phone("0788123456"),
        email: None,
        language: Language::Rw,
        principal: None,
    }
}

fn nin(text: &str) -> NationalId {
    NationalId::parse(CountryCode::RW, text).unwrap()
}

fn member(national_ids: &[NationalId]) -> Member {
    let held = national_ids.iter().map(|number| HeldNationalId {
        id: Uuid::from_u128(10),
        number: number.clone(),
        from: now().date_naive(),
        to: None,
    });
    Member {
        id: member_id(1),
        payer: OrganizationId::from_uuid(Uuid::from_u128(2)),
        facts: facts(),
        national_ids: held.collect(),
        codes_locked_at: None,
        version: 1,
        created_at: now(),
        updated_at: now(),
    }
}

#[test]
fn the_same_facts_change_nothing() {
    let member = member(&[nin("1199080012345601")]);
    assert_eq!(member.change_to(&facts(), None), Change::default());
    assert!(!member.change_to(&facts(), Some(&[nin("1 1990 8 0012345 6 01")])).any);
}

#[test]
fn a_changed_contact_is_remembered_with_what_it_was() {
    let mobile = PhoneNumber::parse("0788999999", CountryCode::RW).ok();
    let change = member(&[]).change_to(&Facts { mobile, language: Language::En, ..facts() }, None);
    let [contact] = &change.contacts[..] else { panic!("one contact changed") };
    assert_eq!(contact.old.as_deref(), Some("+250788123456"));
    assert_eq!(contact.new.as_deref(), Some("+250788999999"));
    assert_eq!(change.contact_fields(), ["mobile", "language"]);
}

#[test]
fn a_birth_may_turn_out_to_be_later() {
    let later = |days| {
        let birth_date = facts().birth_date + chrono::Days::new(days);
        member(&[]).change_to(&Facts { birth_date, ..facts() }, None).born_later
    };
    assert!(later(1) && !later(0));
}

#[test]
fn a_replaced_card_keeps_its_number_and_a_returning_one_is_reopened() {
    let (old, new) = (nin("1199080012345601"), nin("1199070012345602"));
    let member = member(std::slice::from_ref(&old));
    let apply = |member: Member, ids: &[NationalId]| {
        let change = member.change_to(&facts(), Some(ids));
        let today = now().date_naive();
        member.apply(facts(), &change, now(), today, || Uuid::from_u128(11))
    };
    let replaced = apply(member, std::slice::from_ref(&new));
    let in_use = |member: &Member| {
        member
            .national_ids
            .iter()
            .filter(|held| held.to.is_none())
            .map(|held| held.number.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!((replaced.national_ids.len(), in_use(&replaced)), (2, vec![new]));
    assert_eq!(replaced.version, 2);
    let returned = apply(replaced, std::slice::from_ref(&old));
    assert_eq!((returned.national_ids.len(), in_use(&returned)), (2, vec![old]));
}

#[test]
fn a_family_has_one_level() {
    let (me, other, third) = (member_id(1), member_id(2), member_id(3));
    assert_eq!(eligible(Some(me), false, Some((other, None))), Ok(()));
    assert_eq!(eligible(None, false, None), Err(NotEligible::Unknown));
    assert_eq!(eligible(Some(me), false, Some((me, None))), Err(NotEligible::Oneself));
    assert_eq!(eligible(Some(me), false, Some((other, Some(third)))), Err(NotEligible::IsDependant));
    assert_eq!(eligible(Some(me), true, Some((other, None))), Err(NotEligible::HasDependants));
}

#[test]
fn a_number_that_tells_another_story_is_a_warning() {
    let ids = [nin("1199070012345601"), nin("1198080012345601")];
    let warned: Vec<usize> =
        warnings(facts().birth_date, facts().sex, &ids).into_iter().map(|(index, _)| index).collect();
    assert_eq!(
        warned,
        [1, 1],
        "the first fits a woman born in 1990; the second tells another year and another sex"
    );
}

#[test]
fn codes_go_to_a_mobile() {
    let landline = PhoneNumber::parse("0252570000", CountryCode::RW).ok();
    assert!(Facts { mobile: None, phone: landline, ..facts() }.sms_number().is_none());
    assert_eq!(facts().sms_number().unwrap().as_e164(), "+250788123456");
}
