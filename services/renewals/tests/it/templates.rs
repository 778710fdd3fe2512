//! Templates over gRPC: whose they are, their versions, and what they say.

use careway_contract::renewals::v1::{
    message_template::{Channel, Purpose},
    *,
};
use careway_service::Error;
use careway_testing::{Person, refusal};

use crate::test_people::TestPeople;

fn content() -> TemplateContent {
    TemplateContent {
        name: "Short".to_owned(),
        purpose: Purpose::Due.into(),
        channel: Channel::Sms.into(),
        language: "vi".to_owned(),
        plain_body: "The {{ card }} het han {{ expires_on }}".to_owned(),
        marked_body: "Thẻ {{ card }} hết hạn {{ expires_on }}".to_owned(),
        ..Default::default()
    }
}

impl TestPeople {
    async fn template(&self, by: &Person, content: TemplateContent) -> Result<MessageTemplate, Error> {
        let request = CreateTemplateRequest { content: Some(content) };
        Ok(self.templates().create_template(self.by(by, request)).await?.into_inner().template.unwrap())
    }

    async fn replace(
        &self,
        by: &Person,
        (id, version): (&str, i32),
        content: TemplateContent,
    ) -> Result<MessageTemplate, Error> {
        let request = ReplaceTemplateRequest { template_id: id.to_owned(), content: Some(content) };
        let request = self.versioned(by, version, request);
        Ok(self.templates().replace_template(request).await?.into_inner().template.unwrap())
    }

    async fn read_template(&self, by: &Person, id: &str, version: i32) -> Result<MessageTemplate, Error> {
        let request = GetTemplateRequest { template_id: id.to_owned(), version };
        Ok(self.templates().get_template(self.by(by, request)).await?.into_inner().template.unwrap())
    }

    async fn listed_templates(&self, by: &Person, page_size: i32, page_token: &str) -> ListTemplatesResponse {
        let request =
            ListTemplatesRequest { page_size, page_token: page_token.to_owned(), ..Default::default() };
        self.templates().list_templates(self.by(by, request)).await.unwrap().into_inner()
    }

    async fn preview(&self, request: PreviewTemplateRequest) -> Result<ReminderPreview, Error> {
        let answer = self.templates().preview_template(self.by(&self.agency, request)).await?;
        Ok(answer.into_inner().preview.unwrap())
    }
}

/// The built-in template of an SMS before the last day.
async fn built_in(people: &TestPeople) -> MessageTemplate {
    let listed = people.listed_templates(&people.agency, 0, "").await.templates;
    listed
        .into_iter()
        .find(|it| it.built_in && it.purpose() == Purpose::Due && it.channel() == Channel::Sms)
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_gets_new_versions_and_every_version_stays_what_it_is() {
    let people = TestPeople::start().await;
    let made = people.template(&people.agency, content()).await.unwrap();
    assert_eq!((made.version, made.built_in), (1, false));
    let other = TemplateContent { marked_body: "Thẻ {{ card }} sắp hết hạn".to_owned(), ..content() };
    let id = (made.template_id.as_str(), 1);
    let newer = people.replace(&people.agency, id, other.clone()).await.unwrap();
    assert_eq!((newer.version, newer.marked_body.as_str()), (2, "Thẻ {{ card }} sắp hết hạn"));
    assert_eq!(refusal(people.replace(&people.agency, id, other).await).reason(), "STALE_VERSION");
    let read = |version| people.read_template(&people.agency, &made.template_id, version);
    assert_eq!(read(1).await.unwrap().marked_body, content().marked_body);
    assert_eq!(read(0).await.unwrap().version, 2);
    assert_eq!(refusal(read(3).await).reason(), "NOT_FOUND");

    let elsewhere =
        TemplateContent { purpose: Purpose::Lapsed.into(), language: "en".to_owned(), ..content() };
    let refused = refusal(people.replace(&people.agency, (&made.template_id, 2), elsewhere).await);
    let fields: Vec<_> = refused.violations().iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["purpose", "language"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_right_is_refused_when_it_is_saved() {
    let people = TestPeople::start().await;
    let by = &people.agency;
    let filter = TemplateContent { plain_body: "The {{ card | upper }}".to_owned(), ..content() };
    let refused = refusal(people.template(by, filter).await);
    assert_eq!(
        (refused.reason(), refused.fact("placeholder")),
        ("UNKNOWN_PLACEHOLDER", Some("card | upper"))
    );
    let marked = TemplateContent { plain_body: "Thẻ {{ card }}".to_owned(), ..content() };
    let refused = refusal(people.template(by, marked).await);
    assert_eq!((refused.reason(), refused.fact("at")), ("PLAIN_BODY_NOT_GSM7", Some("2")));
    let built_in = built_in(&people).await;
    let refused = refusal(people.replace(by, (&built_in.template_id, 1), content()).await);
    assert_eq!(refused.reason(), "BUILT_IN_TEMPLATE");

    let empty = refusal(people.template(by, TemplateContent::default()).await);
    let fields: Vec<_> = empty.violations().iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["name", "purpose", "channel", "language"]);
    let mail = TemplateContent { channel: Channel::Email.into(), ..content() };
    let fields: Vec<_> =
        refusal(people.template(by, mail).await).violations().iter().map(|it| it.0.clone()).collect();
    assert_eq!(fields, ["subject", "plainBody"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_uses_its_own_and_its_authoritys_and_nobody_elses() {
    let people = TestPeople::start().await;
    let own = people.template(&people.agency, content()).await.unwrap().template_id;
    let of_authority = people.template(&people.authority, content()).await.unwrap().template_id;
    for (person, ids) in [
        (&people.agency, vec![&of_authority, &own]),
        (&people.second_agency, vec![&of_authority]),
        (&people.authority, vec![&of_authority, &own]),
        (&people.other_agency, vec![]),
        (&people.other_authority, vec![]),
    ] {
        let listed = people.listed_templates(person, 0, "").await.templates;
        let listed: Vec<_> = listed.iter().filter(|it| !it.built_in).map(|it| &it.template_id).collect();
        assert_eq!(listed, ids);
        for id in [&own, &of_authority] {
            assert_eq!(people.read_template(person, id, 0).await.is_ok(), ids.contains(&id));
        }
    }
    // Reading is not changing.
    let refused = refusal(people.replace(&people.authority, (&own, 1), content()).await);
    assert_eq!(refused.reason(), "NOT_FOUND");

    // Page by page, the built-in ones first, nothing twice and nothing left out.
    let mut seen = Vec::new();
    let mut token = String::new();
    loop {
        let page = people.listed_templates(&people.agency, 1, &token).await;
        assert_eq!(page.templates.len(), 1);
        seen.extend(page.templates.into_iter().map(|it| it.template_id));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let whole = people.listed_templates(&people.agency, 0, "").await.templates;
    assert_eq!(seen, whole.iter().map(|it| it.template_id.clone()).collect::<Vec<_>>());
    assert_eq!(seen.len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_shows_both_texts_what_they_cost_and_why() {
    let people = TestPeople::start().await;
    let id = built_in(&people).await.template_id;
    let shown = people
        .preview(PreviewTemplateRequest { template_id: id.clone(), ..Default::default() })
        .await
        .unwrap();
    let (plain, marked) = (shown.plain.clone().unwrap(), shown.marked.clone().unwrap());
    assert_eq!((plain.encoding.as_str(), plain.segments), ("GSM7", 2));
    assert_eq!((marked.encoding.as_str(), marked.segments), ("UCS2", 3));
    assert!(plain.text.ends_with("de gia han the. Tran Trong."), "{}", plain.text);
    assert!(marked.text.ends_with("để gia hạn thẻ. Trân trọng."), "{}", marked.text);
    let forced: Vec<_> = shown.forced_by.iter().map(|it| (it.at, &*it.code_point, &*it.plain)).collect();
    assert_eq!(forced, [(2, "U+1EBB", "e"), (21, "U+1EE7", "u"), (24, "U+00F4", "o")]);
    assert_eq!(shown.sent(), reminder_preview::Sent::Marked);

    let cheaper = PreviewTemplateRequest { template_id: id.clone(), most_segments: 2, ..Default::default() };
    assert_eq!(people.preview(cheaper).await.unwrap().sent(), reminder_preview::Sent::Plain);
    let tried = PreviewTemplateRequest {
        template_id: id.clone(),
        content: Some(content()),
        values: [("card".to_owned(), "1".to_owned()), ("expires_on".to_owned(), "2".to_owned())].into(),
        ..Default::default()
    };
    assert_eq!(people.preview(tried.clone()).await.unwrap().plain.unwrap().text, "The 1 het han 2");
    let missing =
        PreviewTemplateRequest { values: [("card".to_owned(), "1".to_owned())].into(), ..tried.clone() };
    let refused = refusal(people.preview(missing).await);
    assert_eq!((refused.reason(), refused.fact("value")), ("VALUE_MISSING", Some("expires_on")));
    let injected = PreviewTemplateRequest {
        values: [("card".to_owned(), "{{ name }}".to_owned()), ("expires_on".to_owned(), "2".to_owned())]
            .into(),
        ..tried
    };
    let refused = refusal(people.preview(injected).await);
    assert_eq!((refused.reason(), refused.fact("value")), ("VALUE_NOT_PLAIN_TEXT", Some("card")));
    let unknown = PreviewTemplateRequest {
        template_id: id,
        values: [("diagnosis".to_owned(), "1".to_owned())].into(),
        most_segments: 11,
        ..Default::default()
    };
    assert_eq!(refusal(people.preview(unknown).await).violations().len(), 2);
}
