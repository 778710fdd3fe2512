//! The settings of routes, and routes that are no SMPP: what is refused at the start, and what a provider by HTTP gets.

use careway_renewals::{Config, MIGRATOR, NAME};
use careway_testing::TestSetup;

use crate::test_renewals::{routes_file, smpp_route};

/// What a start with these settings comes to.
async fn refused(settings: &[(&str, &str)]) -> String {
    let setup = TestSetup::of(NAME, &MIGRATOR).await.with_all(settings);
    let (config, foundation) = setup.build::<Config>().await;
    let started = careway_renewals::start(config, foundation.clone()).await;
    foundation.shutdown.cancel();
    match started {
        Ok(_) => String::new(),
        Err(error) => format!("{error:#}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_production_start_with_a_folder_alone_is_refused() {
    let folder = std::env::temp_dir().join("careway-no-routes").display().to_string();
    let production = ("CAREWAY_DEVELOPMENT", "false");
    let told = refused(&[production, ("CAREWAY_RENEWALS_FOLDER", &folder)]).await;
    assert!(told.contains("CAREWAY_RENEWALS_ROUTES"), "{told}");
    let only_folder = routes_file("[[route]]\nname = \"folder\"\n[route.folder]\npath = \"$HERE/messages\"");
    let told = refused(&[production, ("CAREWAY_RENEWALS_ROUTES", &only_folder)]).await;
    assert!(told.contains("every SMS route is a folder"), "{told}");
    let carrier = routes_file(&smpp_route("viettel", "127.0.0.1:1", "", ""));
    assert_eq!(refused(&[production, ("CAREWAY_RENEWALS_ROUTES", &carrier)]).await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_cannot_be_meant_are_refused() {
    let twice = smpp_route("a", "127.0.0.1:1", "", "") + &smpp_route("a", "127.0.0.1:1", "", "");
    for (routes, why) in [
        (twice, "two routes a"),
        (smpp_route("A B", "x:1", "", ""), "small letters"),
        (smpp_route("a", "x:1", "prefixes = [\"84\"]", ""), "E.164"),
        (smpp_route("a", "x:1", "widow = 3", ""), "widow"),
        (smpp_route("a", "x:1", "", "answer_within_seconds = 0"), "1 to 120 seconds"),
        (smpp_route("a", "x:1", "", "answer_within_seconds = 121"), "1 to 120 seconds"),
        (smpp_route("a", "x:1", "", "enquire_every_seconds = 99999"), "1 to 120 seconds"),
        (smpp_route("a", "x:1", "", "").replace("NETCO", "TWELVELETTERS"), "letters and digits"),
        (smpp_route("a", "x:1", "", "").replace("$HERE/password", "$HERE/none"), "none"),
        ("[[route]]\nname = \"a\"".to_owned(), "exactly one of"),
        (String::new(), "routes"),
    ] {
        let told = refused(&[("CAREWAY_RENEWALS_ROUTES", &routes_file(&routes))]).await;
        assert!(told.contains(why), "{why}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_routes_that_the_guide_shows_are_settings() {
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/sending.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let (_, shown) = guide.split_once("```toml\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    let mut routes = shown.to_owned();
    for (secret, file) in [
        ("viettel_password", "password"),
        ("provider_authorization", "password"),
        ("provider_callbacks", "callbacks"),
    ] {
        assert!(routes.contains(secret), "{secret}");
        routes = routes.replace(&format!("/run/secrets/{secret}"), &format!("$HERE/{file}"));
    }
    assert_eq!(refused(&[("CAREWAY_RENEWALS_ROUTES", &routes_file(&routes))]).await, "");
}
