//! What belongs to an agency or an authority, asked for by another: every route of renewals, made from the contract itself, by
//! another agency of the same authority, and by everybody of another authority. And no list or count tells of it.

use std::collections::BTreeMap;

use careway_tests::{Rest, Scheme, TestPlatform, accepted};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    document,
    isolation::{ask, filled},
};

const HOA: &str = "7936491863";
const NAME: &str = "Trần Canary Hoà";

#[tokio::test(flavor = "multi_thread")]
async fn no_route_gives_an_agency_or_an_authority_anything_of_another() {
    let platform = TestPlatform::start().await;
    let (ours, theirs) = tokio::join!(Scheme::of(&platform), Scheme::of(&platform));
    let ids = ids(&platform, &ours).await;
    let [other, foreign] = [&ours.agencies[1], &theirs.agencies[0]];
    let strangers = [
        &other.agent,
        &other.administrator,
        &foreign.agent,
        &foreign.administrator,
        &theirs.officer,
        &theirs.authority.administrator,
    ];
    let own = &ours.agencies[0];
    let owners = [&own.agent, &own.administrator, &ours.officer, &ours.authority.administrator];

    let (mut asked, mut unreached) = (0, Vec::new());
    let routes = platform.in_process().routes().iter();
    for route in routes.filter(|route| route.rpc.starts_with("careway.renewals.") && route.access != "PUBLIC")
    {
        // A watch does not end, and a list goes to the sender's own authority.
        if route.upload || route.path.ends_with("/watch") {
            continue;
        }
        let path = filled(&route.path, &ids).unwrap_or_else(|| panic!("no id for {}", route.path));
        let has_id = path != route.path;
        let (_, body) = document::body(document::operation(platform.in_process().openapi(), route));
        for stranger in strangers {
            let answer = ask(stranger, &route.method, &path, body).await;
            let text = String::from_utf8_lossy(&answer.content);
            for canary in [HOA, NAME, "HGD-CANARY", "+84900491863", "Born in 1951"] {
                assert!(!text.contains(canary), "{} {path} tells {canary}: {text}", route.method);
            }
            assert!(!answer.status.is_server_error(), "{answer}");
            if has_id {
                let expected = [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN, StatusCode::BAD_REQUEST];
                assert!(expected.contains(&answer.status), "{answer}");
            }
            asked += 1;
        }
        // The control: to somebody of ours the thing is there, so that the refusals mean something.
        let for_operators = route.path.contains("{message_id}");
        if has_id && route.method == Method::GET && !for_operators && !reached(&owners, &path).await {
            unreached.push(route.path.clone());
        }
    }
    assert!(asked > 150, "only {asked} cells were asked");
    assert!(unreached.is_empty(), "not even the owners reach {unreached:?}");
    for (stranger, participants) in
        [(&other.agent, 0), (&theirs.officer, 0), (&own.agent, 1), (&ours.officer, 1)]
    {
        for path in ["/v1/participants", "/v1/renewals"] {
            let listed = accepted(200, stranger.get(path)).await;
            assert_eq!(*listed.at("total"), participants, "{path}");
        }
    }
}

async fn reached(owners: &[&Rest], path: &str) -> bool {
    for owner in owners {
        if owner.get(path).await.expect("an answer").status == StatusCode::OK {
            return true;
        }
    }
    false
}

/// The ids of one of everything that the first agency has.
async fn ids(platform: &TestPlatform, ours: &Scheme) -> BTreeMap<&'static str, String> {
    let agency = &ours.agencies[0];
    let (agent, last_day) = (&agency.agent, (Scheme::today(platform) + chrono::Days::new(14)).to_string());
    let people = [Scheme::person(HOA, NAME, "HGD-CANARY", "0900491863", &last_day, &agency.code)];
    let import = ours.participants(&people).await.text("import.importId").to_owned();
    ours.renewals(&[Scheme::item(HOA, &last_day, &agency.code)]).await;
    let listed = accepted(200, agent.get("/v1/participants")).await;
    let participant = listed.text("participants.0.participantId").to_owned();
    let issue = json!({"field": "BIRTH", "note": "Born in 1951"});
    let issue =
        accepted(201, agent.post(&format!("/v1/participants/{participant}/data-issues"), issue)).await;
    let campaign = json!({"name": NAME, "kind": "STANDING", "channel": "SMS", "steps": [-30]});
    let campaign = accepted(201, agent.post("/v1/reminder-campaigns", campaign)).await;
    let opt_out = json!({"participantId": participant, "channel": "SMS"});
    let opt_out = accepted(201, agent.post("/v1/opt-outs", opt_out)).await;
    let template = accepted(201, agency.administrator.post("/v1/message-templates", template())).await;
    BTreeMap::from([
        ("agency_id", agency.id.clone()),
        ("import_id", import),
        ("participant_id", participant),
        ("data_issue_id", issue.text("dataIssue.dataIssueId").to_owned()),
        ("renewal_id", ours.renewal(HOA).await["renewalId"].as_str().expect("a renewal").to_owned()),
        ("campaign_id", campaign.text("campaign.campaignId").to_owned()),
        ("opt_out_id", opt_out.text("optOut.optOutId").to_owned()),
        ("template_id", template.text("template.templateId").to_owned()),
        // Operators alone read messages.
        ("message_id", uuid::Uuid::now_v7().to_string()),
    ])
}

fn template() -> Value {
    json!({
        "name": NAME, "purpose": "DUE", "channel": "SMS", "language": "vi",
        "plainBody": "The {{ card }} sap het han.", "markedBody": "Thẻ {{ card }} sắp hết hạn.",
    })
}
