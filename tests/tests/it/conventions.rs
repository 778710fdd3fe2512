//! HTTP as a client that knows nothing of Careway may expect it.

use careway_tests::{Answer, Network, Payer, TestPlatform, accepted, refused};
use http::{
    Method,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_HEADERS,
        ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, IF_MATCH, IF_NONE_MATCH, LOCATION, ORIGIN,
    },
};
use reqwest::redirect::Policy;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const PORTAL: &str = "https://portal.example";

/// The answer to a request whose head has these lines, as it came.
async fn answered(platform: &TestPlatform, lines: &str) -> String {
    let mut stream = TcpStream::connect(platform.in_process().gateway()).await.unwrap();
    let head = format!("GET /v1/service-types HTTP/1.1\r\n{lines}connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_for_one_host() {
    let platform = TestPlatform::start().await;
    for none in ["", "host: a\r\nhost: b\r\n", "host: a/b\r\n", "host:\r\n"] {
        let answer = answered(&platform, none).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{none:?}: {answer}");
        assert!(
            answer.contains("application/problem+json") && answer.contains("\"field\":\"Host\""),
            "{answer}"
        );
    }
    assert!(answered(&platform, "host: careway.example:8080\r\n").await.starts_with("HTTP/1.1 401 "));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_a_version_is_read_and_changed_by_its_etag() {
    let platform = TestPlatform::start().await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let member = payer.covered_member(&platform).await;
    let path = format!("/v1/members/{}", member.id);
    let read = accepted(200, payer.officer.get(&path)).await;
    assert_eq!(read.etag(), format!("\"v{}\"", read.at("member.version")));

    let unchanged = payer.officer.get(&path).header(IF_NONE_MATCH, read.etag()).await.unwrap();
    assert_eq!((unchanged.status.as_u16(), unchanged.content.len()), (304, 0));
    assert_eq!((unchanged.etag(), unchanged.header("cache-control")), (read.etag(), Some("no-store")));
    refused(412, "STALE_VERSION", payer.officer.get(&path).header(IF_MATCH, "\"v99\"")).await;
    let plan = format!("/v1/plans/{}", payer.plan);
    refused(412, "STALE_VERSION", payer.officer.get(&plan).header(IF_MATCH, "\"v99\"")).await;

    let change = || payer.officer.patch(&path, json!({"email": "aline@example.org"}));
    for other in [read.etag().replace('v', "v0"), format!("W/{}", read.etag())] {
        refused(412, "STALE_VERSION", change().if_match(&other)).await;
    }
    accepted(200, change().if_match(read.etag())).await;
    accepted(200, payer.officer.get(&path).header(IF_NONE_MATCH, read.etag())).await;

    let started = accepted(201, desk.post("/v1/visits", json!({"memberNumber": member.number}))).await;
    let visit = format!("/v1/visits/{}", started.text("visit.visitId"));
    let visit = accepted(200, desk.get(&visit)).await;
    assert_eq!(visit.etag(), format!("\"v{}\"", visit.at("visit.version")));
    let me = accepted(200, desk.get("/v1/me")).await;
    assert_eq!(me.etag(), format!("\"v{}\"", me.at("account.version")));
    // There is more in it than the account: its version does not say that it all is the same.
    accepted(200, desk.get("/v1/me").header(IF_NONE_MATCH, me.etag())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_with_data_is_kept_and_each_says_what_is_left_of_the_rate() {
    let platform = TestPlatform::start().await;
    let payer = Payer::of(&platform).await;
    let signed_in =
        platform.rest().post("/v1/sessions", json!({"email": "x", "password": "y"})).await.unwrap();
    let read = accepted(200, payer.officer.get("/v1/me")).await;
    let missing = refused(404, "NOT_FOUND", payer.administrator.get("/v1/accounts/nope")).await;
    for answer in [&signed_in, &read, &missing] {
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{answer}");
    }
    let share = |answer: &Answer, name: &str| answer.header(name).unwrap().to_owned();
    assert!(share(&signed_in, "ratelimit-policy").starts_with("\"address\";q="), "{signed_in}");
    let policy = share(&read, "ratelimit-policy");
    assert!(policy.starts_with("\"caller\";q=") && policy.contains(";w="), "{policy}");
    let left = |answer: &Answer| {
        let told = share(answer, "ratelimit");
        let left = told.strip_prefix("\"caller\";r=").and_then(|told| told.split_once(";t="));
        left.unwrap_or_else(|| panic!("{told}")).0.parse::<u32>().unwrap()
    };
    let most: u32 = policy.split([';', '=']).nth(2).unwrap().parse().unwrap();
    assert!(left(&read) < most, "{} of {most}", left(&read));

    let document = accepted(200, platform.rest().get("/openapi.json")).await;
    assert_eq!(document.header("cache-control"), Some("no-cache"));
    let same = platform.rest().get("/openapi.json").header(IF_NONE_MATCH, document.etag()).await.unwrap();
    assert_eq!((same.status.as_u16(), same.content.len()), (304, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_too_often_is_told_when_to_come_back() {
    let settings = [("CAREWAY_GATEWAY_PUBLIC_RATE", "1"), ("CAREWAY_GATEWAY_BURST_SECONDS", "2")];
    let platform = TestPlatform::with(&settings).await;
    let ask = async || platform.rest().get("/robots.txt").await.unwrap();
    let mut answer = ask().await;
    assert_eq!(
        (answer.header("ratelimit-policy"), answer.status.as_u16()),
        (Some("\"address\";q=2;w=2"), 200)
    );
    while answer.status == 200 {
        answer = ask().await;
    }
    assert_eq!((answer.reason(), answer.header("retry-after")), ("THROTTLED", Some("1")));
    assert_eq!(answer.header("ratelimit"), Some("\"address\";r=0;t=1"));
    // Each ask takes one of the share, until nothing is left.
    let token = loop {
        let token = platform.rest().request(Method::POST, "/oauth2/token").await.unwrap();
        if token.status == 429 {
            break token;
        }
    };
    assert_eq!((token.reason(), token.text("error")), ("THROTTLED", "temporarily_unavailable"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_of_another_origin_may_send_a_trace_and_read_its_refusals() {
    let platform = TestPlatform::with(&[("CAREWAY_GATEWAY_CORS_ORIGINS", PORTAL)]).await;
    let rest = platform.rest();
    let preflight = rest
        .request(Method::OPTIONS, "/v1/visits")
        .header(ORIGIN, PORTAL)
        .header(ACCESS_CONTROL_REQUEST_METHOD, "GET")
        .header(ACCESS_CONTROL_REQUEST_HEADERS, "authorization,traceparent,tracestate");
    let preflight = accepted(200, preflight).await;
    let allowed = preflight.header(ACCESS_CONTROL_ALLOW_HEADERS.as_str()).unwrap();
    assert!(
        ["authorization", "traceparent", "tracestate"].iter().all(|name| allowed.contains(name)),
        "{allowed}"
    );
    for token in ["", "no token of ours"] {
        let refusal =
            rest.get("/v1/visits").header(ORIGIN, PORTAL).header(AUTHORIZATION, &format!("Bearer {token}"));
        let refusal = refusal.await.unwrap();
        assert_eq!(refusal.status, 401);
        assert_eq!(refusal.header(ACCESS_CONTROL_ALLOW_ORIGIN.as_str()), Some(PORTAL), "{refusal}");
    }

    let methods = accepted(204, rest.request(Method::OPTIONS, "/v1/visits")).await;
    let mut allowed: Vec<&str> = methods.header("allow").unwrap().split(", ").collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["GET", "HEAD", "OPTIONS", "POST"]);
    let methods = accepted(204, rest.request(Method::OPTIONS, "/oauth2/token")).await;
    assert_eq!(methods.header("allow"), Some("POST, OPTIONS"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_is_a_problem_with_its_trace() {
    let platform = TestPlatform::start().await;
    let rest = platform.rest();
    for (method, path, status, reason) in [
        (Method::DELETE, "/openapi.json", 405, "METHOD_NOT_ALLOWED"),
        (Method::POST, "/docs/", 405, "METHOD_NOT_ALLOWED"),
        (Method::PUT, "/problems/NOT_FOUND", 405, "METHOD_NOT_ALLOWED"),
        (Method::POST, "/dispute", 405, "METHOD_NOT_ALLOWED"),
        (Method::GET, "/oauth2/token", 405, "METHOD_NOT_ALLOWED"),
        (Method::GET, "/problems/nope", 404, "NOT_FOUND"),
        (Method::GET, "/problems/%ff", 400, "INVALID_REQUEST"),
        (Method::GET, "/docs/nope", 404, "NOT_FOUND"),
        (Method::GET, "/nope", 404, "NOT_FOUND"),
    ] {
        let refusal = refused(status, reason, rest.request(method, path)).await;
        assert_eq!(refusal.header("content-type"), Some("application/problem+json"), "{refusal}");
        assert_eq!(Some(refusal.text("traceId")), refusal.header("x-request-id"), "{refusal}");
        assert!(refusal.header("ratelimit").is_some(), "{refusal}");
        assert_eq!(refusal.text("error"), if path == "/oauth2/token" { "invalid_request" } else { "" });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_speaks_of_what_the_client_sent() {
    let platform = TestPlatform::start().await;
    let Network { payer, .. } = Network::of(&platform).await;
    let member = payer.covered_member(&platform).await;
    let Payer { officer, .. } = &payer;
    let told = async |request| {
        let refusal = refused(400, "INVALID_REQUEST", request).await;
        (refusal.text("violations.0.field").to_owned(), refusal.text("violations.0.message").to_owned())
    };
    let path = format!("/v1/members/{}", member.id);
    let (field, message) = told(officer.patch(&path, json!({})).if_match("\"v1\"")).await;
    assert_eq!(field, "body");
    assert!(message.contains("givenNames") && !message.contains("updateMask"), "{message}");
    let number = told(officer.get("/v1/members?pageSize=ten")).await;
    assert_eq!(number, ("pageSize".to_owned(), "must be a whole number".to_owned()));
    let list = told(officer.post("/v1/members", json!([]))).await;
    assert_eq!(list, ("body".to_owned(), "must be an object".to_owned()));

    // What the gateway finds and what a service finds is said in the same words.
    let by_gateway = refused(400, "INVALID_REQUEST", officer.get("/v1/members?pageSize=ten")).await;
    let by_service = refused(400, "INVALID_REQUEST", officer.get("/v1/members?pageSize=-1")).await;
    assert_eq!(by_gateway.text("detail"), by_service.text("detail"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_stands_after_one_space_or_more_and_a_key_with_quotes_or_without() {
    let platform = TestPlatform::start().await;
    let payer = Payer::of(&platform).await;
    let token = payer.officer.access_token();
    for written in [format!("bearer {token}"), format!("Bearer   {token}")] {
        accepted(200, platform.rest().get("/v1/me").header(AUTHORIZATION, &written)).await;
    }
    let key = "0198c5a2-7b1e-7c3d-quoted";
    let member = json!({
        "memberNumber": "Q-1", "givenNames": "Aline", "familyName": "Uwase", "birthDate": "1990-04-12", "sex": "FEMALE",
    });
    let made = accepted(201, payer.officer.post("/v1/members", member.clone()).key(key)).await;
    let again = accepted(201, payer.officer.post("/v1/members", member).key(&format!("\"{key}\""))).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.text("member.memberId"), made.text("member.memberId"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_every_site_has_is_there() {
    const CONTACT: &str = "mailto:security@careway.example";
    let platform = TestPlatform::with(&[("CAREWAY_GATEWAY_SECURITY_CONTACT", CONTACT)]).await;
    let text = async |path: &str| {
        let answer = accepted(200, platform.rest().get(path)).await;
        String::from_utf8(answer.content.to_vec()).unwrap()
    };
    let security = text("/.well-known/security.txt").await;
    assert!(security.contains(&format!("Contact: {CONTACT}\n")), "{security}");
    let expires = security.lines().find_map(|line| line.strip_prefix("Expires: ")).unwrap();
    assert!(chrono::DateTime::parse_from_rfc3339(expires).unwrap() > platform.clock().now(), "{security}");
    assert_eq!(text("/robots.txt").await, "User-agent: *\nDisallow: /\n");
    accepted(204, platform.rest().get("/favicon.ico")).await;

    let http = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    let begin = http.get(format!("{}/", platform.rest().base())).send().await.unwrap();
    assert_eq!((begin.status().as_u16(), begin.headers()[LOCATION].to_str().unwrap()), (307, "/docs/"));

    let without = TestPlatform::start().await;
    refused(404, "NOT_FOUND", without.rest().get("/.well-known/security.txt")).await;
}
