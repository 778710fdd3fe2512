//! Interest forms: the same answer for everybody, a link by mail, a decision once. That identity registers the partner is a
//! journey of the whole platform.

use std::time::Duration;

use careway_contract::cases::v1::{
    AcceptInterestFormRequest, ConfirmInterestFormRequest, DeclineInterestFormRequest,
    GetInterestFormRequest, InterestForm, ListInterestFormsRequest, SubmitInterestFormRequest,
    SubmitInterestFormResponse, accept_interest_form_request::Kind, interest_form::State,
};
use careway_service::call::CLIENT_IP;
use careway_testing::eventually;
use tonic::{Code, Request, Status};

use crate::test_forms::{TestForms, fields, reason};

const DAY: Duration = Duration::from_secs(24 * 3600);
const TANVIR: &str = "tanvir@shondhan.example";

fn form(email: &str) -> SubmitInterestFormRequest {
    SubmitInterestFormRequest {
        organization_name: "Shondhan".to_owned(),
        country: "BD".to_owned(),
        contact_name: "Tanvir Rahman".to_owned(),
        email: email.to_owned(),
        website: "https://shondhan.example".to_owned(),
        message: "আমরা নিয়োগ বুক করি।\nWe book appointments.".to_owned(),
        language: "bn".to_owned(),
    }
}

async fn submit(forms: &TestForms, email: &str) -> SubmitInterestFormResponse {
    forms.interest().submit_interest_form(Request::new(form(email))).await.unwrap().into_inner()
}

async fn confirm(forms: &TestForms, token: &str) -> Result<bool, Status> {
    let message = ConfirmInterestFormRequest { token: token.to_owned() };
    Ok(forms.interest().confirm_interest_form(Request::new(message)).await?.into_inner().confirmed)
}

async fn list(forms: &TestForms, state: State) -> Vec<InterestForm> {
    let message = ListInterestFormsRequest { state: state.into(), ..ListInterestFormsRequest::default() };
    forms.interest().list_interest_forms(forms.lead(message)).await.unwrap().into_inner().interest_forms
}

/// The token of the link that was mailed.
async fn token(forms: &TestForms, email: &str) -> String {
    let mail = forms.mail("interest_confirm", email).await;
    mail.values["link"].split_once('#').expect("the token is in the fragment").1.to_owned()
}

/// A form whose writer confirmed it.
async fn confirmed(forms: &TestForms, email: &str) -> InterestForm {
    submit(forms, email).await;
    let token = token(forms, email).await;
    assert!(confirm(forms, &token).await.unwrap());
    list(forms, State::Submitted).await.into_iter().find(|form| form.email == email).unwrap()
}

fn decline(id: &str) -> DeclineInterestFormRequest {
    DeclineInterestFormRequest {
        interest_form_id: id.to_owned(),
        reason: "Not in your country yet.\nSorry.".to_owned(),
    }
}

fn accept(id: &str) -> AcceptInterestFormRequest {
    AcceptInterestFormRequest {
        interest_form_id: id.to_owned(),
        kind: Kind::Partner.into(),
        time_zone: "Asia/Dhaka".to_owned(),
        ..AcceptInterestFormRequest::default()
    }
}

#[tokio::test]
async fn a_form_is_confirmed_by_its_link_and_shown_to_leads_alone() {
    let forms = TestForms::start().await;
    submit(&forms, TANVIR).await;
    let mail = forms.mail("interest_confirm", TANVIR).await;
    assert_eq!((mail.language.as_str(), mail.values["days"].as_str()), ("bn", "7"));
    let said = format!("{:?}", mail.values);
    assert!(!said.contains("Shondhan") && !said.contains("Tanvir"), "no stranger's words go to an address");
    assert!(list(&forms, State::Unspecified).await.is_empty(), "what is not confirmed is shown to nobody");

    let token = token(&forms, TANVIR).await;
    assert!(confirm(&forms, &token).await.unwrap());
    assert!(confirm(&forms, &token).await.unwrap(), "again changes nothing");
    let shown = list(&forms, State::Submitted).await;
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].message, form(TANVIR).message);
    assert_eq!(forms.mail("interest_received", TANVIR).await.values["organization"], "Shondhan");
    assert_eq!(forms.said("InterestSubmitted").await, 1);

    let get = || GetInterestFormRequest { interest_form_id: shown[0].interest_form_id.clone() };
    let read = forms.interest().get_interest_form(forms.lead(get())).await.unwrap().into_inner();
    assert_eq!(read.interest_form.unwrap(), shown[0]);
    let partner = forms.interest().get_interest_form(forms.partner(get())).await.unwrap_err();
    assert_eq!(partner.code(), Code::PermissionDenied);
    let sealed = "select count(*) from interest_form where content like '%Shondhan%'::bytea";
    assert_eq!(forms.count(sealed).await, 0, "what was filled in is sealed");
}

#[tokio::test]
async fn an_address_is_mailed_three_times_a_day_and_nobody_can_tell() {
    let forms = TestForms::start().await;
    for _ in 0..5 {
        assert_eq!(submit(&forms, TANVIR).await, SubmitInterestFormResponse {});
    }
    submit(&forms, "other@shondhan.example").await;
    forms.mail("interest_confirm", "other@shondhan.example").await;
    let sent = "select count(*) from interest_mail where sent_at is not null";
    eventually("all raised mails are handed over", async || forms.count(sent).await == 4).await;
    assert_eq!(forms.mails_to(TANVIR).len(), 3);
    assert_eq!(forms.count("select count(*) from interest_form").await, 6, "each form is kept alike");

    forms.clock.advance(DAY + Duration::from_secs(1));
    submit(&forms, TANVIR).await;
    eventually("the next day has mails of its own", async || forms.mails_to(TANVIR).len() == 4).await;
}

#[tokio::test]
async fn a_network_raises_twenty_mails_a_day_whoever_they_are_for() {
    let forms = TestForms::start().await;
    let submit_from = async |address: String, number: usize| {
        let mut request = Request::new(form(&format!("somebody-{number}@shondhan.example")));
        request.metadata_mut().insert(CLIENT_IP, address.parse().unwrap());
        forms.interest().submit_interest_form(request).await.unwrap();
    };
    for number in 0..22 {
        submit_from(format!("2001:db8:0:{number:x}::1"), number).await;
    }
    let raised = "select count(*) from interest_mail";
    assert_eq!(forms.count(raised).await, 20);
    assert_eq!(forms.count("select count(*) from interest_form").await, 22, "each form is kept alike");
    submit_from("2001:db8:0:100::1".to_owned(), 30).await;
    submit_from("192.0.2.1".to_owned(), 31).await;
    assert_eq!(forms.count(raised).await, 22, "other networks are not held up");

    forms.clock.advance(DAY + Duration::from_secs(1));
    submit_from("2001:db8::1".to_owned(), 32).await;
    assert_eq!(forms.count(raised).await, 23);
}

#[tokio::test]
async fn what_nobody_confirms_is_gone_after_seven_days() {
    let forms = TestForms::start().await;
    submit(&forms, TANVIR).await;
    let late = token(&forms, TANVIR).await;
    let kept = confirmed(&forms, "mina@shondhan.example").await;
    forms.clock.advance(7 * DAY + Duration::from_secs(1));
    assert_eq!(reason(&confirm(&forms, &late).await.unwrap_err()), "INTEREST_LINK_REJECTED");
    let left = "select count(*) from interest_form";
    eventually("the unconfirmed form is forgotten", async || forms.count(left).await == 1).await;
    assert_eq!(list(&forms, State::Unspecified).await[0].interest_form_id, kept.interest_form_id);
    for wrong in [late.as_str(), "", "AAAA"] {
        let refused = confirm(&forms, wrong).await.unwrap_err();
        assert!(
            ["INTEREST_LINK_REJECTED", "INVALID_REQUEST"].contains(&reason(&refused).as_str()),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn a_mail_waits_while_renewals_is_away() {
    let forms = TestForms::start().await;
    forms.renewals_is_away(true);
    submit(&forms, TANVIR).await;
    submit(&forms, "mina@shondhan.example").await;
    assert_eq!(forms.count("select count(*) from interest_mail where sent_at is null").await, 2);
    forms.renewals_is_away(false);
    submit(&forms, "sumi@shondhan.example").await;
    for email in [TANVIR, "mina@shondhan.example", "sumi@shondhan.example"] {
        forms.mail("interest_confirm", email).await;
    }
}

#[tokio::test]
async fn a_form_is_declined_once_with_the_reason_by_mail() {
    let forms = TestForms::start().await;
    let shown = confirmed(&forms, TANVIR).await;
    let id = shown.interest_form_id.as_str();
    let declined = forms.interest().decline_interest_form(forms.lead(decline(id))).await.unwrap();
    let declined = declined.into_inner().interest_form.unwrap();
    assert_eq!(
        (declined.state(), declined.reason.as_str()),
        (State::Declined, "Not in your country yet.\nSorry.")
    );
    let mail = forms.mail("interest_declined", TANVIR).await;
    assert_eq!(mail.values["reason"], declined.reason);
    let again = forms.interest().decline_interest_form(forms.lead(decline(id))).await.unwrap_err();
    assert_eq!(reason(&again), "INTEREST_DECIDED");
    let accepted = forms.interest().accept_interest_form(forms.lead(accept(id))).await.unwrap_err();
    assert_eq!(reason(&accepted), "INTEREST_DECIDED", "identity was not asked");
    assert!(list(&forms, State::Submitted).await.is_empty());
    assert_eq!(forms.said("InterestDeclined").await, 1);
}

#[tokio::test]
async fn what_is_not_confirmed_or_not_there_cannot_be_decided() {
    let forms = TestForms::start().await;
    submit(&forms, TANVIR).await;
    token(&forms, TANVIR).await;
    let unconfirmed: uuid::Uuid = sqlx::query_scalar("select interest_form_id from interest_form")
        .fetch_one(&forms.admin)
        .await
        .unwrap();
    for id in [unconfirmed.to_string(), uuid::Uuid::now_v7().to_string(), "x".to_owned()] {
        let declined = forms.interest().decline_interest_form(forms.lead(decline(&id))).await.unwrap_err();
        let accepted = forms.interest().accept_interest_form(forms.lead(accept(&id))).await.unwrap_err();
        assert_eq!((declined.code(), accepted.code()), (Code::NotFound, Code::NotFound), "{id}");
    }
}

#[tokio::test]
async fn everything_wrong_with_a_form_is_told_at_once() {
    let forms = TestForms::start().await;
    let wrong =
        SubmitInterestFormRequest { language: "xx".to_owned(), ..SubmitInterestFormRequest::default() };
    let refused = forms.interest().submit_interest_form(Request::new(wrong)).await.unwrap_err();
    let mut told = fields(&refused);
    told.sort();
    assert_eq!(told, ["contactName", "country", "email", "language", "message", "organizationName"]);
}

#[tokio::test]
async fn forms_are_listed_page_by_page_the_newest_first() {
    let forms = TestForms::start().await;
    for at in 0..3 {
        confirmed(&forms, &format!("p{at}@shondhan.example")).await;
        forms.clock.advance(Duration::from_millis(2));
    }
    let (mut found, mut page_token) = (Vec::new(), String::new());
    loop {
        let message =
            ListInterestFormsRequest { page_size: 2, page_token, ..ListInterestFormsRequest::default() };
        let page = forms.interest().list_interest_forms(forms.lead(message)).await.unwrap().into_inner();
        found.extend(page.interest_forms.into_iter().map(|form| form.email));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(found, ["p2@shondhan.example", "p1@shondhan.example", "p0@shondhan.example"]);
}
