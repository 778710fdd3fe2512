//! Opt-outs over gRPC: noted, seen by whoever has somebody with the contact, taken back; and by one click.

use careway_contract::{
    google::api::HttpBody,
    renewals::v1::{
        message_template::Channel,
        opt_out::{Source, State},
        *,
    },
};
use careway_kernel::ParticipantId;
use careway_service::Error;
use careway_testing::{Person, refusal};
use tonic::Request;

use crate::{
    test_people::{TestPeople, made},
    test_reminders::SECRET,
};

const MOBILE: &str = "+84912345678";

impl TestPeople {
    pub(crate) async fn opt_out(
        &self,
        by: &Person,
        participant: ParticipantId,
        channel: Channel,
    ) -> Result<OptOut, Error> {
        let request =
            CreateOptOutRequest { participant_id: participant.to_string(), channel: channel.into() };
        Ok(self.opt_outs().create_opt_out(self.by(by, request)).await?.into_inner().opt_out.unwrap())
    }

    pub(crate) async fn listed_opt_outs(&self, by: &Person, request: ListOptOutsRequest) -> Vec<OptOut> {
        self.opt_outs().list_opt_outs(self.by(by, request)).await.unwrap().into_inner().opt_outs
    }

    async fn take_back(&self, by: &Person, id: &str) -> Result<(), Error> {
        let request = DeleteOptOutRequest { opt_out_id: id.to_owned() };
        let mut request = self.by(by, request);
        request.metadata_mut().remove("idempotency-key");
        self.opt_outs().delete_opt_out(request).await?;
        Ok(())
    }

    pub(crate) async fn one_click(&self, token: &str, body: &str) -> Result<bool, Error> {
        let form = HttpBody {
            content_type: "application/x-www-form-urlencoded".to_owned(),
            data: body.to_owned().into(),
            ..Default::default()
        };
        let request = UnsubscribeRequest { token: token.to_owned(), form: Some(form) };
        Ok(self.opt_outs().unsubscribe(Request::new(request)).await?.into_inner().opted_out)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opt_out_is_of_a_contact_and_seen_by_whoever_has_somebody_with_it() {
    let people = TestPeople::start().await;
    let hoa = people.reachable(made("7936491863"), MOBILE).await;
    let noted = people.opt_out(&people.agency, hoa, Channel::Sms).await.unwrap();
    assert_eq!((noted.state(), noted.source()), (State::Active, Source::Agent));
    assert_eq!((noted.purpose.as_str(), noted.participant_id), ("REMINDER", hoa.to_string()));
    // Noted again, it stays as it is.
    let again = people.opt_out(&people.authority, hoa, Channel::Sms).await.unwrap();
    assert_eq!(again.opt_out_id, noted.opt_out_id);
    assert_eq!(people.said("OptedOut").await, 1);
    assert_eq!(
        refusal(people.opt_out(&people.agency, hoa, Channel::Email).await).reason(),
        "NO_SUCH_CONTACT"
    );
    for stranger in [&people.second_agency, &people.other_agency, &people.other_authority] {
        assert_eq!(refusal(people.opt_out(stranger, hoa, Channel::Sms).await).reason(), "NOT_FOUND");
        assert!(people.listed_opt_outs(stranger, ListOptOutsRequest::default()).await.is_empty());
        assert_eq!(refusal(people.take_back(stranger, &noted.opt_out_id).await).reason(), "NOT_FOUND");
    }
    for party in [&people.agency, &people.authority] {
        let listed = people.listed_opt_outs(party, ListOptOutsRequest::default()).await;
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].participant_id, hoa.to_string());
    }

    // Another agency of the authority has somebody at the same number: the refusal is the number's.
    let other = people.participant(&people.authority, &people.second_agency, made("7936491871")).await;
    people.reach(other, "mobile", MOBILE).await;
    let listed = people.listed_opt_outs(&people.second_agency, ListOptOutsRequest::default()).await;
    assert_eq!(listed.iter().map(|it| it.participant_id.clone()).collect::<Vec<_>>(), [other.to_string()]);
    let of_hoa = ListOptOutsRequest { participant_id: hoa.to_string(), ..Default::default() };
    assert!(people.listed_opt_outs(&people.second_agency, of_hoa.clone()).await.is_empty());
    assert_eq!(people.listed_opt_outs(&people.agency, of_hoa).await.len(), 1);

    people.take_back(&people.agency, &noted.opt_out_id).await.unwrap();
    assert!(people.listed_opt_outs(&people.authority, ListOptOutsRequest::default()).await.is_empty());
    assert_eq!(refusal(people.take_back(&people.agency, &noted.opt_out_id).await).reason(), "NOT_FOUND");
    let nothing = CreateOptOutRequest::default();
    let refused = people.opt_outs().create_opt_out(people.by(&people.agency, nothing)).await;
    assert_eq!(refusal(refused).violations().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_we_did_not_make_is_unknown() {
    let people = TestPeople::start().await;
    let click = "List-Unsubscribe=One-Click";
    assert_eq!(refusal(people.one_click("AAAA", click).await).reason(), "NOT_FOUND");
    let shown = ShowUnsubscribeRequest { token: "AAAA".to_owned() };
    let shown = people.opt_outs().show_unsubscribe(Request::new(shown)).await;
    assert_eq!(refusal(shown).reason(), "NOT_FOUND");
}

/// A text message came in from this number.
async fn answered(people: &TestPeople, text: &str) {
    came_in(people, &serde_json::json!({ "from": MOBILE, "text": text }).to_string()).await;
}

async fn came_in(people: &TestPeople, content: &str) {
    let id = uuid::Uuid::from_u128(people.clock.now().timestamp_micros().unsigned_abs().into());
    let sealer =
        careway_service::Sealer::derive(&careway_kernel::Redacted::new(SECRET), careway_renewals::NAME)
            .unwrap();
    let sealed = sealer.seal("inbound_sms.sealed", id, content.as_bytes()).unwrap();
    sqlx::query(
        "insert into inbound_sms (inbound_sms_id, route, dedupe_key, number_key, sealed, state, received_at)
         select $1, 'folder', $1::text, mobile_index, $2, 'RECEIVED', $3 from participant where mobile_index is not null
         limit 1",
    )
    .bind(id)
    .bind(sealed)
    .bind(people.clock.now())
    .execute(&people.admin)
    .await
    .unwrap();
    let read = async || people.count("select count(*) from inbound_sms where state = 'RECEIVED'").await == 0;
    careway_testing::eventually("it is read", read).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_answers_stop_gets_no_more_and_what_may_mean_so_is_read_by_a_person() {
    let people = TestPeople::reminding().await;
    let hoa = people.reachable(made("7936491863"), MOBILE).await;
    let listed = async || people.listed_opt_outs(&people.agency, ListOptOutsRequest::default()).await;
    for nothing in ["Đúng", "ok", "👍"] {
        answered(&people, nothing).await;
        assert!(listed().await.is_empty(), "{nothing}");
    }
    answered(&people, "lam on stop nhe").await;
    let waiting = listed().await;
    assert_eq!((waiting[0].state(), waiting[0].answer.as_str()), (State::Review, "lam on stop nhe"));
    assert_eq!(people.said("OptedOut").await, 0);
    // The agent has called, and it was meant so.
    let noted = people.opt_out(&people.agency, hoa, Channel::Sms).await.unwrap();
    assert_eq!((noted.opt_out_id.as_str(), noted.state()), (waiting[0].opt_out_id.as_str(), State::Active));
    answered(&people, "START").await;
    assert!(listed().await.is_empty());
    answered(&people, "Từ chối").await;
    let noted = listed().await;
    assert_eq!(
        (noted[0].state(), noted[0].source(), noted[0].answer.as_str()),
        (State::Active, Source::Reply, "")
    );
    assert_eq!(noted[0].participant_id, hoa.to_string());
    assert_eq!(people.said("OptedOut").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_does_not_open_holds_up_nobody_elses() {
    let people = TestPeople::reminding().await;
    people.reachable(made("7936491863"), MOBILE).await;
    came_in(&people, "of a version that is not known").await;
    answered(&people, "STOP").await;
    let noted = people.listed_opt_outs(&people.agency, ListOptOutsRequest::default()).await;
    assert_eq!(noted.len(), 1);
    assert_eq!(
        people.count("select count(*) from inbound_sms where state = 'UNREADABLE'").await,
        1,
        "it is kept"
    );
}
