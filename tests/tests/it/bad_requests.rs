//! Requests that cannot be right: who may not is told that first, and who may is told everything that is wrong at once.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use careway_gateway::Route;
use careway_tests::{Answer, Channel, Network, Rest, Scheme, Support, TestPlatform, refused};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    document,
    forger::{Forger, KNOWN, claims, header},
};

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_is_told_so_whatever_they_send() {
    let platform = TestPlatform::start().await;
    let forger = Forger::new();
    forger.publish(&platform).await;
    let mut nothing = claims(platform.clock().now().timestamp());
    nothing["scope"] = json!("");
    let token = forger.sign(&header(KNOWN), &nothing);

    let mut forbidden = 0;
    for route in platform.in_process().routes().iter().filter(|route| route.access != "PUBLIC") {
        let (status, problem) = garbage(&platform, route, None).await;
        assert_eq!((status, &problem["reason"]), (401, &json!("TOKEN_REQUIRED")), "{}", route.rpc);
        let (status, problem) = garbage(&platform, route, Some(&token)).await;
        if route.access == "AUTHENTICATED" {
            assert_ne!(problem["reason"], "PERMISSION_DENIED", "{}", route.rpc);
            continue;
        }
        assert_eq!((status, &problem["reason"]), (403, &json!("PERMISSION_DENIED")), "{}", route.rpc);
        assert_eq!(problem["permission"], *route.access, "{}", route.rpc);
        assert!(problem["traceId"].is_string() && problem["violations"].is_null(), "{}", route.rpc);
        forbidden += 1;
    }
    assert!(forbidden > 40, "only {forbidden} routes need a permission");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_required_is_asked_for_by_its_name_and_nothing_is_done_without_it() {
    let platform = TestPlatform::start().await;
    let people = People::of(&platform).await;
    let document = platform.in_process().openapi();
    let mut asked = 0;
    for route in platform.in_process().routes().iter().filter(|route| !route.upload) {
        let operation = document::operation(document, route);
        let rest = people.who_may(route);
        let path = path(route);
        if route.method == Method::GET {
            let required = required_parameters(operation);
            if !required.is_empty() {
                asked += 1;
                let answer = refused(400, "INVALID_REQUEST", rest.get(&path)).await;
                assert_eq!(missing(&answer), required, "{answer}");
            }
            continue;
        }
        let (schema, example) = document::body(operation);
        let schema = document::resolved(document, schema);
        let required: BTreeSet<String> = names(&schema["required"]);
        if required.is_empty() {
            continue;
        }
        let answer = refused(400, "INVALID_REQUEST", send(rest, route, &path, json!({}))).await;
        assert_eq!(missing(&answer), required, "{answer}");
        let mut places = Vec::new();
        required_places(document, schema, example, &mut Vec::new(), &mut places);
        for place in places {
            let without = send(rest, route, &path, without(example, &place));
            let answer = refused(400, "INVALID_REQUEST", without).await;
            let field = place.join(".").replace(".[", "[");
            assert!(missing(&answer).contains(&field), "{field} is not asked for: {answer}");
            asked += 1;
        }
    }
    assert!(asked > 60, "only {asked} fields were left out");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_told_together_with_what_is_wrong() {
    let platform = TestPlatform::start().await;
    let officer = Network::of(&platform).await.payer.officer;
    let coverage = |body: Value| refused(400, "INVALID_REQUEST", officer.post("/v1/coverages", body));

    let by_the_rules =
        coverage(json!({"from": "2026-02-30", "memberSince": "soon", "planVersion": -1})).await;
    let expected = ["from", "memberNumber", "memberSince", "planId", "planVersion", "to"];
    assert_eq!(fields(&by_the_rules), expected.map(str::to_owned).into());
    assert_eq!(missing(&by_the_rules), ["memberNumber", "planId", "to"].map(str::to_owned).into());

    let by_its_form = coverage(json!({"form": "2026-01-01", "from": 7, "planVersion": "first"})).await;
    let expected = ["form", "from", "memberNumber", "planId", "planVersion", "to"];
    assert_eq!(fields(&by_its_form), expected.map(str::to_owned).into());

    let plan = refused(400, "INVALID_REQUEST", officer.post("/v1/plans", json!({"code": "?"}))).await;
    assert_eq!(fields(&plan), ["benefits", "code", "currency", "names"].map(str::to_owned).into());
}

/// Somebody for every permission.
struct People(Vec<(BTreeSet<String>, Rest)>);

impl People {
    async fn of(platform: &TestPlatform) -> Self {
        let (network, scheme) = tokio::join!(Network::of(platform), Scheme::of(platform));
        let roles = ["FRONT_DESK", "CLINICIAN", "CLAIMS_CLERK", "PHARMACIST", "SUPERVISOR", "ADMINISTRATOR"];
        let facility = network.facility.staff(platform, &roles).await;
        let payer = network.payer;
        let [agency, _] = scheme.agencies;
        let authority = scheme.authority.administrator;
        let operator = platform.operator().await;
        // Before the operator: what support must name of a case, partners need not.
        let partner = Support::of(platform).await.tanvir;
        let channel = Channel::of(platform).await;
        let people = [
            facility,
            payer.officer,
            payer.administrator,
            partner,
            operator,
            authority,
            agency.administrator,
            network.facility.administrator,
            channel.administrator,
        ];
        Self(people.map(|rest| (permissions(&rest), rest)).into())
    }

    /// Who may call the route; anybody where anybody may.
    fn who_may(&self, route: &Route) -> &Rest {
        let may = |held: &BTreeSet<String>| match &*route.access {
            "PUBLIC" | "AUTHENTICATED" => true,
            permission => held.contains(permission),
        };
        let found = self.0.iter().find(|(held, _)| may(held));
        &found.unwrap_or_else(|| panic!("nobody here has {}, which {} needs", route.access, route.rpc)).1
    }
}

/// What the person's token says they may do.
fn permissions(rest: &Rest) -> BTreeSet<String> {
    let token = rest.access_token();
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    claims["scope"].as_str().unwrap().split(' ').map(str::to_owned).collect()
}

/// A request that is wrong in every way: ids, parameters, body, and without what its headers must have.
async fn garbage(platform: &TestPlatform, route: &Route, token: Option<&str>) -> (u16, Value) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let parts = route.path.split('/').map(|part| if part.starts_with('{') { "nonsense" } else { part });
    let path = parts.collect::<Vec<_>>().join("/");
    let url = format!("{}{path}?nonsense=1", platform.rest().base());
    let mut request = http.request(route.method.clone(), url);
    if route.method != Method::GET {
        request = request.header("content-type", "text/nonsense").body("{\"nonsense\": ");
    }
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

fn send(rest: &Rest, route: &Route, path: &str, body: Value) -> careway_tests::Request {
    match route.method {
        Method::PUT => rest.put(path, body).if_match("\"v1\""),
        Method::POST => rest.post(path, body),
        _ => panic!("{} requires something", route.rpc),
    }
}

/// The path with ids that nobody has.
fn path(route: &Route) -> String {
    let id = || uuid::Uuid::now_v7().to_string();
    let parts = route.path.split('/').map(|part| if part.starts_with('{') { id() } else { part.to_owned() });
    parts.collect::<Vec<_>>().join("/")
}

/// Where in the example something stands that is required.
fn required_places(
    document: &Value,
    schema: &Value,
    example: &Value,
    above: &mut Vec<String>,
    places: &mut Vec<Vec<String>>,
) {
    let schema = document::resolved(document, schema);
    for (name, value) in example.as_object().into_iter().flatten() {
        above.push(name.clone());
        if schema["required"].as_array().is_some_and(|required| required.contains(&json!(name))) {
            places.push(above.clone());
        }
        required_places(document, &schema["properties"][name], value, above, places);
        above.pop();
    }
    for (index, item) in example.as_array().into_iter().flatten().enumerate() {
        above.push(format!("[{index}]"));
        required_places(document, &schema["items"], item, above, places);
        above.pop();
    }
}

/// The example without what stands there.
fn without(example: &Value, place: &[String]) -> Value {
    let mut changed = example.clone();
    let (last, above) = place.split_last().unwrap();
    let mut at = &mut changed;
    for step in above {
        at = match step.strip_prefix('[').and_then(|step| step.strip_suffix(']')) {
            Some(index) => &mut at[index.parse::<usize>().unwrap()],
            None => &mut at[step.as_str()],
        };
    }
    at.as_object_mut().unwrap().remove(last);
    changed
}

fn required_parameters(operation: &Value) -> BTreeSet<String> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let required = parameters.filter(|it| it["in"] == "query" && it["required"] == true);
    required.map(|it| it["name"].as_str().unwrap().to_owned()).collect()
}

fn names(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// The fields that are at fault.
fn fields(answer: &Answer) -> BTreeSet<String> {
    answer.list("violations").iter().map(|it| it["field"].as_str().unwrap().to_owned()).collect()
}

/// Those of them that are missing.
fn missing(answer: &Answer) -> BTreeSet<String> {
    let violations = answer.list("violations").iter().filter(|it| it["message"] == "is required");
    violations.map(|it| it["field"].as_str().unwrap().to_owned()).collect()
}
