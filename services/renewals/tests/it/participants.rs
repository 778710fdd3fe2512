//! Lists of participants, over gRPC: who sees whom, every filter and every order, page by page.

use careway_contract::renewals::v1::{
    list_participants_request::{Contact, Order},
    participant::{Result as ContactResult, SmsContact},
    *,
};
use careway_kernel::ParticipantId;
use careway_service::{Error, Kind};
use careway_testing::{Person, refusal};

use crate::test_people::{Made, TestPeople, made};

impl TestPeople {
    pub(crate) async fn list(
        &self,
        by: &Person,
        request: ListParticipantsRequest,
    ) -> Result<ListParticipantsResponse, Error> {
        Ok(self.participants().list_participants(self.by(by, request)).await?.into_inner())
    }

    /// The BHXH numbers of a list's pages of two, and the total that each page tells.
    async fn numbers(&self, by: &Person, request: ListParticipantsRequest) -> Vec<String> {
        let (mut all, mut totals, mut page_token) = (Vec::new(), Vec::new(), String::new());
        loop {
            let request = ListParticipantsRequest { page_size: 2, page_token, ..request.clone() };
            let page = self.list(by, request).await.unwrap();
            all.extend(page.participants.into_iter().map(|it| it.bhxh_number));
            totals.push(page.total);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                let count = i32::try_from(all.len()).unwrap();
                assert!(totals.iter().all(|total| *total == count), "{totals:?} of {count}");
                return all;
            }
        }
    }

    pub(crate) async fn read(&self, by: &Person, id: ParticipantId) -> Result<Participant, Error> {
        let request = GetParticipantRequest { participant_id: id.to_string() };
        let answer = self.participants().get_participant(self.by(by, request)).await?;
        Ok(answer.into_inner().participant.unwrap())
    }
}

fn with(change: impl FnOnce(&mut ListParticipantsRequest)) -> ListParticipantsRequest {
    let mut request = ListParticipantsRequest::default();
    change(&mut request);
    request
}

fn q(text: &str) -> ListParticipantsRequest {
    ListParticipantsRequest { q: text.to_owned(), ..Default::default() }
}

/// Numbers 1 to 5 of the first agency, 6 of the second, 1 of the other authority's.
async fn five(people: &TestPeople) -> Vec<ParticipantId> {
    let rows = [
        ("0000000001", "Nguyễn Văn Ánh", "HGD-2", "2026-12-31"),
        ("0000000002", "Đặng Thị An", "HGD-1", "2026-12-12"),
        ("0000000003", "Dương Văn Ân", "HGD-1", "2026-11-30"),
        ("0000000004", "Trần Thị Hoà", "", "2026-12-12"),
        ("1000000005", "Lê Hoàng", "", "2027-05-01"),
    ];
    let mut ids = Vec::new();
    for (number, name, household, last_day) in rows {
        ids.push(people.person(Made { name, number, household, last_day }).await);
    }
    people.participant(&people.authority, &people.second_agency, made("0000000006")).await;
    people.participant(&people.other_authority, &people.other_agency, made("0000000001")).await;
    ids
}

#[tokio::test]
async fn each_sees_its_own_and_nothing_of_others_is_counted() {
    let people = TestPeople::start().await;
    let ids = five(&people).await;
    let of = async |by: &Person, request| people.numbers(by, request).await.len();
    assert_eq!(of(&people.agency, Default::default()).await, 5);
    assert_eq!(of(&people.second_agency, Default::default()).await, 1);
    assert_eq!(of(&people.authority, Default::default()).await, 6);
    assert_eq!(of(&people.other_authority, Default::default()).await, 1);
    let second = with(|it| it.agency_id = people.second_agency.organization.to_string());
    assert_eq!(of(&people.authority, second.clone()).await, 1);
    assert_eq!(of(&people.agency, second).await, 0, "another's is none");

    let own = people.read(&people.agency, ids[0]).await.unwrap();
    assert_eq!(own, people.read(&people.authority, ids[0]).await.unwrap());
    assert_eq!((own.card_periods.len(), own.agency_code.as_str()), (1, "BI0902I"));
    assert_eq!((own.card_periods[0].to.as_str(), own.last_day.as_str()), ("2026-12-31", "2026-12-31"));
    assert_eq!((own.result(), own.sms_contact()), (ContactResult::NotContacted, SmsContact::None));
    for by in [&people.second_agency, &people.other_authority, &people.other_agency] {
        assert_eq!(refusal(people.read(by, ids[0]).await).kind(), Kind::NotFound);
    }
    let facility = Person { kind: careway_service::OrganizationKind::Facility, ..people.agency.clone() };
    assert_eq!(refusal(people.list(&facility, q("")).await).reason(), "WRONG_ORGANIZATION_KIND");
}

#[tokio::test]
async fn every_order_goes_over_pages() {
    let people = TestPeople::start().await;
    five(&people).await;
    let by = async |order: Order| {
        let numbers = people.numbers(&people.agency, with(|it| it.order = order.into())).await;
        numbers.iter().map(|number| number[9..].to_owned()).collect::<String>()
    };
    // An, Ánh, Ân, Hoà, Hoàng; Dương before Đặng before Lê.
    assert_eq!(by(Order::GivenName).await, "21345");
    assert_eq!(by(Order::FamilyName).await, "32514");
    assert_eq!(by(Order::LastDay).await, "32415");
    assert_eq!(by(Order::Unspecified).await, "32415");
    assert_eq!(by(Order::Household).await, "45231");
}

#[tokio::test]
async fn every_filter_lets_through_what_it_says() {
    let people = TestPeople::start().await;
    five(&people).await;
    let found = async |request| {
        let mut numbers = people.numbers(&people.agency, request).await;
        numbers.sort();
        numbers.iter().map(|number| number[9..].to_owned()).collect::<String>()
    };
    for (typed, expected) in [
        ("hoa", "45"),
        ("HOÀ trần", "4"),
        ("oa", ""),
        ("000", "1234"),
        ("0000 000 003", "3"),
        ("1", "5"),
        ("%", ""),
    ] {
        assert_eq!(found(q(typed)).await, expected, "{typed}");
    }
    assert_eq!(found(with(|it| it.household = "HGD-1".to_owned())).await, "23");
    assert_eq!(found(with(|it| it.last_day_from = "2026-12-12".to_owned())).await, "1245");
    assert_eq!(found(with(|it| it.last_day_to = "2026-12-12".to_owned())).await, "234");
    let day = |it: &mut ListParticipantsRequest| {
        it.last_day_from = "2026-12-12".to_owned();
        it.last_day_to = "2026-12-12".to_owned();
    };
    assert_eq!(found(with(day)).await, "24");
    assert_eq!(found(with(|it| it.result = ContactResult::NotContacted.into())).await, "12345");
    assert_eq!(found(with(|it| it.result = ContactResult::Promised.into())).await, "");
    assert_eq!(found(with(|it| it.contact = Contact::None.into())).await, "12345");

    let wrong = with(|it| {
        it.agency_id = "x".to_owned();
        it.last_day_from = "2026-13-01".to_owned();
        it.q = "a\nb".to_owned();
        it.page_size = -1;
    });
    let wrong = refusal(people.list(&people.agency, wrong).await);
    let fields: Vec<_> = wrong.violations().iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["pageSize", "q", "agencyId", "lastDayFrom"]);
    let reversed = with(|it| {
        it.last_day_from = "2026-12-12".to_owned();
        it.last_day_to = "2026-12-11".to_owned();
    });
    assert_eq!(refusal(people.list(&people.agency, reversed).await).violations()[0].0, "lastDayTo");
}

#[tokio::test]
async fn people_are_found_by_code_and_by_number_whole() {
    let people = TestPeople::start().await;
    let hoa = people.person(made("7936491863")).await;
    people.person(made("7936491864")).await;
    sqlx::query("update participant set card_code = 'GD4797936491863' where participant_id = $1")
        .bind(hoa.uuid())
        .execute(&people.admin)
        .await
        .unwrap();
    let contacts = UpdateParticipantRequest {
        phone: "0383841234".to_owned(),
        mobile: "0912345678".to_owned(),
        email: "Hoa.Tran@example.com".to_owned(),
        ..Default::default()
    };
    people.change(hoa, 1, &["phone", "mobile", "email"], contacts).await.unwrap();
    for typed in ["gd4797936491863", "0912 345 678", "+84383841234", "hoa.tran@EXAMPLE.com", "7936491863"] {
        let page = people.list(&people.agency, q(typed)).await.unwrap();
        let found: Vec<_> = page.participants.iter().map(|it| it.participant_id.as_str()).collect();
        assert_eq!(found, [hoa.to_string()], "{typed}");
    }
    for typed in ["0912345679", "gd4797936491864", "912345678901", "hoa@example.com"] {
        assert_eq!(people.list(&people.agency, q(typed)).await.unwrap().total, 0, "{typed}");
        assert_eq!(people.list(&people.second_agency, q("0912345678")).await.unwrap().total, 0);
    }
}

#[tokio::test]
async fn a_page_after_somebody_who_went_elsewhere_is_refused() {
    let people = TestPeople::start().await;
    five(&people).await;
    let request = ListParticipantsRequest { page_size: 2, ..Default::default() };
    let first = people.list(&people.agency, request.clone()).await.unwrap();
    let next = ListParticipantsRequest { page_token: first.next_page_token, ..request };
    let elsewhere = people.second_agency.organization.uuid();
    sqlx::query("update participant set agency_id = $1 where bhxh_number = '0000000002' and agency_id = $2")
        .bind(elsewhere)
        .bind(people.agency.organization.uuid())
        .execute(&people.admin)
        .await
        .unwrap();
    let refused = refusal(people.list(&people.agency, next.clone()).await);
    assert_eq!(refused.violations()[0].0, "pageToken");
    let of_another = refusal(people.list(&people.second_agency, next).await);
    assert_eq!(of_another.violations()[0].0, "pageToken");
}

#[tokio::test]
async fn an_authority_that_insures_people_itself_sees_who_they_are_among_its_members() {
    let people = TestPeople::start().await;
    let hoa = people.person(made("7936491863")).await;
    let member = careway_kernel::MemberId::new(&people.clock);
    for payer in [&people.authority, &people.other_authority] {
        sqlx::query(
            "insert into member_ref (member_id, payer_id, member_number, version) values ($1, $2, '7936491863', 1)",
        )
        .bind(if payer.organization == people.authority.organization { member } else { careway_kernel::MemberId::new(&people.clock) }.uuid())
        .bind(payer.organization.uuid())
        .execute(&people.admin)
        .await
        .unwrap();
    }
    assert_eq!(people.read(&people.authority, hoa).await.unwrap().member_id, member.to_string());
    assert_eq!(people.read(&people.agency, hoa).await.unwrap().member_id, "", "an agency has no use for it");
}
