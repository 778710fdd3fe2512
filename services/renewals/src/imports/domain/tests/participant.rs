//! What becomes of a row of participants.

use careway_kernel::OrganizationId;
use uuid::Uuid;

use crate::imports::domain::{participant::*, periods::KnownPeriod};

fn listed() -> ListedParticipant {
    ListedParticipant {
        bhxh_number: "7936491863".to_owned(),
        card_code: None,
        citizen_id: None,
        full_name: "Trần Thị Hoà".to_owned(),
        birth: "1950".to_owned(),
        address: String::new(),
        household: "HGD-1".to_owned(),
        phone: None,
        mobile: Some("+84912345678".to_owned()),
        email: None,
        card_from: "2026-01-01".parse().unwrap(),
        card_to: "2026-12-31".parse().unwrap(),
        agency: OrganizationId::from_uuid(Uuid::from_u128(7)),
    }
}

fn found(contact: &str) -> Sealable {
    Some(contact.as_bytes().to_vec())
}

/// What is known of the same person, whose mobile the authority gave as the first and who is now reached by the second.
fn known(given: Sealable, held: Sealable) -> KnownParticipant {
    let listed = listed();
    KnownParticipant {
        id: Uuid::from_u128(1),
        agency: listed.agency,
        card_code: None,
        citizen_id: None,
        full_name: listed.full_name,
        birth: listed.birth,
        address: listed.address,
        household: listed.household,
        contacts: [Contact::default(), Contact { given, held }, Contact::default()],
        said: SaidOfContacts::default(),
        periods: vec![KnownPeriod { from: listed.card_from, to: listed.card_to, is_renewal: false }],
    }
}

fn decided(known: &KnownParticipant, mobile: Sealable) -> Decision {
    listed().decide(Some(known), &None, &[None, mobile, None]).unwrap()
}

#[test]
fn the_same_again_changes_nothing_whatever_an_agent_changed() {
    assert_eq!(listed().decide(None, &None, &[None, found("a"), None]), Ok(Decision::Create));
    assert_eq!(decided(&known(found("a"), found("a")), found("a")), Decision::Unchanged);
    assert_eq!(decided(&known(found("a"), found("agent's")), found("a")), Decision::Unchanged);
    assert_eq!(decided(&known(found("a"), None), found("a")), Decision::Unchanged);
}

#[test]
fn a_new_word_of_the_authority_stands_and_no_word_takes_nothing_from_the_agent() {
    let replaced = |known: &KnownParticipant, listed| match decided(known, listed) {
        Decision::Update(change) => change.replaced[1],
        other => panic!("{other:?}"),
    };
    assert!(replaced(&known(found("a"), found("agent's")), found("b")));
    assert!(replaced(&known(found("a"), found("a")), None));
    assert!(!replaced(&known(found("a"), found("agent's")), None));
    assert!(!replaced(&known(found("a"), found("agent's")), found("agent's")), "it is so already");
}

#[test]
fn what_did_not_reach_one_number_says_nothing_of_another() {
    let suspect = SaidOfContacts { phone_confirmed: true, mobile_suspect: true, email_suspect: true };
    let contact = |text: Option<&str>| {
        let sealed = text.and_then(found);
        Contact { given: sealed.clone(), held: sealed }
    };
    let said = |held: [Option<&str>; 3], given: [Option<&str>; 3]| {
        let known = KnownParticipant { contacts: held.map(contact), said: suspect, ..known(None, None) };
        match listed().decide(Some(&known), &None, &given.map(|text| text.and_then(found))) {
            Ok(Decision::Update(change)) => {
                let SaidOfContacts { phone_confirmed, mobile_suspect, email_suspect } = change.said;
                [phone_confirmed, mobile_suspect, email_suspect]
            }
            other => panic!("{other:?}"),
        }
    };
    let [p, m, e] = [Some("p"), Some("m"), Some("e")];
    assert_eq!(said([p, m, e], [p, Some("other"), e]), [true, false, true]);
    assert_eq!(said([p, m, e], [Some("other"), m, e]), [false, true, true], "messages go to the mobile");
    assert_eq!(said([p, None, e], [Some("other"), None, e]), [false, false, true], "they went to the phone");
    assert_eq!(said([p, m, e], [p, None, e]), [true, false, true], "they go to the phone now");
    assert_eq!(said([p, m, e], [p, m, Some("other")]), [true, true, false]);
}

#[test]
fn what_only_the_authority_changes_is_as_the_list_says() {
    let known = known(found("a"), found("a"));
    let changed = [
        KnownParticipant { full_name: "Trần Thị Hoa".to_owned(), ..known.clone() },
        KnownParticipant { household: String::new(), ..known.clone() },
        KnownParticipant { agency: OrganizationId::from_uuid(Uuid::from_u128(8)), ..known.clone() },
        KnownParticipant { citizen_id: found("id"), ..known.clone() },
        KnownParticipant { periods: Vec::new(), ..known.clone() },
    ];
    for known in changed {
        assert!(
            matches!(decided(&known, found("a")), Decision::Update(change) if change.replaced == [false; 3])
        );
    }
}
