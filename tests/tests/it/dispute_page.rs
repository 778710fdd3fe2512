//! The page behind the link of an admission's SMS, where a member says "this was not me".

use base64::{Engine, engine::general_purpose::STANDARD};
use careway_tests::{Network, TestPlatform, accepted};
use reqwest::{Response, header::CONTENT_SECURITY_POLICY};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::check_in::check_in;

#[tokio::test(flavor = "multi_thread")]
async fn the_link_leads_to_a_page_that_asks_first_and_disputes_then() {
    let platform =
        TestPlatform::with(&[("CAREWAY_RENEWALS_DISPUTE_URL", "https://careway.example/dispute#")]).await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let member = payer.covered_member(&platform).await;
    let visit = check_in(&platform, &desk, &member.number, &member.phone).await;
    let sms = platform.messages_to(&member.phone).await;
    let link = sms.last().and_then(|sms| sms.link()).expect("a link to dispute the visit");
    let (page, token) = link.split_once('#').expect("the token is in the fragment: no log has it");

    let page = page.strip_prefix("https://careway.example").unwrap();
    let page = read(&platform, page, "rw").await.text().await.unwrap();
    assert_ne!(
        accepted(200, desk.get(&visit)).await.at("visit.disputed"),
        true,
        "the page alone does nothing"
    );
    // What the page's script does when the member confirms.
    let to = between(&page, "await ask('", "', {token})");
    assert!(page.contains("location.hash.slice(1)"), "{page}");
    let said = platform.rest().post(&format!("/{to}"), json!({"token": token})).without_key();
    assert!(accepted(200, said).await.at("visitNumber").is_string());
    assert_eq!(accepted(200, desk.get(&visit)).await.at("visit.disputed"), true);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_speaks_its_readers_language_and_needs_nothing_but_itself() {
    let platform = TestPlatform::start().await;
    let button =
        |page: &str| between(page, "<button id=\"confirm\" type=\"button\">", "</button>").to_owned();
    let said = [
        "Ntabwo ari njye",
        "It was not me",
        "Ce n’était pas moi",
        "Không phải tôi",
        "Nu am fost eu",
        "আমি ছিলাম না",
    ];
    speaks_every_language_alone(&platform, "/dispute", button, said).await;
}

/// That a page says what it is to say, in rw, en, fr, vi, ro and bn, to whom it is to say it; and that it fetches nothing and
/// runs nothing but what it brings.
pub(crate) async fn speaks_every_language_alone(
    platform: &TestPlatform,
    path: &str,
    says: impl Fn(&str) -> String,
    [rw, en, fr, vi, ro, bn]: [&str; 6],
) {
    let chosen = |language: &str| format!("{path}?from=sms&language={language}");
    let readers = [
        (path.to_owned(), "rw-RW", "rw", rw),
        (path.to_owned(), "en", "en", en),
        (path.to_owned(), "de-CH, fr-CH;q=0.9, en;q=0.8", "fr", fr),
        (path.to_owned(), "vi", "vi", vi),
        (path.to_owned(), "ro-MD, ro;q=0.9", "ro", ro),
        (path.to_owned(), "bn", "bn", bn),
        (path.to_owned(), "sw", "en", en),
        // A phone that has no Kinyarwanda, and its owner's choice.
        (chosen("rw"), "fr-FR", "rw", rw),
        (chosen("tlh"), "fr-FR", "fr", fr),
    ];
    for (path, accepts, language, expected) in readers {
        let answer = read(platform, &path, accepts).await;
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/html; charset=utf-8");
        assert_eq!(
            (header("content-language"), header("referrer-policy")),
            (language.to_owned(), "no-referrer".to_owned())
        );
        assert!(header("vary").to_lowercase().contains("accept-language"), "{}", header("vary"));
        let policy = header(CONTENT_SECURITY_POLICY.as_str());
        let page = answer.text().await.unwrap();

        assert!(page.contains(&format!("<html lang=\"{language}\">")), "{page}");
        assert_eq!(says(&page), expected);
        assert!(!between(&page, "<body>", "<script>").contains('{'), "a gap is left: {page}");
        for foreign in ["src=", "href=", "url(", "@import", "http:", "https:"] {
            assert!(!page.contains(foreign), "{foreign} in {page}");
        }
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
        for (kind, text) in [
            ("script", between(&page, "<script>", "</script>")),
            ("style", between(&page, "<style>", "</style>")),
        ] {
            let hash = STANDARD.encode(Sha256::digest(text.as_bytes()));
            assert!(
                policy.contains(&format!("{kind}-src 'sha256-{hash}'")),
                "{kind} would not run: {policy}"
            );
        }
    }
}

/// A page of the gateway, as a browser asks for it.
pub(crate) async fn read(platform: &TestPlatform, path: &str, accepts: &str) -> Response {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http.get(format!("{}{path}", platform.rest().base())).header("accept-language", accepts);
    request.send().await.unwrap().error_for_status().unwrap()
}

/// What stands between two texts.
pub(crate) fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split_once(after).unwrap_or_else(|| panic!("no {after} after {before}")).0
}
