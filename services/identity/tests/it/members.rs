//! Members: registered, found, changed, and seen by nobody else.

use std::collections::BTreeSet;

use careway_contract::{
    identity::v1::{match_members_request::Identifiers, *},
    visits::v1::{MemberDataAccessed, member_data_accessed::Access},
};
use careway_events::{Fact, record};
use careway_kernel::{Clock, MemberId};
use careway_service::{Kind, OrganizationKind};
use careway_testing::{Person, eventually, key, refusal};
use prost_types::FieldMask;
use tonic::metadata::MetadataValue;

use crate::test_members::{TestMembers, new_member};

const NIN: &str = "1199070012345601";

async fn get(service: &TestMembers, by: &Person, id: &str) -> Result<Member, careway_service::Error> {
    let request = GetMemberRequest { member_id: id.to_owned() };
    Ok(service.members().get_member(service.by(by, &key(), request)).await?.into_inner().member.unwrap())
}

async fn update(
    service: &TestMembers,
    version: i32,
    paths: &[&str],
    request: UpdateMemberRequest,
) -> Result<UpdateMemberResponse, careway_service::Error> {
    let paths = paths.iter().map(|&path| path.to_owned()).collect();
    let request = UpdateMemberRequest { update_mask: Some(FieldMask { paths }), ..request };
    let mut request = service.by(&service.payer, &key(), request);
    request.metadata_mut().insert("if-match", MetadataValue::from(version));
    Ok(service.members().update_member(request).await?.into_inner())
}

async fn search(service: &TestMembers, by: &Person, q: &str) -> Vec<String> {
    let request = ListMembersRequest { q: q.to_owned(), ..Default::default() };
    let found = service.members().list_members(service.by(by, &key(), request)).await.unwrap().into_inner();
    found.members.into_iter().map(|member| member.member_number).collect()
}

#[tokio::test]
async fn a_member_is_registered_once_per_key_and_sealed_at_rest() {
    let service = TestMembers::run().await;
    let request = CreateMemberRequest {
        national_ids: vec![NationalIdInput {
            number: "1 1990 7 0012345 6 01".to_owned(),
            ..Default::default()
        }],
        phone: "0252 570 000".to_owned(),
        mobile: "0788 123 456".to_owned(),
        email: "Aline@Example.org".to_owned(),
        ..new_member("rssb-1")
    };
    let again = key();
    let create = |key: String, request: CreateMemberRequest| {
        let request = service.by(&service.payer, &key, request);
        let mut members = service.members();
        async move { members.create_member(request).await.map(tonic::Response::into_inner) }
    };
    let created = create(again.clone(), request.clone()).await.unwrap();
    assert_eq!(create(again, request.clone()).await.unwrap(), created);
    assert_eq!(refusal(create(key(), request).await).reason(), "MEMBER_NUMBER_TAKEN");
    assert_eq!(service.said("MemberRegistered").await, 1);

    let member = created.member.unwrap();
    assert_eq!((member.member_number.as_str(), member.mobile.as_str()), ("RSSB-1", "+250788123456"));
    assert_eq!((member.language.as_str(), member.family_id.as_str()), ("rw", member.member_id.as_str()));
    assert_eq!(get(&service, &service.payer, &member.member_id).await.unwrap(), member);

    let rows: String = sqlx::query_scalar("select (select string_agg(m::text, '') from member m) || (select string_agg(n::text, '') from member_national_id n) || (select string_agg(encode(payload, 'escape'), '') from outbox)")
        .fetch_one(&service.admin)
        .await
        .unwrap();
    for secret in ["788123456", "252570000", NIN, "example.org", &hex::encode(NIN), &hex::encode("788123456")]
    {
        assert!(!rows.contains(secret), "{secret} can be read");
    }
}

#[tokio::test]
async fn every_fault_is_told_at_once_and_oddities_are_warnings() {
    let service = TestMembers::run().await;
    let wrong = CreateMemberRequest {
        birth_date: "2999-01-01".to_owned(),
        mobile: "0252570000".to_owned(),
        national_ids: vec![NationalIdInput { number: "12".to_owned(), ..Default::default() }],
        given_names: String::new(),
        family_name: String::new(),
        ..new_member("x")
    };
    let status =
        service.members().create_member(service.by(&service.payer, &key(), wrong)).await.unwrap_err();
    let details = tonic_types::StatusExt::get_error_details(&status);
    let fields: Vec<_> =
        details.bad_request().unwrap().field_violations.iter().map(|it| it.field.as_str()).collect();
    let expected =
        ["memberNumber", "birthDate", "mobile", "nationalIds[0].number", "givenNames", "familyName"];
    assert_eq!(fields.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from(expected));

    let odd = CreateMemberRequest {
        national_ids: vec![NationalIdInput { number: "1198580012345601".to_owned(), ..Default::default() }],
        ..new_member("RSSB-1")
    };
    let created =
        service.members().create_member(service.by(&service.payer, &key(), odd)).await.unwrap().into_inner();
    assert_eq!(created.warnings.len(), 2, "another year and another sex");
    let same_card = CreateMemberRequest { member_number: "RSSB-2".to_owned(), ..new_member("RSSB-2") };
    let same_card = CreateMemberRequest {
        national_ids: vec![NationalIdInput { number: "1198580012345601".to_owned(), ..Default::default() }],
        ..same_card
    };
    let taken = service.members().create_member(service.by(&service.payer, &key(), same_card)).await;
    assert_eq!(refusal(taken).reason(), "NATIONAL_ID_TAKEN");
}

#[tokio::test]
async fn a_change_is_versioned_and_a_contact_remembered() {
    let service = TestMembers::run().await;
    let uwase = service.register("RSSB-1", NIN, "0788123456").await;
    let id = uwase.member_id;
    let new_phone =
        UpdateMemberRequest { member_id: id.clone(), mobile: "0788999999".to_owned(), ..Default::default() };
    let changed = update(&service, 1, &["mobile"], new_phone.clone()).await.unwrap().member.unwrap();
    assert_eq!(
        (changed.version, changed.mobile.as_str(), changed.given_names.as_str()),
        (2, "+250788999999", "Aline")
    );
    assert_eq!(refusal(update(&service, 1, &["mobile"], new_phone.clone()).await).kind(), Kind::Stale);
    assert_eq!(
        update(&service, 2, &["mobile"], new_phone).await.unwrap().member.unwrap().version,
        2,
        "nothing changed"
    );
    assert_eq!((service.said("MemberContactChanged").await, service.said("MemberChanged").await), (1, 0));
    let new_number = UpdateMemberRequest {
        member_id: id.clone(),
        member_number: "RSSB-9".to_owned(),
        ..Default::default()
    };
    update(&service, 2, &["member_number"], new_number).await.unwrap();
    assert_eq!((service.said("MemberContactChanged").await, service.said("MemberChanged").await), (1, 1));

    let request = ListContactChangesRequest { member_id: id.clone(), ..Default::default() };
    let changes = service
        .members()
        .list_contact_changes(service.by(&service.payer, &key(), request))
        .await
        .unwrap()
        .into_inner();
    let [change] = &changes.changes[..] else { panic!("one change") };
    assert_eq!((change.old_value.as_str(), change.new_value.as_str()), ("+250788123456", "+250788999999"));
    assert_eq!(change.changed_by, format!("account:{}", service.payer.account));

    for (paths, field) in
        [(vec![], "updateMask"), (vec!["version"], "updateMask"), (vec!["birth_date"], "birthDate")]
    {
        let request = UpdateMemberRequest { member_id: id.clone(), ..Default::default() };
        let refused = refusal(update(&service, 3, &paths, request).await);
        assert_eq!(refused.kind(), Kind::Invalid, "{field}");
    }
}

#[tokio::test]
async fn a_replaced_cards_number_still_finds_the_person() {
    let service = TestMembers::run().await;
    let uwase = service.register("RSSB-1", NIN, "0788123456").await;
    let request = UpdateMemberRequest {
        member_id: uwase.member_id.clone(),
        national_ids: vec![NationalIdInput { number: "1199070012345612".to_owned(), ..Default::default() }],
        ..Default::default()
    };
    let changed = update(&service, 1, &["national_ids"], request).await.unwrap().member.unwrap();
    let ended: Vec<_> =
        changed.national_ids.iter().map(|id| (id.number.as_str(), id.valid_to.is_empty())).collect();
    assert_eq!(ended, [(NIN, false), ("1199070012345612", true)]);
    for number in [NIN, "1199070012345612"] {
        let asked = ResolveMemberRequest { member: Some(service.by_national_id(number)) };
        let found =
            service.challenges().resolve_member(service.foundation.identity.request(asked)).await.unwrap();
        assert_eq!(found.into_inner().member.unwrap().member_id, uwase.member_id, "{number}");
    }
}

#[tokio::test]
async fn a_birth_that_is_later_than_before_is_a_warning() {
    let service = TestMembers::run().await;
    let uwase = service.register("RSSB-1", NIN, "0788123456").await;
    let born = |birth_date: &str| UpdateMemberRequest {
        member_id: uwase.member_id.clone(),
        birth_date: birth_date.to_owned(),
        ..Default::default()
    };
    let later = update(&service, 1, &["birth_date"], born("2020-01-01")).await.unwrap();
    assert_eq!(later.warnings.iter().map(|it| it.field.as_str()).collect::<Vec<_>>(), ["birthDate"]);
    let earlier = update(&service, 2, &["birth_date"], born("1990-01-01")).await.unwrap();
    assert!(earlier.warnings.is_empty());
}

#[tokio::test]
async fn a_family_has_one_level() {
    let service = TestMembers::run().await;
    let uwase = service.register("RSSB-1", NIN, "0788123456").await;
    let other = service.register("RSSB-9", "", "0788123459").await;
    let create = |number: &str, principal: &str| {
        let request = CreateMemberRequest { principal_member_id: principal.to_owned(), ..new_member(number) };
        let (mut members, request) = (service.members(), service.by(&service.payer, &key(), request));
        async move { members.create_member(request).await.map(|created| created.into_inner().member.unwrap()) }
    };
    let child = create("RSSB-2", &uwase.member_id).await.unwrap();
    assert_eq!((&child.family_id, &child.principal_member_id), (&uwase.member_id, &uwase.member_id));
    assert_eq!(refusal(create("RSSB-3", &child.member_id).await).reason(), "PRINCIPAL_NOT_ELIGIBLE");
    let stranger = MemberId::new(&service.clock).to_string();
    assert_eq!(refusal(create("RSSB-3", &stranger).await).reason(), "PRINCIPAL_NOT_ELIGIBLE");
    let request = UpdateMemberRequest {
        member_id: uwase.member_id.clone(),
        principal_member_id: other.member_id,
        ..Default::default()
    };
    let changed = update(&service, 1, &["principal_member_id"], request).await;
    assert_eq!(refusal(changed).reason(), "PRINCIPAL_NOT_ELIGIBLE", "she has a dependant");

    let request = ListDependantsRequest { member_id: uwase.member_id.clone(), ..Default::default() };
    let dependants = service
        .members()
        .list_dependants(service.by(&service.payer, &key(), request))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(dependants.members[0].member_id, child.member_id);

    let contact = GetMemberContactRequest { member_id: child.member_id };
    let contact =
        service.members().get_member_contact(service.foundation.identity.request(contact)).await.unwrap();
    assert_eq!(contact.into_inner().contact.unwrap().sms_number, "+250788123456", "the principal's");
}

#[tokio::test]
async fn names_and_numbers_are_searched_and_paged() {
    let service = TestMembers::run().await;
    for (number, family_name, given_names) in [
        ("VN-1", "Đặng", "Văn Ơn"),
        ("VN-2", "Dang", "Thị Hoa"),
        ("VN-3", "Nguyễn", "Văn An"),
        ("VN-4", "Trần", "Dân"),
    ] {
        let request = CreateMemberRequest {
            family_name: family_name.to_owned(),
            given_names: given_names.to_owned(),
            ..new_member(number)
        };
        service.members().create_member(service.by(&service.payer, &key(), request)).await.unwrap();
    }
    assert_eq!(search(&service, &service.payer, "dang").await, ["VN-2", "VN-1"]);
    assert_eq!(search(&service, &service.payer, "VAN DA").await, ["VN-1"]);
    assert_eq!(search(&service, &service.payer, "da").await, ["VN-2", "VN-1", "VN-4"]);
    assert_eq!(search(&service, &service.payer, "vn-3").await, ["VN-3"]);
    assert_eq!(search(&service, &service.payer, "ang").await, Vec::<String>::new());

    let (mut found, mut page_token) = (Vec::new(), String::new());
    loop {
        let request =
            ListMembersRequest { page_size: 3, page_token: page_token.clone(), ..Default::default() };
        let page = service
            .members()
            .list_members(service.by(&service.payer, &key(), request))
            .await
            .unwrap()
            .into_inner();
        found.extend(page.members.into_iter().map(|member| member.member_number));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(found, ["VN-2", "VN-1", "VN-3", "VN-4"]);
}

#[tokio::test]
async fn today_is_the_payers_own_by_its_time_zone() {
    // At six in UTC, so that no day ends anywhere here while this runs.
    let six = Clock::system().today(chrono_tz::UTC).and_hms_opt(6, 0, 0).unwrap().and_utc();
    let service = TestMembers::run_by(Clock::movable_from(six)).await;
    // On the other side of the earth there is always another day on one of these than in Kigali.
    let kigali = service.clock.today(chrono_tz::Africa::Kigali);
    let zones = [chrono_tz::Pacific::Kiritimati, chrono_tz::Pacific::Pago_Pago];
    let zone = zones.into_iter().find(|zone| service.clock.today(*zone) != kigali).unwrap();
    sqlx::query("update organization set time_zone = $1 where organization_id = $2")
        .bind(zone.name())
        .bind(service.payer.organization.uuid())
        .execute(&service.admin)
        .await
        .unwrap();
    let today = service.clock.today(zone);
    for (number, birth_date, is_taken) in
        [("RSSB-1", today, true), ("RSSB-2", today.succ_opt().unwrap(), false)]
    {
        let request = CreateMemberRequest { birth_date: birth_date.to_string(), ..new_member(number) };
        let made = service.members().create_member(service.by(&service.payer, &key(), request)).await;
        assert_eq!(made.is_ok(), is_taken, "{birth_date}, where it is {today}");
    }
}

#[tokio::test]
async fn a_national_id_is_found_whatever_stands_between_its_digits() {
    let service = TestMembers::run().await;
    let uwase = service.register("RSSB-1", NIN, "0788123456").await;
    for typed in ["1-1990-7-0012345-6-01", "1\u{a0}1990 7 0012345\u{2011}6\u{2011}01"] {
        let request = ResolveMemberRequest { member: Some(service.by_national_id(typed)) };
        let found = service.challenges().resolve_member(service.foundation.identity.request(request)).await;
        assert_eq!(found.unwrap().into_inner().member.unwrap().member_id, uwase.member_id, "{typed}");
        assert_eq!(search(&service, &service.payer, typed).await, ["RSSB-1"], "{typed}");
    }
}

#[tokio::test]
async fn of_two_numbers_that_differ_in_a_hyphen_the_one_that_was_said_is_meant() {
    let service = TestMembers::run().await;
    // Of a country whose format nobody knows, hyphens belong to a number.
    for (member, number) in [("RSSB-1", "AB-1234"), ("RSSB-2", "AB1234")] {
        let national_ids = vec![NationalIdInput { country: "FR".to_owned(), number: number.to_owned() }];
        let request = CreateMemberRequest { national_ids, ..new_member(member) };
        service.members().create_member(service.by(&service.payer, &key(), request)).await.unwrap();
    }
    for (said, meant) in [("AB-1234", "RSSB-1"), ("AB1234", "RSSB-2"), ("ab \u{2011} 1234", "RSSB-1")] {
        let request = ResolveMemberRequest { member: Some(service.by_national_id(said)) };
        let found = service.challenges().resolve_member(service.foundation.identity.request(request)).await;
        assert_eq!(found.unwrap().into_inner().member.unwrap().member_number, meant, "{said}");
        let identifiers = Some(match_members_request::Identifiers::NationalId(said.to_owned()));
        let request = MatchMembersRequest { identifiers };
        let found = service.challenges().match_members(service.foundation.identity.request(request)).await;
        let found = found.unwrap().into_inner().members;
        assert_eq!(found.iter().map(|it| it.member_number.as_str()).collect::<Vec<_>>(), [meant], "{said}");
    }
}

#[tokio::test]
async fn apostrophes_hyphens_and_digits_stand_in_the_way_of_no_search() {
    let service = TestMembers::run().await;
    for (number, given_names, family_name) in [
        ("RSSB-1", "Jean", "N’Diaye"),
        ("RSSB-2", "Anne-Marie", "Mukamana"),
        ("RSSB-3", "Annemarie", "Keza"),
        ("RSSB-4", "Aline", "D´Souza"),
        ("RSSB-5", "Baby 2", "Uwase"),
        ("RSSB-6", "Anne", "Marineau"),
        ("RSSB-7", "Sukarno", ""),
    ] {
        let request = CreateMemberRequest {
            given_names: given_names.to_owned(),
            family_name: family_name.to_owned(),
            ..new_member(number)
        };
        service.members().create_member(service.by(&service.payer, &key(), request)).await.unwrap();
    }
    for (q, expected) in [
        ("N'Diaye", &["RSSB-1"][..]),
        ("ndiaye jean", &["RSSB-1"]),
        ("anne marie", &["RSSB-3", "RSSB-2"]),
        ("anne-marie", &["RSSB-3", "RSSB-2"]),
        ("ANNEMARIE", &["RSSB-3", "RSSB-2"]),
        ("marie", &["RSSB-2"]),
        ("anne marie mukamana", &["RSSB-2"]),
        ("d'souza", &["RSSB-4"]),
        ("baby 2", &["RSSB-5"]),
        ("rssb \u{2011} 4", &["RSSB-4"]),
        ("sukarno", &["RSSB-7"]),
        ("-", &[]),
    ] {
        assert_eq!(search(&service, &service.payer, q).await, expected, "{q}");
    }
}

#[tokio::test]
async fn others_see_no_member() {
    let service = TestMembers::run().await;
    let uwase = service.register("RSSB-1", NIN, "0788123456").await;
    let other = service.other(OrganizationKind::Payer, "Other Health").await;
    for stranger in [&other, &service.facility] {
        assert_eq!(refusal(get(&service, stranger, &uwase.member_id).await).kind(), Kind::NotFound);
        assert!(search(&service, stranger, "uwase").await.is_empty());
        let request = ListMemberAccessesRequest { member_id: uwase.member_id.clone(), ..Default::default() };
        let log = service.members().list_member_accesses(service.by(stranger, &key(), request)).await;
        assert_eq!(refusal(log).kind(), Kind::NotFound);
    }
    let internal = GetMembersRequest { member_ids: vec![uwase.member_id.clone()] };
    let read = service.members().get_members(service.by(&service.payer, &key(), internal)).await;
    assert_eq!(refusal(read).kind(), Kind::Forbidden);

    // The other payer's own member of the same number and national id is another person.
    let request = CreateMemberRequest {
        national_ids: vec![NationalIdInput { number: NIN.to_owned(), ..Default::default() }],
        ..new_member("RSSB-1")
    };
    service.members().create_member(service.by(&other, &key(), request)).await.unwrap();
    let mut asked = service.by_national_id(NIN);
    asked.payer_ids.insert(0, other.organization.to_string());
    let asked = ResolveMemberRequest { member: Some(asked) };
    let found = service
        .challenges()
        .resolve_member(service.foundation.identity.request(asked))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        found.member.unwrap().payer_id,
        other.organization.to_string(),
        "the first payer that knows them"
    );
}

#[tokio::test]
async fn careways_own_services_match_members_by_numbers_of_a_payer_or_by_a_national_id() {
    let service = TestMembers::run().await;
    let other = service.other(OrganizationKind::Payer, "Other Health").await;
    let uwase = service.register("RSSB-1", NIN, "0788123456").await;
    let keza = service.register("RSSB-2", "1199070012345612", "0788123457").await;
    let request = CreateMemberRequest {
        national_ids: vec![NationalIdInput { number: NIN.to_owned(), ..Default::default() }],
        ..new_member("RSSB-1")
    };
    let abroad =
        service.members().create_member(service.by(&other, &key(), request)).await.unwrap().into_inner();
    let matched = async |identifiers: Identifiers| {
        let asked = MatchMembersRequest { identifiers: Some(identifiers) };
        let asked = service.foundation.identity.request(asked);
        let known = service.challenges().match_members(asked).await.unwrap().into_inner().members;
        let mut known: Vec<_> =
            known.into_iter().map(|it| (it.member_number, it.member_id, it.birth_date)).collect();
        known.sort();
        known
    };
    let told =
        |member: &Member| (member.member_number.clone(), member.member_id.clone(), member.birth_date.clone());
    let numbers = |payer: &Person| {
        let numbers = ["RSSB-2", "rssb-1", "RSSB-3"].map(str::to_owned).into();
        Identifiers::MemberNumbers(PayerMemberNumbers { payer_id: payer.organization.to_string(), numbers })
    };
    let abroad = abroad.member.unwrap();
    assert_eq!(matched(numbers(&service.payer)).await, [told(&uwase), told(&keza)]);
    assert_eq!(matched(numbers(&other)).await, [told(&abroad)]);
    let mut everywhere = [told(&uwase), told(&abroad)];
    everywhere.sort();
    assert_eq!(matched(Identifiers::NationalId("1 1990 7 0012345 6 01".to_owned())).await, everywhere);
    assert!(matched(Identifiers::NationalId("nobody's".to_owned())).await.is_empty());

    let asked = MatchMembersRequest { identifiers: Some(numbers(&service.payer)) };
    let refused = service.challenges().match_members(service.by(&service.payer, &key(), asked)).await;
    assert_eq!(refusal(refused).kind(), Kind::Forbidden, "of Careway's own services alone");
}

#[tokio::test]
async fn a_list_is_an_access_to_everybody_it_shows() {
    let service = TestMembers::run().await;
    let uwase = service.register("RSSB-1", NIN, "0788123456").await;
    let child = CreateMemberRequest {
        principal_member_id: uwase.member_id.clone(),
        given_names: "Keza".to_owned(),
        ..new_member("RSSB-1-1")
    };
    service.members().create_member(service.by(&service.payer, &key(), child)).await.unwrap();
    let shown = async |action: &str| {
        let listed =
            "select count(*) from audit_entry where action = 'member.list' and member_id is not null";
        let dependants = "select count(distinct member_id) from audit_entry \
                          where action = 'member.list-dependants' and member_id is not null";
        service.count(if action == "member.list" { listed } else { dependants }).await
    };
    assert_eq!(search(&service, &service.payer, "").await.len(), 2);
    assert_eq!(shown("member.list").await, 2);
    assert!(search(&service, &service.payer, "nobody").await.is_empty());
    let unseen = "select count(*) from audit_entry where action = 'member.list' and member_id is null";
    assert_eq!((shown("member.list").await, service.count(unseen).await), (2, 1));
    let request = ListDependantsRequest { member_id: uwase.member_id.clone(), ..Default::default() };
    service.members().list_dependants(service.by(&service.payer, &key(), request)).await.unwrap();
    assert_eq!(shown("member.list-dependants").await, 2, "the principal and the dependant");
}

#[tokio::test]
async fn the_access_log_tells_who_looked_here_and_elsewhere() {
    let service = TestMembers::run().await;
    let uwase = service.register("RSSB-1", NIN, "0788123456").await;
    get(&service, &service.payer, &uwase.member_id).await.unwrap();
    let (challenge, code) = service.started(&service.by_number("RSSB-1")).await;
    service.verify(&service.facility, &key(), &challenge, &service.by_number("RSSB-1"), &code).await.unwrap();

    let access = |action: &str| Access {
        member_id: uwase.member_id.clone(),
        organization_id: service.facility.organization.to_string(),
        accessor_id: service.facility.account.to_string(),
        action: action.to_owned(),
        visit_id: String::new(),
        at: None,
    };
    // As if the visits service had said it.
    let mut tx = service.service.database.begin_system("tests").await.unwrap();
    record(
        &mut tx,
        Fact::new(MemberDataAccessed { accesses: vec![access("visit.read"), access("benefits.read")] }),
    );
    tx.finish().await.unwrap();
    careway_events::Relay::new(&service.foundation, &service.service.database, "visits").start();

    let log = |page_size, page_token: String| {
        let request = ListMemberAccessesRequest { member_id: uwase.member_id.clone(), page_size, page_token };
        let (mut members, request) = (service.members(), service.by(&service.payer, &key(), request));
        async move { members.list_member_accesses(request).await.unwrap().into_inner() }
    };
    eventually("the event arrives", async || service.count("select count(*) from member_access").await >= 2)
        .await;
    let (mut actions, mut token) = (Vec::new(), String::new());
    loop {
        let page = log(2, token).await;
        actions.extend(page.accesses.into_iter().map(|access| (access.action, access.organization_name)));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let by = |name: &str| {
        actions.iter().filter(|(_, by)| by == name).map(|(action, _)| action.as_str()).collect::<Vec<_>>()
    };
    let mut elsewhere = by("Kigali Clinic");
    elsewhere.sort_unstable();
    assert_eq!(elsewhere, ["benefits.read", "challenge.pass", "challenge.start", "visit.read"]);
    let mut own = by("Umurage Health");
    own.retain(|action| *action != "member.list-accesses");
    assert_eq!(own, ["member.read", "member.create"]);
}
