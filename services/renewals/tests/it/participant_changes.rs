//! What an agent changes of a participant, over gRPC: contacts, result and note, remembered; and nothing of the authority's.

use careway_contract::renewals::v1::{
    list_participants_request::Contact,
    participant::{PhoneKind, Result as ContactResult, SmsContact},
    *,
};
use careway_kernel::ParticipantId;
use careway_service::{Error, Kind};
use careway_testing::{Person, refusal};
use prost_types::FieldMask;

use crate::test_people::{TestPeople, made};

impl TestPeople {
    /// The agency's agent changes these fields of this version.
    pub(crate) async fn change(
        &self,
        id: ParticipantId,
        version: i32,
        fields: &[&str],
        wanted: UpdateParticipantRequest,
    ) -> Result<Participant, Error> {
        self.change_by(&self.agency, id, version, fields, wanted).await
    }

    async fn change_by(
        &self,
        by: &Person,
        id: ParticipantId,
        version: i32,
        fields: &[&str],
        wanted: UpdateParticipantRequest,
    ) -> Result<Participant, Error> {
        let paths = fields.iter().map(ToString::to_string).collect();
        let (participant_id, update_mask) = (id.to_string(), Some(FieldMask { paths }));
        let request = UpdateParticipantRequest { participant_id, update_mask, ..wanted };
        let answer = self.participants().update_participant(self.versioned(by, version, request)).await?;
        Ok(answer.into_inner().participant.unwrap())
    }

    async fn changes(&self, by: &Person, id: ParticipantId) -> Result<Vec<ParticipantChange>, Error> {
        let (mut all, mut page_token) = (Vec::new(), String::new());
        loop {
            let participant_id = id.to_string();
            let request = ListParticipantChangesRequest { participant_id, page_size: 3, page_token };
            let page = self.participants().list_participant_changes(self.by(by, request)).await?.into_inner();
            all.extend(page.changes);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(all);
            }
        }
    }
}

fn wanted() -> UpdateParticipantRequest {
    UpdateParticipantRequest {
        phone: "028 3812 3456".to_owned(),
        mobile: "0912 345 678".to_owned(),
        email: "Hoa@Example.com".to_owned(),
        result: ContactResult::Promised.into(),
        note: " Ring after six ".to_owned(),
        ..Default::default()
    }
}

#[tokio::test]
async fn an_agents_changes_are_remembered_with_what_it_was_before() {
    let people = TestPeople::start().await;
    let hoa = people.person(made("7936491863")).await;
    let all = ["phone", "mobile", "email", "result", "note"];
    let first = people.change(hoa, 1, &all, wanted()).await.unwrap();
    assert_eq!(
        [&first.phone, &first.mobile, &first.email, &first.note],
        ["+842838123456", "+84912345678", "hoa@example.com", "Ring after six"]
    );
    assert_eq!((first.phone_kind(), first.sms_contact()), (PhoneKind::LandlineNumber, SmsContact::Mobile));
    assert_eq!((first.result(), first.version, first.contact_differs), (ContactResult::Promised, 2, true));
    assert_eq!(people.said("ContactChanged").await, 1);

    // The same again changes nothing; and only what the mask names.
    assert_eq!(people.change(hoa, 2, &all, wanted()).await.unwrap().version, 2);
    let gone = people.change(hoa, 2, &["mobile"], UpdateParticipantRequest::default()).await.unwrap();
    assert_eq!(
        (gone.mobile.as_str(), gone.email.as_str(), gone.sms_contact()),
        ("", "hoa@example.com", SmsContact::Landline)
    );
    let result = UpdateParticipantRequest { result: ContactResult::Refused.into(), ..wanted() };
    let result = people.change(hoa, 3, &["result"], result).await.unwrap();
    assert_eq!(people.said("ContactChanged").await, 2, "a result is no contact");
    assert_eq!(people.read(&people.authority, hoa).await.unwrap().version, result.version);

    let changes = people.changes(&people.agency, hoa).await.unwrap();
    let shown: Vec<_> =
        changes.iter().map(|it| (it.field.as_str(), it.before.as_str(), it.after.as_str())).collect();
    assert_eq!(
        shown[..2],
        [("result", "PROMISED", "REFUSED"), ("mobile", "+84912345678", "")],
        "the latest first"
    );
    assert_eq!(shown.len(), 7);
    assert!(
        shown.contains(&("phone", "", "+842838123456"))
            && shown.contains(&("result", "NOT_CONTACTED", "PROMISED"))
    );
    assert!(changes.iter().all(|it| it.changed_by == format!("account:{}", people.agency.account)));
    assert_eq!(people.changes(&people.authority, hoa).await.unwrap().len(), 7);
    for by in [&people.second_agency, &people.other_authority] {
        assert_eq!(refusal(people.changes(by, hoa).await).kind(), Kind::NotFound);
        assert_eq!(
            refusal(people.change_by(by, hoa, 4, &["note"], wanted()).await).kind(),
            if by.kind == people.agency.kind { Kind::NotFound } else { Kind::Forbidden }
        );
    }
    // Nothing of it is kept readable.
    let kept: String = sqlx::query_scalar(
        "select string_agg(p::text, ' ') || string_agg(c::text, ' ') from participant p join contact_change c using (participant_id)",
    )
    .fetch_one(&people.admin)
    .await
    .unwrap();
    assert!(!kept.contains("912345678") && !kept.contains("Ring") && !kept.contains("example.com"));
}

#[tokio::test]
async fn a_change_is_of_one_version_and_of_an_agents_fields() {
    let people = TestPeople::start().await;
    let hoa = people.person(made("7936491863")).await;
    assert_eq!(refusal(people.change(hoa, 2, &["note"], wanted()).await).kind(), Kind::Stale);
    let mut unversioned =
        people.by(&people.agency, UpdateParticipantRequest { participant_id: hoa.to_string(), ..wanted() });
    unversioned.metadata_mut().remove("idempotency-key");
    let refused = refusal(people.participants().update_participant(unversioned).await);
    assert_eq!(refused.reason(), "PRECONDITION_REQUIRED");
    for (fields, named) in [
        (&["mobile", "fullName"][..], Some("fullName")),
        (&["birth", "note"], Some("birth")),
        (&["a b"], None),
    ] {
        let refused = refusal(people.change(hoa, 1, fields, wanted()).await);
        assert_eq!((refused.reason(), refused.kind()), ("AUTHORITY_FIELD", Kind::Forbidden));
        assert_eq!(refused.fact("field"), named);
    }
    assert_eq!(refusal(people.change(hoa, 1, &[], wanted()).await).violations()[0].0, "updateMask");
    let refused = refusal(people.change_by(&people.authority, hoa, 1, &["note"], wanted()).await);
    assert_eq!(refused.reason(), "WRONG_ORGANIZATION_KIND");

    let wrong = UpdateParticipantRequest {
        phone: "12".to_owned(),
        mobile: "028 3812 3456".to_owned(),
        email: "hoa".to_owned(),
        note: "x".repeat(1001),
        ..Default::default()
    };
    let refused =
        refusal(people.change(hoa, 1, &["phone", "mobile", "email", "result", "note"], wrong).await);
    let fields: Vec<_> = refused.violations().iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["phone", "mobile", "email", "result", "note"]);
    assert_eq!(people.read(&people.agency, hoa).await.unwrap().version, 1);
}

#[tokio::test]
async fn a_phone_that_looks_like_an_old_landline_gets_sms_once_an_agent_confirms_it() {
    let people = TestPeople::start().await;
    let hoa = people.person(made("7936491863")).await;
    let old = UpdateParticipantRequest { phone: "0383841234".to_owned(), ..Default::default() };
    let suspect = people.change(hoa, 1, &["phone"], old).await.unwrap();
    assert_eq!((suspect.phone_kind(), suspect.sms_contact()), (PhoneKind::OldLandline, SmsContact::Suspect));
    let with = async |contact: Contact| {
        let request = ListParticipantsRequest { contact: contact.into(), ..Default::default() };
        people.list(&people.agency, request).await.unwrap().total
    };
    assert_eq!(
        [with(Contact::Suspect).await, with(Contact::Landline).await, with(Contact::None).await],
        [1, 0, 0]
    );
    let confirm = UpdateParticipantRequest { phone_confirmed: true, ..Default::default() };
    let confirmed = people.change(hoa, 2, &["phone_confirmed"], confirm.clone()).await.unwrap();
    assert_eq!((confirmed.sms_contact(), confirmed.phone_confirmed), (SmsContact::Phone, true));
    let landline = UpdateParticipantRequest { phone: "028 3812 3456".to_owned(), ..Default::default() };
    let landline = people.change(hoa, 3, &["phone"], landline).await.unwrap();
    assert_eq!((landline.sms_contact(), landline.phone_confirmed), (SmsContact::Landline, false));
    assert_eq!([with(Contact::Suspect).await, with(Contact::Landline).await], [0, 1]);
    let refused = refusal(people.change(hoa, 4, &["phone_confirmed"], confirm).await);
    assert_eq!(refused.violations()[0].0, "phoneConfirmed");
    let changes = people.changes(&people.agency, hoa).await.unwrap();
    assert!(changes.iter().any(|it| (it.field.as_str(), it.after.as_str()) == ("phoneConfirmed", "true")));
}

#[tokio::test]
async fn what_was_suspect_is_not_once_it_is_another() {
    let people = TestPeople::start().await;
    let hoa = people.person(made("7936491863")).await;
    people.change(hoa, 1, &["mobile", "email"], wanted()).await.unwrap();
    sqlx::query("update participant set mobile_suspect = true, email_suspect = true")
        .execute(&people.admin)
        .await
        .unwrap();
    let suspect = people.read(&people.agency, hoa).await.unwrap();
    assert_eq!((suspect.sms_contact(), suspect.email_suspect), (SmsContact::Suspect, true));
    let mobile = UpdateParticipantRequest { mobile: "0987654321".to_owned(), ..Default::default() };
    let after = people.change(hoa, 2, &["mobile"], mobile).await.unwrap();
    assert_eq!((after.sms_contact(), after.email_suspect), (SmsContact::Mobile, true));
}

#[tokio::test]
async fn the_authority_sees_where_a_contact_is_not_what_it_gave() {
    let people = TestPeople::start().await;
    let hoa = people.person(made("7936491863")).await;
    people.person(made("7936491864")).await;
    people.change(hoa, 1, &["mobile"], wanted()).await.unwrap();
    let differs = ListParticipantsRequest { contact: Contact::Differs.into(), ..Default::default() };
    let page = people.list(&people.authority, differs.clone()).await.unwrap();
    assert_eq!((page.total, page.participants[0].participant_id.as_str()), (1, hoa.to_string().as_str()));
    // The authority's next list gives the very same.
    sqlx::query("update participant set given_mobile_index = mobile_index")
        .execute(&people.admin)
        .await
        .unwrap();
    assert_eq!(people.list(&people.authority, differs).await.unwrap().total, 0);
}

#[tokio::test]
async fn of_two_who_change_the_same_version_one_does() {
    let people = TestPeople::start().await;
    let hoa = people.person(made("7936491863")).await;
    let notes = ["a", "b", "c", "d"]
        .map(|note| UpdateParticipantRequest { note: note.to_owned(), ..Default::default() });
    let all = futures::future::join_all(notes.map(|wanted| people.change(hoa, 1, &["note"], wanted))).await;
    assert_eq!(all.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(all.into_iter().filter_map(Result::err).all(|error| error.kind() == Kind::Stale));
    assert_eq!(people.changes(&people.agency, hoa).await.unwrap().len(), 1);
}
