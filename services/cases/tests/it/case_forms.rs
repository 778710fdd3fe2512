//! Case forms: the platform's own in six languages, found by words, set anew by leads, each version for ever.

use careway_contract::{
    cases::v1::{CaseFormDefinition, GetCaseFormRequest, ListCaseFormsRequest, SetCaseFormRequest},
    types::v1::LocalizedText,
};
use tonic::{Code, Request};

use crate::test_forms::{TestForms, fields, reason};

const LANGUAGES: [&str; 6] = ["rw", "en", "fr", "vi", "ro", "bn"];

fn list(language: &str, q: &str) -> ListCaseFormsRequest {
    ListCaseFormsRequest { language: language.to_owned(), q: q.to_owned() }
}

fn get(topic: &str, form_version: i32) -> GetCaseFormRequest {
    GetCaseFormRequest { topic: topic.to_owned(), language: "en".to_owned(), form_version }
}

fn versioned<M>(mut request: Request<M>, version: i32) -> Request<M> {
    request.metadata_mut().insert("if-match", version.to_string().parse().unwrap());
    request
}

/// The topics that are found, in order.
async fn topics(forms: &TestForms, language: &str, q: &str) -> Vec<String> {
    let found = forms.forms().list_case_forms(forms.partner(list(language, q))).await.unwrap().into_inner();
    found.case_forms.into_iter().map(|form| form.topic).collect()
}

async fn definition(forms: &TestForms, topic: &str) -> CaseFormDefinition {
    let found = forms.forms().get_case_form(forms.lead(get(topic, 0))).await.unwrap().into_inner();
    found.case_form.unwrap().definition.unwrap()
}

fn set(topic: &str, definition: CaseFormDefinition) -> SetCaseFormRequest {
    SetCaseFormRequest { topic: topic.to_owned(), definition: Some(definition) }
}

#[tokio::test]
async fn every_topic_is_there_in_six_languages_and_can_be_set_as_it_is() {
    let forms = TestForms::start().await;
    let shown = ["integration", "appointments", "billing", "account"];
    let mut titles = std::collections::HashSet::new();
    for language in LANGUAGES {
        assert_eq!(topics(&forms, language, "").await, shown);
        let found = forms.forms().list_case_forms(forms.partner(list(language, ""))).await.unwrap();
        for form in found.into_inner().case_forms {
            assert_eq!((form.language.as_str(), form.version), (language, 1));
            assert!(titles.insert(form.title), "two languages say the same");
        }
    }
    for topic in shown.into_iter().chain(["mail"]) {
        let definition = definition(&forms, topic).await;
        assert_eq!((definition.titles.len(), definition.keywords.len()), (6, 6), "{topic}");
        let again = versioned(forms.lead(set(topic, definition)), 1);
        let again = forms.forms().set_case_form(again).await.unwrap().into_inner().case_form.unwrap();
        assert_eq!(again.version, 2, "{topic}: the platform's own schemas are schemas that may be set");
    }
}

#[tokio::test]
async fn how_can_we_help() {
    let forms = TestForms::start().await;
    for (q, first) in [
        ("wrong price of a booking", "appointments"),
        ("hoa don", "billing"),
        ("parola", "account"),
        ("mot de passe oublié", "account"),
        ("চালান", "billing"),
        ("webhook", "integration"),
    ] {
        assert_eq!(topics(&forms, "en", q).await.first().map(String::as_str), Some(first), "{q}");
    }
    assert!(topics(&forms, "en", "xyzzy").await.is_empty());
    let long = forms.forms().list_case_forms(forms.partner(list("tlh", &"x".repeat(201)))).await.unwrap_err();
    assert_eq!(fields(&long), ["language", "q"]);
}

#[tokio::test]
async fn a_form_has_versions_that_never_change() {
    let forms = TestForms::start().await;
    let mut changed = definition(&forms, "billing").await;
    changed.titles[0] =
        LocalizedText { language: changed.titles[0].language.clone(), text: "Money".to_owned() };
    let title = changed.titles[0].clone();
    let second = forms.forms().set_case_form(versioned(forms.lead(set("billing", changed.clone())), 1)).await;
    assert_eq!(second.unwrap().into_inner().case_form.unwrap().version, 2);

    let in_language = |form_version| GetCaseFormRequest {
        topic: "billing".to_owned(),
        language: title.language.clone(),
        form_version,
    };
    let mut client = forms.forms();
    let newest = client.get_case_form(forms.partner(in_language(0))).await.unwrap().into_inner().case_form;
    let newest = newest.unwrap();
    assert_eq!((newest.title.as_str(), newest.version, newest.definition), ("Money", 2, None));
    let first = client.get_case_form(forms.partner(in_language(1))).await.unwrap().into_inner();
    assert_ne!(first.case_form.unwrap().title, "Money");
    for gone in [get("billing", 3), get("nothing", 0)] {
        assert_eq!(client.get_case_form(forms.partner(gone)).await.unwrap_err().code(), Code::NotFound);
    }

    let stale = client.set_case_form(versioned(forms.lead(set("billing", changed.clone())), 1)).await;
    assert_eq!(reason(&stale.unwrap_err()), "STALE_VERSION");
    let blind = client.set_case_form(forms.lead(set("billing", changed.clone()))).await.unwrap_err();
    assert_eq!(reason(&blind), "PRECONDITION_REQUIRED");
    let new = client.set_case_form(versioned(forms.lead(set("catalogue", changed.clone())), 0)).await;
    assert_eq!(new.unwrap().into_inner().case_form.unwrap().version, 1);
    let partner = client.set_case_form(versioned(forms.partner(set("billing", changed)), 2)).await;
    assert_eq!(partner.unwrap_err().code(), Code::PermissionDenied);
}

#[tokio::test]
async fn two_leads_at_once_set_one_version() {
    let forms = TestForms::start().await;
    let definition = definition(&forms, "account").await;
    let attempt = || async {
        let request = versioned(forms.lead(set("account", definition.clone())), 1);
        forms.forms().set_case_form(request).await
    };
    let (one, two) = tokio::join!(attempt(), attempt());
    assert_eq!([&one, &two].iter().filter(|set| set.is_ok()).count(), 1);
    let refused = one.err().or(two.err()).unwrap();
    assert_eq!(reason(&refused), "STALE_VERSION");
}

#[tokio::test]
async fn everything_wrong_with_a_form_is_told_at_once() {
    let forms = TestForms::start().await;
    let wrong = CaseFormDefinition {
        position: -1,
        titles: vec![LocalizedText { language: "en".to_owned(), text: String::new() }],
        ..CaseFormDefinition::default()
    };
    let refused = forms.forms().set_case_form(versioned(forms.lead(set("Bad topic", wrong)), 0)).await;
    let mut told = fields(&refused.unwrap_err());
    told.sort();
    assert_eq!(told, ["position", "schema", "titles[0].text", "topic"]);
}
